package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestCurrent(t *testing.T) {
	t.Parallel()
	s := open(t) // It is in use.
	if current, err := Current(t.Context(), s.path); err != nil || !current {
		t.Errorf("a new store: %v, %v", current, err)
	}
	old := filepath.Join(t.TempDir(), "old.db")
	makeOld(t, old, 1)
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, empty} {
		if current, err := Current(t.Context(), path); err != nil || current {
			t.Errorf("%s: %v, %v", path, current, err)
		}
	}
	db, err := connect(t.Context(), old, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if version, err := schemaVersion(t.Context(), db); err != nil || version != 1 {
		t.Errorf("looking has made it version %d, %v", version, err)
	}

	setVersion(t, s, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	if _, err := Current(t.Context(), s.path); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a newer store: %v", err)
	}
	foreign := filepath.Join(t.TempDir(), "other.db")
	other, err := sql.Open("sqlite", foreign)
	if err == nil {
		_, err = other.ExecContext(t.Context(), "CREATE TABLE contacts (name TEXT)")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := Current(t.Context(), foreign); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("another program's: %v", err)
	}
}

// TestBusy: a write that another process keeps out says so.
func TestBusy(t *testing.T) {
	t.Parallel()
	s := open(t, WithBusyWait(time.Millisecond))
	other, err := connect(t.Context(), s.path, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if err := s.write(t.Context(), func(*tx) error { return nil }); !Busy(err) {
		t.Errorf("got %v", err)
	}
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	err = s.TokenCreate(t.Context(), vod.Token{ID: "a", Hash: strings.Repeat("0", 64), Tenants: []string{"t"}, Role: vod.Viewer, Created: vod.Now()}, vod.AuditEntry{})
	if err != nil || Busy(err) {
		t.Error(err)
	}
}
