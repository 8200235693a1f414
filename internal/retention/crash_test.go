package retention_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestCrashBetweenRowsAndFiles: the next start removes what was entered.
func TestCrashBetweenRowsAndFiles(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(w *world, id string) error{
		"delete": func(w *world, id string) error { return w.Delete(w.t.Context(), as(tenant), id) },
		"asset":  func(w *world, _ string) error { return w.DeleteAsset(w.t.Context(), as(tenant), "1") },
		"retention": func(w *world, _ string) error {
			w.ingest(tenant, "1", text(2))
			n, err := w.db.OutputsExpire(w.t.Context(), tenant, w.now, 10)
			if n != 1 {
				w.t.Errorf("the outputs of %d ingests are given up", n)
			}
			return err
		},
		"age": func(w *world, _ string) error {
			w.ingest(tenant, "1", text(2))
			n, err := w.db.IngestsExpire(w.t.Context(), tenant, w.now, 10)
			if n != 1 {
				w.t.Errorf("%d ingests have expired", n)
			}
			return err
		},
	} {
		for _, half := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				id := w.ingest(tenant, "1", text(1))
				w.crash = true
				w.ok(act(w, id))
				w.has(tenant, id, all)
				if half { // Killed in the middle of it.
					w.ok(os.RemoveAll(filepath.Join(w.dir, "store", tenant, id, w.task(id, 0))))
				}
				w.reopen()
				w.after(0)
				w.has(tenant, id, "")
				if left, err := w.db.Removals(t.Context(), w.now.Add(100*day), 10); err != nil || len(left) > 0 {
					t.Errorf("still entered: %+v, %v", left, err)
				}
			})
		}
	}
}

// task is the id of the ingest's task, as the planner derives it.
func (w *world) task(ingestID string, step int) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(ingestID+"/"+string(rune('0'+step)))).String()
}

// TestCrashBeforeItIsNoted: files that are gone already are no trouble.
func TestCrashBeforeItIsNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.ingest(tenant, "1", text(1))
	w.crash = true
	w.ok(w.Delete(t.Context(), as(tenant), id))
	w.ok(os.RemoveAll(filepath.Join(w.dir, "store")))
	w.ok(os.RemoveAll(filepath.Join(w.dir, "media")))
	w.reopen()
	w.after(0)
	if left, err := w.db.RemovalsOf(t.Context(), id); err != nil || len(left) > 0 {
		t.Errorf("still entered: %+v, %v", left, err)
	}
}

// TestFilesThatCannotBeRemoved are tried again.
func TestFilesThatCannotBeRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.ingest(tenant, "1", text(1))
	w.crash = true
	w.ok(w.Delete(t.Context(), as(tenant), id))
	w.crash = false
	media := filepath.Join(w.dir, "media")
	w.ok(os.Rename(media, media+".away"))
	w.ok(os.WriteFile(media, nil, 0o600)) // No folder: nothing can be looked at below it.
	w.after(0)
	w.ok(os.Remove(media))
	w.ok(os.Rename(media+".away", media))
	w.after(11 * time.Minute)
	w.has(tenant, id, "")
}

// TestRetryMeetsRemoval: files that are given up do not count, even while they
// are still there; and what the retry makes is not removed with them.
func TestRetryMeetsRemoval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.failing = true
	failed := w.ingest(tenant, "1", text(1))
	w.failing = false
	w.ingest(tenant, "1", text(2))
	n, err := w.db.OutputsExpire(t.Context(), tenant, w.now, 10)
	if n != 1 || err != nil {
		t.Fatal(n, err)
	}
	w.has(tenant, failed, "retrieval packaging")
	_ = w.submit(tenant, "1", text(1), "published") // Puts the source back.
	w.ok(w.Retry(t.Context(), as(tenant), failed))
	w.run(failed, 1)
	if task := w.get(tenant, failed).Tasks[0]; task.Attempt != 2 || task.Status != vod.TaskCompleted {
		t.Fatalf("after the retry: %+v", task)
	}
	w.after(0)
	w.exist(tenant, failed)
	w.run(failed, 0)
	w.is(tenant, failed, vod.Completed)
	w.after(2 * time.Hour)
	w.exist(tenant, failed)
	w.has(tenant, failed, all) // Not those of the first attempts as well.
}
