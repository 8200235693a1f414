package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestOpenTakesAnyFileName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ä b?mode=memory&x=%41#'\";.db")
	s := openFile(t, path)
	if _, _, err := s.ProfilePut(t.Context(), vod.ProfileVersion{Tenant: "t", Name: "p", Document: filler(1)}, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 || files[0].Name() != filepath.Base(path) {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	again := openFile(t, path)
	if got := profileNames(t, again); got != "p" {
		t.Errorf("after opening again it holds %q", got)
	}
}

func TestOpenMakesThePrivateFile(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(s.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", info.Name(), info.Mode())
		}
	}
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("This is not a database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, folder, filepath.Join(folder, "missing", "x.db")} {
		if s, err := Open(t.Context(), path); err == nil {
			t.Errorf("%s was opened", path)
			_ = s.Close()
		}
	}
}

func TestAPragmaThatDidNotTakeFails(t *testing.T) {
	t.Parallel()
	for _, bad := range []pragma{
		{"journal_mode", "TRUNCATED", "truncated"},
		{"no_such_pragma", "1", "1"},
	} {
		path := filepath.Join(t.TempDir(), "x.db")
		if db, err := connect(t.Context(), path, 2, append(pragmas("FULL", false), bad)); err == nil {
			t.Errorf("pragma %v passed", bad)
			_ = db.Close()
		}
	}
}

func TestEveryReaderRefusesToWrite(t *testing.T) {
	t.Parallel()
	s := open(t)
	var held []*reader
	for range readConnections {
		r := <-s.readers.free
		held = append(held, r)
		if _, err := r.conn.ExecContext(t.Context(), "DELETE FROM profiles"); err == nil {
			t.Error("a reader writes")
		}
	}
	for _, r := range held {
		s.readers.free <- r
	}
}

// TestKeysExpireByTheClock also sees that expired keys are swept.
func TestKeysExpireByTheClock(t *testing.T) {
	t.Parallel()
	now := vod.Now()
	s := open(t, WithNow(func() time.Time { return now }))
	for i, name := range []string{"a", "b", "c"} {
		key := &store.Idempotency{Tenant: "t", Key: name, Expires: now.Add(time.Hour)}
		in := vod.Ingest{ID: name, Tenant: "t", Status: vod.Queued, Start: now}
		if _, err := s.IngestCreate(t.Context(), in, key, vod.AuditEntry{}); err != nil {
			t.Fatal(err)
		}
		var keys int64
		err := s.read(t.Context(), func(q sqlstore.Querier) (err error) {
			keys, _, err = sqlstore.First(q, numberRow, "SELECT count(*) FROM idempotency")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := []int64{1, 2, 1}[i]; keys != want {
			t.Errorf("after %s there are %d keys, want %d", name, keys, want)
		}
		now = now.Add(time.Duration(i) * time.Hour)
	}
}

// TestAFullDisk bounds the file's pages, which SQLite reports as it does a
// full disk. Work goes on as soon as there is room.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	s := open(t)
	limit := func(pages string) {
		t.Helper()
		err := s.write(t.Context(), func(t *tx) error {
			_, err := t.Exec("PRAGMA max_page_count = " + pages)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes the present size for it.
	in := vod.Ingest{ID: "i", Tenant: "t", Status: vod.Queued, Start: vod.Now(), Input: filler(100_000)}
	_, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{})
	if vod.CodeOf(err) != vod.Unavailable {
		t.Fatalf("got %v, want a fault %s", err, vod.Unavailable)
	}
	if _, err := s.IngestGet(t.Context(), "t", "i"); vod.CodeOf(err) != vod.NotFound {
		t.Errorf("a part was written: %v", err)
	}
	limit("1000000")
	if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Error(err)
	}
}
