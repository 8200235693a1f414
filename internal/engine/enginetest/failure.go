package enginetest

import (
	"context"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func remote() error {
	return &vod.StepError{Class: vod.ClassRemote, Reason: vod.ReasonUnreachable, Message: "origin.example does not answer."}
}

func media() error {
	return &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "in.mp4 holds no video."}
}

// remoteFailsOnce: an error that may pass is tried again, not before its time.
func remoteFailsOnce(t *testing.T, b *bundle) {
	b.script.on("fetch", failing(1, remote()))
	run := b.end(b.submit(b.engine(), forked), vod.Completed)
	list := b.attempts(run.Tasks[0], 2)
	if first := list[0]; first.Error == nil || first.Error.Class != vod.ClassRemote || first.Status != vod.TaskPending {
		t.Errorf("first attempt: %+v", first)
	}
	if pause := list[1].Start.Sub(list[0].End); pause < plan.FirstDelay {
		t.Errorf("tried again after %s", pause)
	}
	if f := run.Tasks[0].Failures; f != 1 {
		t.Errorf("%d failures counted", f)
	}
}

// mediaFailsAtOnce: a bad file is not tried again, and nothing follows it.
func mediaFailsAtOnce(t *testing.T, b *bundle) {
	b.script.on("fetch", failing(1, media()))
	run := b.end(b.submit(b.engine(), forked), vod.Failed)
	if len(run.Tasks) != 1 || run.Tasks[0].Status != vod.TaskFailed {
		t.Fatalf("tasks %+v", run.Tasks)
	}
	b.attempts(run.Tasks[0], 1)
	if want := "RETRIEVAL failed: in.mp4 holds no video."; run.Ingest.Error != want {
		t.Errorf("error %q, not %q", run.Ingest.Error, want)
	}
}

// siblingFinishes: what ran beside a task that failed ends by itself, and only
// then is the ingest over.
func siblingFinishes(t *testing.T, b *bundle) {
	left, right := newGate(), newGate()
	b.script.on("left", left.act)
	b.script.on("right", right.act)
	id := b.submit(b.engine(), forked)
	receive(t, "left", left.begun)
	receive(t, "right", right.begun)
	left.opened <- media()
	run := b.await(id, "failed on the left", func(r vod.Run) bool { return r.Tasks[1].Status == vod.TaskFailed })
	if run.Ingest.Status != vod.Running || run.Tasks[2].Status != vod.TaskRunning {
		t.Errorf("%s, right is %s", run.Ingest.Status, run.Tasks[2].Status)
	}
	right.opened <- nil
	run = b.end(id, vod.Failed)
	if run.Tasks[2].Status != vod.TaskCompleted || len(run.Tasks) != 3 {
		t.Errorf("tasks %+v", run.Tasks)
	}
}

// panics: a step that panics has failed, for a reason that is ours.
func panics(t *testing.T, b *bundle) {
	b.script.on("fetch", func(context.Context, step.Job) error {
		b.script.on("fetch", nil)
		panic("out of range")
	})
	run := b.end(b.submit(b.engine(), forked), vod.Completed)
	err := b.attempts(run.Tasks[0], 2)[0].Error
	if err == nil || err.Class != vod.ClassInfra || err.Reason != vod.ReasonInternal || strings.Contains(err.Message, "range") {
		t.Errorf("error %+v", err)
	}
}

// retryAfterFailure: what had completed stays, the rest is done again.
func retryAfterFailure(t *testing.T, b *bundle) {
	b.script.on("left", failing(1, media()))
	e := b.engine()
	id := b.submit(e, forked)
	b.end(id, vod.Failed)
	b.retry(e, id)
	run := b.end(id, vod.Completed)
	b.attempts(run.Tasks[0], 1)
	b.attempts(run.Tasks[1], 2)
	b.attempts(run.Tasks[2], 1)
}
