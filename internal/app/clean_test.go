package app

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestSweep: after an hour what no task has recorded is removed, and nothing
// else is.
func TestSweep(t *testing.T) {
	t.Parallel()
	a := newApp(t, configIn(t.TempDir()))

	done, doneTask := a.create(t, `{}`, func(*vod.Run, *vod.Task) {})
	recorded, lost := a.attempt(t, done, doneTask, "2"), a.attempt(t, done, doneTask, "1")
	err := a.store.IngestChange(t.Context(), done, func(run *vod.Run) error {
		outputs, err := json.Marshal(vod.TaskOutputs{Filesets: []vod.Fileset{{Files: []vod.File{{URI: "file://" + recorded}}}}})
		run.Tasks[0].Status, run.Tasks[0].Attempt, run.Tasks[0].End, run.Tasks[0].Outputs = vod.TaskCompleted, 2, vod.Now(), outputs
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	busy, busyTask := a.create(t, `{}`, func(_ *vod.Run, task *vod.Task) { task.Status, task.Attempt = vod.TaskRunning, 2 })
	running, before := a.attempt(t, busy, busyTask, "2"), a.attempt(t, busy, busyTask, "1")
	idle, idleTask := a.create(t, `{}`, func(*vod.Run, *vod.Task) {})
	givenBack := a.attempt(t, idle, idleTask, "1")
	deleted := a.attempt(t, uuid.NewString(), uuid.NewString(), "1")

	all := []string{recorded, lost, running, before, givenBack, deleted}
	a.sweep(t.Context(), time.Now().Add(orphanAfter-time.Minute))
	for _, file := range all {
		if !exists(file) {
			t.Errorf("%s was removed too early", file)
		}
	}
	a.sweep(t.Context(), time.Now().Add(orphanAfter+time.Minute))
	for file, want := range map[string]bool{
		recorded: true, lost: false, running: true, before: false, givenBack: false, deleted: false,
	} {
		if exists(file) != want {
			t.Errorf("%s is there: %t, want %t", file, !want, want)
		}
	}
}

func TestUploadInUse(t *testing.T) {
	t.Parallel()
	a := newApp(t, configIn(t.TempDir()))
	const id, other = "0123456789abcdef0123456789abcdef", "00000000000000000000000000000000"
	ingest, _ := a.create(t, `{"filesets":[{"files":[{"uri":"upload:`+id+`"}]}]}`, func(*vod.Run, *vod.Task) {})
	check := func(tenant, id string, want bool) {
		t.Helper()
		if got, err := a.uploadInUse(tenant, id); err != nil || got != want {
			t.Errorf("upload %s of %s in use: %t, %v", id, tenant, got, err)
		}
	}
	check(tenant, id, true)
	check(tenant, other, false)
	check("other", id, false)
	err := a.store.IngestChange(t.Context(), ingest, func(run *vod.Run) error {
		run.Ingest.Status, run.Ingest.End = vod.Failed, vod.Now()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(tenant, id, false)
}
