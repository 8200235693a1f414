package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func changeTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"AnErrorWritesNothing":       errorWritesNothing,
		"ARefusedRowWritesNothing":   refusedRowWritesNothing,
		"NoChangeIsLost":             noChangeIsLost,
		"AFailureLeavesOthersAlone":  failureLeavesOthersAlone,
		"APanicIsAnError":            panicIsAnError,
		"AnEndedContextWritesNone":   endedContext,
		"KeepsWhatItIsKnownBy":       keepsIdentity,
		"KeepsTasks":                 keepsTasks,
		"SkippedAndFailedKeepRows":   finalKeepsRows,
		"OfOneIngestLeavesTheOthers": leavesTheOthers,
	}
}

func errorWritesNothing(t *testing.T, b bundle) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
	before, mine := b.get(in), errors.New("mine")
	err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
		become(&run.Ingest, vod.Failed)
		run.Ingest.MediaTypes[0] = "AUDIO"
		run.Tasks[0].Attempt = 9
		run.Tasks = append(run.Tasks, task(in.ID, 1))
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: run.Tasks[0].ID, Number: 9, Status: vod.TaskRunning})
		return mine
	})
	if !errors.Is(err, mine) {
		t.Fatalf("got %v, want the error of the change", err)
	}
	b.equal(b.get(in), before)
	attempts, err := b.TaskAttempts(b.ctx, before.Tasks[0].ID)
	b.ok(err)
	b.equal(len(attempts), 0)
}

// refusedRowWritesNothing: the ingest's own row is fine, a task's is not.
func refusedRowWritesNothing(t *testing.T, b bundle) {
	in := b.create(ingest())
	for name, bad := range map[string]func(*vod.Run){
		"attempt below 0": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.Attempt = -1 }))
		},
		"share above 1": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.Share = 1.1 }))
		},
		"unknown task status": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.Status = "TASK_X" }))
		},
		"unknown stage": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.Stage = "X" }))
		},
		"ended without an end": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.Status = vod.TaskCompleted }))
		},
		"end without ending": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.End = at(1) }))
		},
		"running unclaimed": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, with(task(in.ID, 0), func(t *vod.Task) { t.Status = vod.TaskRunning }))
		},
		"two tasks of a step": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, task(in.ID, 0), with(task(in.ID, 0), func(t *vod.Task) { t.ID = "other" }))
		},
		"a task of another ingest": func(run *vod.Run) { run.Tasks = append(run.Tasks, task("other", 0)) },
		"an attempt of no task": func(run *vod.Run) {
			run.Attempts = append(run.Attempts, vod.Attempt{TaskID: "other", Number: 1, Status: vod.TaskRunning})
		},
		"attempt number 0": func(run *vod.Run) {
			run.Tasks = append(run.Tasks, task(in.ID, 0))
			run.Attempts = append(run.Attempts, vod.Attempt{TaskID: run.Tasks[0].ID, Status: vod.TaskRunning})
		},
		"progress above 100":     func(run *vod.Run) { run.Ingest.Progress = 101 },
		"progress below 0":       func(run *vod.Run) { run.Ingest.Progress = -1 },
		"100 while running":      func(run *vod.Run) { run.Ingest.Progress = 100 },
		"unknown status":         func(run *vod.Run) { run.Ingest.Status = "X" },
		"final without an end":   func(run *vod.Run) { run.Ingest.Status = vod.Failed },
		"an end while not final": func(run *vod.Run) { run.Ingest.End = at(1) },
	} {
		err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
			run.Ingest.Status, run.Ingest.Progress = vod.Running, 50
			bad(run)
			return nil
		})
		if err == nil {
			t.Errorf("%s: was written", name)
		}
		b.equal(b.get(in), vod.Run{Ingest: in})
	}
}

func with(t vod.Task, change func(*vod.Task)) vod.Task {
	change(&t)
	return t
}

// noChangeIsLost lets many callers count in the same task.
func noChangeIsLost(t *testing.T, b bundle) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 25 {
				if err := b.IngestChange(b.ctx, in.ID, attemptPlusOne); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.equal(b.get(in).Tasks[0].Attempt, 16*25)
}

// failureLeavesOthersAlone mixes writes that fail before and after they have
// written rows with writes that succeed.
func failureLeavesOthersAlone(t *testing.T, b bundle) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for range 25 {
				err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
					run.Tasks[0].Attempt++
					switch i % 3 {
					case 1:
						return errors.New("refused")
					case 2:
						run.Tasks = append(run.Tasks, with(task(in.ID, 1), func(t *vod.Task) { t.Share = 2 }))
					}
					return nil
				})
				if (err == nil) != (i%3 == 0) {
					t.Errorf("caller %d: %v", i, err)
				}
			}
		})
	}
	group.Wait()
	run := b.get(in)
	b.equal(len(run.Tasks), 1)
	b.equal(run.Tasks[0].Attempt, 6*25)
}

func panicIsAnError(t *testing.T, b bundle) {
	in := b.create(ingest())
	err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
		run.Ingest.Progress = 50
		panic("of the change")
	})
	if err == nil {
		t.Fatal("the panic is not reported")
	}
	b.equal(b.get(in).Ingest, in)
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Progress = 1 })
}

func endedContext(t *testing.T, b bundle) {
	in := b.create(ingest())
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	err := b.IngestChange(ctx, in.ID, func(run *vod.Run) error {
		run.Ingest.Progress = 50
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the end of the context", err)
	}
	b.equal(b.get(in).Ingest, in)
}

func keepsIdentity(t *testing.T, b bundle) {
	in := b.create(ingest())
	for _, bad := range []func(*vod.Run){
		func(run *vod.Run) { run.Ingest.ID = "other" },
		func(run *vod.Run) { run.Ingest.Tenant = "t2" },
		func(run *vod.Run) { run.Ingest.AssetID = "other" },
		func(run *vod.Run) { run.Ingest.Start = at(1) },
	} {
		err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
			bad(run)
			return nil
		})
		if err == nil {
			t.Error("the change was written")
		}
		b.equal(b.get(in).Ingest, in)
	}
}

func keepsTasks(t *testing.T, b bundle) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0), task(in.ID, 1)) })
	err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
		run.Tasks = run.Tasks[1:]
		return nil
	})
	if err == nil {
		t.Error("a task was dropped without an error")
	}
	b.equal(len(b.get(in).Tasks), 2)
}

func finalKeepsRows(_ *testing.T, b bundle) {
	for _, status := range []vod.IngestStatus{vod.Skipped, vod.Failed, vod.Cancelled} {
		in := b.create(ingest())
		b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
		b.setStatus(in.ID, status)
		run := b.get(in)
		b.equal(run.Ingest.Status, status)
		b.equal(run.Tasks, []vod.Task{task(in.ID, 0)})
	}
}

func leavesTheOthers(_ *testing.T, b bundle) {
	one, two := b.create(ingest()), b.create(ingest(func(in *vod.Ingest) { in.Tenant = "t2" }))
	b.change(one.ID, func(run *vod.Run) {
		run.Ingest.Status = vod.Running
		run.Tasks = append(run.Tasks, task(one.ID, 0))
	})
	b.equal(b.get(two), vod.Run{Ingest: two})
}
