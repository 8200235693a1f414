package app

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMigrateStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := config.Config{DB: "sqlite:" + filepath.Join(dir, "a.db")}, config.Config{DB: "sqlite:" + filepath.Join(dir, "b.db")}
	var progress bytes.Buffer
	if _, _, err := MigrateStore(t.Context(), from, to, &progress); err == nil || !strings.Contains(err.Error(), "no database to copy") {
		t.Errorf("of nothing: %v", err)
	}
	db, err := sqlite.Open(t.Context(), from.SQLitePath())
	if err != nil {
		t.Fatal(err)
	}
	in := vod.Ingest{ID: "i", Tenant: "t", AssetID: "a", Status: vod.Queued, Start: vod.Now()}
	if _, err := db.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{from.SQLitePath(), to.SQLitePath()} { // A server is at work on it.
		unlock, err := lock(file + ".lock")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := MigrateStore(t.Context(), from, to, &progress); err == nil || !strings.Contains(err.Error(), file+".lock is locked") {
			t.Errorf("%s is in use: %v", file, err)
		}
		if err := unlock(); err != nil {
			t.Fatal(err)
		}
	}
	rows, replaced, err := MigrateStore(t.Context(), from, to, &progress)
	if err != nil || rows != 3 || replaced != 0 || !strings.Contains(progress.String(), "ingests: 1 rows\n") { // With its input, and counted.
		t.Errorf("%d rows, %d replaced, %v; told %q", rows, replaced, err, progress.String())
	}
	if _, _, err := MigrateStore(t.Context(), from, to, &progress); vod.CodeOf(err) != vod.Conflict {
		t.Errorf("the second time: %v", err)
	}
}
