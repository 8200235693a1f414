package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// heard is an observer that notes what it hears. Its executor runs one task at
// a time.
type heard struct{ lines []string }

func (h *heard) AttemptEnded(e engine.AttemptEnd) {
	line := fmt.Sprintf("%s %s of %s %s", e.Kind.Stage, e.Kind.Type, e.Profile, e.Result)
	if e.Err != nil {
		line += fmt.Sprintf(" %s %s", e.Err.Class, e.Err.Reason)
	}
	if e.Work != (step.Work{}) {
		line += fmt.Sprintf(" %d bytes", e.Work.Bytes)
	}
	h.lines = append(h.lines, line)
}

func (h *heard) AttemptLost(stage vod.Stage) { h.lines = append(h.lines, fmt.Sprint("lost ", stage)) }

func (h *heard) IngestEnded(in vod.Ingest) {
	h.lines = append(h.lines, fmt.Sprint("ended ", in.Status))
}

// TestObserver hears each thing once, after it is recorded, however often
// recording it was tried.
func TestObserver(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		run  func(f *fixture) (step.Result, error)
		want []string
	}{
		"completed": {
			func(f *fixture) (step.Result, error) {
				f.store.failNext(2)
				return step.Result{Work: step.Work{Bytes: 5}}, nil
			},
			[]string{"ended COMPLETED", "RETRIEVAL fetch of p completed 5 bytes"},
		},
		"skipped": {
			func(*fixture) (step.Result, error) { return step.Result{SkipIngest: true}, nil },
			[]string{"ended SKIPPED", "RETRIEVAL fetch of p skipped"},
		},
		"failed": {
			func(*fixture) (step.Result, error) {
				return step.Result{Work: step.Work{Bytes: 5}}, &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonChecksum}
			},
			[]string{"ended FAILED", "RETRIEVAL fetch of p failed MEDIA checksum"},
		},
		"to be tried again": {
			func(*fixture) (step.Result, error) { return step.Result{}, errors.New("broken") },
			[]string{"RETRIEVAL fetch of p failed INFRA internal"},
		},
	} {
		f, h := newFixture(t), &heard{}
		f.Observer = h
		f.run = func(context.Context, step.Job) (step.Result, error) { return test.run(f) }
		f.runTask(ingestID)
		if d := cmp.Diff(test.want, h.lines); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		h.lines = nil
		if _, err := f.Advance(t.Context(), ingestID); err != nil || len(h.lines) > 0 {
			t.Errorf("%s: heard again %q, %v", name, h.lines, err)
		}
	}
}

// TestObserverOfInterruption: a stop and a cancel are told apart.
func TestObserverOfInterruption(t *testing.T) {
	t.Parallel()
	for cause, want := range map[error]string{vod.ErrStopping: "given_back", vod.ErrCancelled: "cancelled"} {
		f, h := newFixture(t), &heard{}
		f.Observer = h
		ctx, interrupt := context.WithCancelCause(t.Context())
		f.run = func(ctx context.Context, _ step.Job) (step.Result, error) {
			interrupt(cause)
			return step.Result{}, ctx.Err()
		}
		if _, err := f.RunTask(ctx, ingestID, f.ready(ingestID)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"RETRIEVAL fetch of p " + want}, h.lines); d != "" {
			t.Errorf("%v (-want +got):\n%s", cause, d)
		}
	}
}

// TestObserverOfLoss: what an earlier process was running, and what cannot be
// carried out at all.
func TestObserverOfLoss(t *testing.T) {
	t.Parallel()
	f, h := newFixture(t), &heard{}
	f.Observer = h
	id := f.ready(ingestID)
	err := f.store.IngestChange(t.Context(), ingestID, func(run *vod.Run) error { // The claim of a process that is gone.
		run.Ingest.Status = vod.Running
		task := run.Task(id)
		task.Status, task.Attempt, task.Order, task.Start = vod.TaskRunning, 1, 1, vod.Now()
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: id, Number: 1, Status: vod.TaskRunning, Start: vod.Now()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.create(vod.Ingest{ID: "unreadable", Input: json.RawMessage(`{}`)})
	for _, ingest := range []string{ingestID, "unreadable"} {
		for range 2 {
			if _, err := f.Recover(t.Context(), ingest); err != nil {
				t.Fatal(err)
			}
		}
	}
	if d := cmp.Diff([]string{"lost RETRIEVAL", "ended FAILED"}, h.lines); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
