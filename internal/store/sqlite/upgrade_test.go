package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/disktest"
)

func TestAnUpgradeBeginsWithACopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, folder := filepath.Join(dir, "old.db"), filepath.Join(dir, "backups")
	makeOld(t, path, 1)
	var heard []Upgrade
	now := time.Date(2026, 11, 23, 7, 50, 32, 899_000_000, time.UTC)
	s := openFile(t, path, WithNow(func() time.Time { return now }), WithBackups(folder, 5, func(u Upgrade) { heard = append(heard, u) }))
	want := Upgrade{From: 1, To: s.schema, Backup: filepath.Join(folder, "orchestrate-schema1-20261123T075032.899Z.db")}
	if len(heard) != 1 || heard[0] != want {
		t.Fatalf("heard of %+v, want %+v", heard, want)
	}
	for name, mode := range map[string]os.FileMode{folder: 0o700 | os.ModeDir, want.Backup: 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode() != mode {
			t.Errorf("%s is %v, %v", name, info.Mode(), err)
		}
	}
	db, err := connect(t.Context(), want.Backup, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if version, err := schemaVersion(t.Context(), db); err != nil || version != 1 {
		t.Errorf("the copy has schema version %d, %v", version, err)
	}
	checkData(t, openFile(t, want.Backup)) // It can be put in place of the file.
}

// TestNoCopyWithoutAChange: of a new database, or of one that is current.
func TestNoCopyWithoutAChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, folder := filepath.Join(dir, "new.db"), filepath.Join(dir, "backups")
	for range 2 {
		s := openFile(t, path, WithBackups(folder, 5, func(u Upgrade) { t.Errorf("copied: %+v", u) }))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("there is a folder for backups")
	}
}

func TestTheNewestCopiesStay(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for day := 1; day <= 6; day++ { // The schema versions rise against the alphabet's order.
		write(fmt.Sprintf("orchestrate-schema%d-202601%02dT000000.000Z.db", 7+day, day), "x")
	}
	write("orchestrate-schema9-20270101T000000.000Z.db", "") // Cut off.
	write("orchestrate-schema9-20270101T000000.000Z.db.part", "half")
	write("mine.db", "x")
	path := filepath.Join(t.TempDir(), "old.db")
	makeOld(t, path, 1)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	openFile(t, path, WithNow(func() time.Time { return now }), WithBackups(folder, 3, func(Upgrade) {}))
	expectFiles(t, folder, "mine.db", "orchestrate-schema1-20261123T000000.000Z.db",
		"orchestrate-schema12-20260105T000000.000Z.db", "orchestrate-schema13-20260106T000000.000Z.db")
}

func expectFiles(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the folder holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNoUpgradeWithoutRoomForTheCopy: the disk for backups is full.
func TestNoUpgradeWithoutRoomForTheCopy(t *testing.T) {
	t.Parallel()
	folder := disktest.Mount(t, "64k")
	path := filepath.Join(t.TempDir(), "old.db")
	makeOld(t, path, 1)
	_, err := Open(t.Context(), path, WithBackups(folder, 5, func(Upgrade) { t.Error("said to be copied") }))
	if err == nil || !strings.Contains(err.Error(), "Nothing was changed") || !strings.Contains(err.Error(), folder) {
		t.Errorf("the error is %v", err)
	}
	expectFiles(t, folder)
	db, err := connect(t.Context(), path, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if version, err := schemaVersion(t.Context(), db); err != nil || version != 1 {
		t.Errorf("the database has schema version %d, %v", version, err)
	}
}

// TestAFailedUpgradeLeavesNoCopy: a server that is started again and again does
// not drive out the copies of the releases before.
func TestAFailedUpgradeLeavesNoCopy(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(t.TempDir(), "old.db")
	makeOld(t, path, 1)
	db, err := connect(t.Context(), path, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE tokens (taken)"); err != nil { // Version 2 makes it.
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if s, err := Open(t.Context(), path, WithBackups(folder, 5, func(Upgrade) {})); err == nil {
			t.Fatal("opened", s.Close())
		}
	}
	expectFiles(t, folder)
}

func TestBackupsInAFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "old.db")
	makeOld(t, path, 1)
	if err := os.WriteFile(filepath.Join(dir, "backups"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), path, WithBackups(filepath.Join(dir, "backups"), 5, func(Upgrade) {})); err == nil {
		t.Error("opened", s.Close())
	}
}
