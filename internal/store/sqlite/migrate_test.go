package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestEveryVersionUpgradesWithItsData makes a database of each version that
// there was, fills it with testdata/NNNNN.sql, and opens it. A new migration
// needs a file of the rows that were possible before it, and one of its own.
func TestEveryVersionUpgradesWithItsData(t *testing.T) {
	t.Parallel()
	for _, version := range versions(t) {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "old.db")
			makeOld(t, path, version)
			s := openFile(t, path)
			if err := s.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			checkData(t, s)
		})
	}
}

// versions are those of all migrations.
func versions(t *testing.T) (all []int64) {
	t.Helper()
	db, err := connect(t.Context(), filepath.Join(t.TempDir(), "x.db"), 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range provider.ListSources() {
		all = append(all, source.Version)
	}
	if len(all) == 0 {
		t.Fatal("there are no migrations")
	}
	return all
}

func makeOld(t *testing.T, path string, version int64) {
	t.Helper()
	db, err := connect(t.Context(), path, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	provider, err := newProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("%05d.sql", version)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), string(rows)); err != nil {
		t.Fatal(err)
	}
}

// checkData reads what every file of testdata holds.
func checkData(t *testing.T, s *Store) {
	t.Helper()
	run, err := s.IngestGet(t.Context(), "vimond", "7dd40659-2494-45bc-b533-83e7deb97155")
	if err != nil {
		t.Fatal(err)
	}
	if run.Ingest.Status != vod.Skipped || string(run.Ingest.Input) != `{"assetId" : 867228}` || run.Ingest.Sources["a"] != "b" {
		t.Errorf("the ingest is %+v", run.Ingest)
	}
	if len(run.Tasks) != 1 || run.Tasks[0].Share != 1 || string(run.Tasks[0].Outputs) != `{"filesets": []}` {
		t.Fatalf("the tasks are %+v", run.Tasks)
	}
	attempts, err := s.TaskAttempts(t.Context(), run.Tasks[0].ID)
	if err != nil || len(attempts) != 1 || attempts[0].Command[0] != "ffmpeg" {
		t.Errorf("the attempts are %+v, %v", attempts, err)
	}
	p, err := s.CatalogCurrent(t.Context(), "vimond", "867228")
	if err != nil || p.HLS != "/media/k/main.m3u8" {
		t.Errorf("the catalogue has %+v, %v", p, err)
	}
	if got, err := s.ProfileGet(t.Context(), "vimond", "default", 0); err != nil || got.VersionID != 1619086864969 {
		t.Errorf("the profile is %+v, %v", got, err)
	}
	unfinished, err := s.IngestUnfinished(t.Context())
	if err != nil || len(unfinished) != 1 {
		t.Errorf("unfinished are %v, %v", unfinished, err)
	}
	checkLists(t, s)
}

// checkLists counts and searches what every file of testdata holds.
func checkLists(t *testing.T, s *Store) {
	t.Helper()
	f := store.IngestFilter{Tenant: "vimond", ProfileName: "default", ProfileVersion: 1619086864969, Limit: 25}
	for text, want := range map[string]int{"": 2, "6722": 1, "7905": 1, "nothing": 0} {
		f.Text = text
		page, more, err := s.IngestList(t.Context(), f)
		if err != nil || len(page) != want || more {
			t.Errorf("of %q: %+v, %v, %v", text, page, more, err)
		}
	}
	counts, err := s.IngestCount(t.Context(), store.IngestFilter{Tenant: "vimond"}, 1)
	if err != nil || counts[vod.Skipped] != 1 || counts[vod.Running] != 1 || len(counts) != 2 {
		t.Errorf("counts are %v, %v", counts, err)
	}
}

func TestNotReadyWhileTheSchemaIsBehind(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	setVersion(t, s, "DELETE FROM goose_db_version WHERE version_id > 0")
	if err := s.Ready(t.Context()); err == nil {
		t.Error("ready, although the schema is behind")
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	setVersion(t, s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if again, err := Open(t.Context(), s.path); err == nil {
		t.Error("opened")
		_ = again.Close()
	}
}

func setVersion(t *testing.T, s *Store, statement string) {
	t.Helper()
	err := s.write(t.Context(), func(t *tx) error {
		_, err := t.Exec(statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
