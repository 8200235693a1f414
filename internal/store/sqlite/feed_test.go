package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// heard is a store whose changes are kept.
type heard struct {
	*Store
	t  *testing.T
	mu sync.Mutex
	// told has one list for each transaction.
	told [][]store.Change
}

func listening(t *testing.T) *heard {
	t.Helper()
	h := &heard{t: t}
	h.Store = open(t, WithChanges(func(changes []store.Change) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.told = append(h.told, changes)
	}))
	return h
}

// tells runs a write and holds what is told of it, in any order.
func (h *heard) tells(do func() error, want ...store.Change) {
	h.t.Helper()
	if err := do(); err != nil {
		h.t.Fatal(err)
	}
	h.has(want...)
}

// has holds what was told since it was last called.
func (h *heard) has(want ...store.Change) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	var got []store.Change
	for _, changes := range h.told {
		got = append(got, changes...)
	}
	h.told = nil
	less := func(a, b store.Change) bool { return string(a.Kind)+a.ID < string(b.Kind)+b.ID }
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(less), cmpopts.EquateEmpty()); diff != "" {
		h.t.Errorf("-want +got:\n%s", diff)
	}
}

func (h *heard) change(id string, change func(*vod.Run)) func() error {
	return func() error {
		return h.IngestChange(h.t.Context(), id, func(run *vod.Run) error { change(run); return nil })
	}
}

func (h *heard) create(id string) func() error {
	return func() error {
		in := vod.Ingest{ID: id, Tenant: "t", AssetID: "7", Status: vod.Running, Start: vod.Now()}
		_, err := h.IngestCreate(h.t.Context(), in, nil, vod.AuditEntry{})
		return err
	}
}

// claimed begins the first attempt of a task that is new.
func claimed(id string) func(*vod.Run) {
	return func(run *vod.Run) {
		task := vod.Task{
			ID: id + "/0", IngestID: id, Stage: vod.Playout, Status: vod.TaskRunning,
			Attempt: 1, Order: 1, Start: vod.Now(),
		}
		run.Tasks = append(run.Tasks, task)
		run.Attempts = []vod.Attempt{{TaskID: task.ID, Number: 1, Status: task.Status, Start: task.Start}}
	}
}

func ofIngest(id string, what store.ChangeWhat, status vod.IngestStatus) store.Change {
	return store.Change{Tenant: "t", Kind: store.ChangeIngest, ID: id, What: what, AssetID: "7", IngestID: id, Status: status}
}

func TestChangesOfIngests(t *testing.T) {
	t.Parallel()
	h := listening(t)
	h.tells(h.create("a"), ofIngest("a", store.Created, vod.Running))
	updated := ofIngest("a", store.Updated, vod.Running)
	h.tells(h.change("a", claimed("a")), updated)
	h.tells(h.change("a", func(run *vod.Run) { run.Tasks[0].Share = 0.5 }), updated)
	h.tells(h.change("a", func(run *vod.Run) { run.Tasks[0].Share, run.Ingest.Progress = 0.6, 60 }), updated)
	h.tells(h.change("a", func(run *vod.Run) {
		run.Attempts = []vod.Attempt{{TaskID: "a/0", Number: 1, Status: vod.TaskRunning, Log: "a line"}}
	}), updated)
	h.tells(h.change("a", func(*vod.Run) {}))
	h.tells(h.change("a", func(run *vod.Run) { run.Ingest.Status, run.Ingest.End = vod.Failed, vod.Now() }),
		ofIngest("a", store.Updated, vod.Failed))
	// Its tasks and attempts go with it, and are not told of.
	h.tells(func() error { return h.IngestDelete(t.Context(), "t", "a", vod.AuditEntry{}) },
		ofIngest("a", store.Deleted, vod.Failed))
}

func TestChangesOfManyTasksAreOne(t *testing.T) {
	t.Parallel()
	h := listening(t)
	h.tells(h.create("a"), ofIngest("a", store.Created, vod.Running))
	h.tells(h.change("a", func(run *vod.Run) {
		for i := range 300 {
			run.Tasks = append(run.Tasks, vod.Task{
				ID: fmt.Sprint("a/", i), IngestID: "a", Step: i, Stage: vod.Encoding, Status: vod.TaskPending,
			})
		}
	}), ofIngest("a", store.Updated, vod.Running))
}

func TestChangesOfImports(t *testing.T) {
	t.Parallel()
	h := listening(t)
	run := vod.Run{Ingest: vod.Ingest{ID: "a", Tenant: "t", AssetID: "7", Status: vod.Completed, Progress: 100, Start: vod.Now(), End: vod.Now()}}
	importing := func() error { _, err := h.IngestImport(t.Context(), run); return err }
	h.tells(importing, ofIngest("a", store.Created, vod.Completed))
	h.tells(importing)
	run.Ingest.HasInput, run.Ingest.Input = true, json.RawMessage(`{}`)
	run.Tasks = []vod.Task{{ID: "x", IngestID: "a", Stage: vod.Encoding, Status: vod.TaskCompleted, Attempt: 1, Order: 1, Start: vod.Now(), End: vod.Now()}}
	h.tells(importing, ofIngest("a", store.Updated, vod.Completed))
	run.Ingest.Tenant = "other"
	other := ofIngest("a", store.Created, vod.Completed)
	other.Tenant = "other"
	h.tells(importing, other)
	h.tells(func() error { _, err := h.AssetDelete(t.Context(), "t", "7", vod.AuditEntry{}); return err }, ofIngest("a", store.Deleted, vod.Completed))
}

func TestChangesOfProfiles(t *testing.T) {
	t.Parallel()
	h := listening(t)
	put := func() error {
		_, _, err := h.ProfilePut(t.Context(), vod.ProfileVersion{Tenant: "t", Name: "p", VersionID: 1, Document: filler(1)}, vod.AuditEntry{})
		return err
	}
	h.tells(put, store.Change{Tenant: "t", Kind: store.ChangeProfile, ID: "p", What: store.Created})
	h.tells(put)
}

func TestChangesOfWhatPlays(t *testing.T) {
	t.Parallel()
	h := listening(t)
	plays := func(ingest string) store.Change {
		return store.Change{Tenant: "t", Kind: store.ChangePlayback, ID: "7", What: store.Updated, AssetID: "7", IngestID: ingest}
	}
	publish := func(id string) func() error {
		return func() error {
			return h.CatalogPublish(t.Context(), vod.Playback{Tenant: "t", AssetID: "7", IngestID: id, HLS: "x"}, id+"/0", 1)
		}
	}
	for _, id := range []string{"a", "b"} {
		h.tells(h.create(id), ofIngest(id, store.Created, vod.Running))
		h.tells(h.change(id, claimed(id)), ofIngest(id, store.Updated, vod.Running))
		h.tells(publish(id), plays(id))
	}
	// That it ends and is replaced, and what plays then, is told at once.
	h.tells(h.change("b", func(run *vod.Run) {
		run.Ingest.Status, run.Ingest.End = vod.Cancelled, vod.Now()
		run.Tasks[0].Status, run.Tasks[0].End = vod.TaskCancelled, vod.Now()
	}), ofIngest("b", store.Updated, vod.Cancelled), plays("a"))
}

// Nothing is told of a write that is refused, or shares a transaction that
// fails; what else was written in that one is told.
func TestChangesThatWereNotWritten(t *testing.T) {
	t.Parallel()
	h := listening(t)
	refused := errors.New("refused")
	if err := h.write(t.Context(), func(x *tx) error { return errors.Join(insertProfile("p")(x), refused) }); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	h.has()
	err := h.write(t.Context(), func(x *tx) error {
		_, err := x.Exec("INSERT INTO profiles (tenant, name, version_id, document) VALUES ('t', 'q', 1, '{}'), ('t', 'q', 1, '{}')")
		return err
	})
	if !taken(err) {
		t.Fatal(err)
	}
	h.has()
	if err := h.write(t.Context(), func(x *tx) error { _ = insertProfile("p")(x); panic("of the write") }); err == nil {
		t.Fatal("the panic passed")
	}
	h.has()
	h.tells(func() error { return h.write(t.Context(), insertProfile("p")) },
		store.Change{Tenant: "t", Kind: store.ChangeProfile, ID: "p", What: store.Created})
}

// A refused write takes only its own back in a transaction of several.
func TestChangesOfABatch(t *testing.T) {
	t.Parallel()
	h := &heard{t: t, Store: noWriter(t)}
	f := &feed{tell: func(changes []store.Change) { h.told = append(h.told, changes) }}
	refused := errors.New("refused")
	batchedWith(t, h.Store, f, insertProfile("a"),
		func(t *tx) error { return errors.Join(insertProfile("b")(t), refused) }, insertProfile("c"))
	created := func(name string) store.Change {
		return store.Change{Tenant: "t", Kind: store.ChangeProfile, ID: name, What: store.Created}
	}
	if len(h.told) != 1 {
		t.Errorf("told %d times of one transaction", len(h.told))
	}
	h.has(created("a"), created("c"))
	errs := batchedWith(t, h.Store, f, insertProfile("d"), func(t *tx) error {
		_, err := t.Exec("PRAGMA defer_foreign_keys = 1")
		_, nothing := t.Exec("INSERT INTO ingest_inputs (ingest_id) VALUES ('nothing')")
		return errors.Join(err, nothing)
	})
	if errs[0] == nil {
		t.Error("the commit passed")
	}
	h.has()
}
