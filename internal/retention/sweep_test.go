package retention_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// attempt makes a folder of an attempt with a file, as a step leaves it that
// died.
func (w *world) attempt(ingestID, taskID, number string) (file string) {
	w.t.Helper()
	file = filepath.Join(w.dir, "store", tenant, ingestID, taskID, number, "clip.mp4")
	w.ok(os.MkdirAll(filepath.Dir(file), 0o750))
	w.ok(os.WriteFile(file, []byte("x"), 0o600))
	return file
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestWalk: an hour after its last change, what the store does not refer to is
// removed, wherever it comes from, and nothing else is.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	done := w.ingest(tenant, "1", text(1))
	busy := w.submit(tenant, "2", text(1), "published")
	w.run(busy, 1)
	task := w.get(tenant, busy).Tasks[1].ID
	w.ok(w.db.IngestChange(t.Context(), busy, func(run *vod.Run) error {
		run.Tasks[1].Status, run.Tasks[1].Attempt = vod.TaskRunning, 2
		return nil
	}))
	running, before := w.attempt(busy, task, "2"), w.attempt(busy, task, "1")
	foreign := w.attempt(done, w.get(tenant, done).Tasks[0].ID, "7")
	unknown := w.attempt(uuid.NewString(), uuid.NewString(), "1")
	all := []string{running, before, foreign, unknown}
	walk := func(after time.Duration) {
		w.now = time.Now().Add(after)
		for range 30 { // More than there are.
			w.Walk(t.Context(), 1)
		}
	}
	walk(59 * time.Minute)
	for _, file := range all {
		if !exists(file) {
			t.Errorf("%s was removed too early", file)
		}
	}
	walk(61 * time.Minute)
	for file, want := range map[string]bool{running: true, before: false, foreign: false, unknown: false} {
		if exists(file) != want {
			t.Errorf("%s is there: %t, want %t", file, !want, want)
		}
	}
	w.exist(tenant, done)
	w.exist(tenant, busy)
}

// TestAttemptsThatDied are found in the journal after an hour, without a walk.
func TestAttemptsThatDied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.submit(tenant, "1", text(1), "published")
	w.run(id, 1)
	task := w.get(tenant, id).Tasks[1].ID
	w.ok(w.db.IngestChange(t.Context(), id, func(run *vod.Run) error { // Claimed, and then killed.
		run.Ingest.Status = vod.Running
		run.Tasks[1].Status, run.Tasks[1].Attempt, run.Tasks[1].Order = vod.TaskRunning, 1, 2
		return nil
	}))
	lost := w.attempt(id, task, "1")
	w.reopen()
	_, err := w.executor.Recover(t.Context(), id)
	w.ok(err)
	w.run(id, 0)
	w.is(tenant, id, vod.Completed)
	w.after(30 * time.Minute)
	if !exists(lost) {
		t.Error("removed too early")
	}
	w.after(31 * time.Minute)
	if exists(lost) {
		t.Error("still there after an hour")
	}
	w.exist(tenant, id)
	w.plays(tenant, "1", id)
}
