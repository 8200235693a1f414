package retention_test

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestSharedFilesGoWithTheirLastUser: a skipped ingest names what an earlier
// one has retrieved.
func TestSharedFilesGoWithTheirLastUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.ingest(tenant, "1", text(1))
	users := []string{w.ingest(tenant, "1", text(1)), w.ingest(tenant, "1", text(1))}
	for _, id := range users {
		w.is(tenant, id, vod.Skipped)
	}
	w.ok(w.Delete(t.Context(), as(tenant), first))
	w.has(tenant, first, "retrieval")
	w.plays(tenant, "1", "")
	w.ok(w.Delete(t.Context(), as(tenant), users[0]))
	w.has(tenant, first, "retrieval")
	w.after(100 * day)
	w.Walk(t.Context(), 1000)
	w.has(tenant, first, "retrieval")
	w.exist(tenant, users[1])
	w.ok(w.Delete(t.Context(), as(tenant), users[1]))
	w.after(0)
	w.has(tenant, first, "")
	if n := w.count(); n != 2 { // The two folders themselves.
		t.Errorf("%d files and folders are left", n-2)
	}
}

// exist checks that all files are there that the ingest's tasks name.
func (w *world) exist(tenant, id string) {
	w.t.Helper()
	for _, task := range w.get(tenant, id).Tasks {
		outputs, err := task.OutputFilesets()
		w.ok(err)
		if !w.locations.Exists(w.t.Context(), tenant, outputs) {
			w.t.Errorf("files of %s of ingest %s are gone", task.Stage, id)
		}
	}
}

// TestRetentionKeepsSharedFiles: of a replaced ingest, as long as another one
// that is not replaced names them.
func TestRetentionKeepsSharedFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = daily()
	first := w.ingest(tenant, "1", text(1))
	slow := w.submit(tenant, "1", text(2), "published") // Earlier than the skipped one, but ends later.
	w.run(slow, 1)
	skipped := w.ingest(tenant, "1", text(1))
	w.is(tenant, skipped, vod.Skipped)
	w.run(slow, 0)
	w.after(day + time.Minute)
	w.has(tenant, first, "retrieval")
	w.exist(tenant, skipped)
	last := w.ingest(tenant, "1", text(3)) // Later than all.
	w.after(day + time.Minute)
	w.has(tenant, first, "")
	w.has(tenant, slow, "")
	w.plays(tenant, "1", last)
}

// TestDeletedWhileItIsCompared: the files of an ingest stay for one that runs
// at that moment, and may find out that it has the same.
func TestDeletedWhileItIsCompared(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{"same": text(1), "other": text(2)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			first := w.ingest(tenant, "1", text(1))
			w.during = func() { w.ok(w.Delete(t.Context(), as(tenant), first)) }
			second := w.submit(tenant, "1", source, "published")
			w.run(second, 1)
			w.has(tenant, first, "retrieval")
			w.during = nil
			w.run(second, 0)
			w.after(0)
			if name == "same" {
				w.is(tenant, second, vod.Skipped)
				w.has(tenant, first, "retrieval")
				w.exist(tenant, second)
				w.ok(w.Delete(t.Context(), as(tenant), second))
				w.after(0)
			}
			w.has(tenant, first, "")
		})
	}
}

func TestDeleteAsset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.ingest(tenant, "1", text(1)), w.ingest(tenant, "1", text(2))
	gone := first
	w.is(tenant, w.ingest(tenant, "1", text(2)), vod.Skipped)
	w.ok(w.Delete(t.Context(), as(tenant), second)) // Leaves the files that the skipped one names.
	w.has(tenant, second, "retrieval")
	other, theirs := w.ingest(tenant, "2", text(1)), w.ingest("beta", "1", text(1))

	waiting := w.submit(tenant, "1", text(3), "published")
	w.refused(w.DeleteAsset(t.Context(), as(tenant), "1"), vod.Conflict)
	w.has(tenant, gone, all)
	w.plays(tenant, "1", first)
	w.run(waiting, 0)
	w.ok(w.DeleteAsset(t.Context(), as(tenant), "1"))
	for _, id := range []string{first, second, waiting} {
		w.has(tenant, id, "")
		_, err := w.Get(t.Context(), as(tenant), id)
		w.refused(err, vod.NotFound)
	}
	w.plays(tenant, "1", "")
	w.plays(tenant, "2", other)
	w.plays("beta", "1", theirs)
	w.refused(w.DeleteAsset(t.Context(), as(tenant), "1"), vod.NotFound)
	w.refused(w.DeleteAsset(t.Context(), as(tenant), ""), vod.NotFound)
}
