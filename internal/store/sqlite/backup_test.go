package sqlite

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestBackupWhileWritesGoOn restores a backup that was made under load.
func TestBackupWhileWritesGoOn(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := s.IngestCreate(t.Context(), vod.Ingest{ID: "i", Tenant: "t", Status: vod.Running, Start: vod.Now()}, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	if err := s.IngestChange(t.Context(), "i", addTasks); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.IngestChange(t.Context(), "i", func(run *vod.Run) error { return work(run, n) }); err != nil {
				t.Error(err)
				return
			}
		}
	})
	file := filepath.Join(t.TempDir(), "a 'backup'?.db")
	err := Backup(t.Context(), s.path, file)
	close(stop)
	group.Wait()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup is %v, %v", info, err)
	}
	restored := openFile(t, file)
	var result string
	err = restored.read(t.Context(), func(q sqlstore.Querier) (err error) {
		result, _, err = sqlstore.First(q, textRow, "PRAGMA integrity_check")
		return err
	})
	if err != nil || result != "ok" {
		t.Errorf("the backup is %s, %v", result, err)
	}
	run, err := restored.IngestGet(t.Context(), "t", "i")
	if err != nil || len(run.Tasks) != 5 {
		t.Errorf("the backup has %+v, %v", run, err)
	}
}

func TestBackupRefusesAFileThatExists(t *testing.T) {
	t.Parallel()
	s := open(t)
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Backup(t.Context(), s.path, file); err == nil {
		t.Error("the file was overwritten")
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "mine" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if err := Backup(t.Context(), s.path, filepath.Join(t.TempDir(), "missing", "x")); err == nil {
		t.Error("backed up into a folder that is not there")
	}
}

// TestBackupOfWhatIsNoStore: it is neither made one nor copied.
func TestBackupOfWhatIsNoStore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	other, file := filepath.Join(folder, "other.db"), filepath.Join(folder, "copy.db")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Backup(t.Context(), other, file); err == nil {
		t.Error("backed up what is no store")
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the failed backup has left a file")
	}
	db, err := connect(t.Context(), other, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if version, err := schemaVersion(t.Context(), db); err == nil {
		t.Errorf("the backup has made a schema of version %d", version)
	}
}
