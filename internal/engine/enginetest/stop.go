package enginetest

import (
	"context"
	"errors"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// stopDrains: what runs may finish, and what it made ready waits for the next
// engine.
func stopDrains(t *testing.T, b *bundle) {
	g := newGate()
	b.script.on("fetch", g.act)
	e := b.engine()
	id := b.submit(e, forked)
	receive(t, "the start", g.begun)
	stopped := make(chan error, 1)
	go func() { stopped <- e.Stop(context.Background()) }()
	g.opened <- nil
	b.must(receive(t, "the end of Stop", stopped))
	b.must(e.Stop(t.Context())) // It is idempotent.
	if s := b.run(id).Tasks[0].Status; s != vod.TaskCompleted {
		t.Fatalf("the retrieval is %s", s)
	}
	b.engine()
	b.end(id, vod.Completed)
	if n := b.script.called("fetch"); n != 1 {
		t.Errorf("%d retrievals ran", n)
	}
}

// stopGivesBack: what is interrupted by a stop has not failed, and the next
// engine does it.
func stopGivesBack(t *testing.T, b *bundle) {
	g := newGate()
	b.script.on("left", g.act)
	e := b.engine()
	id := b.submit(e, forked)
	receive(t, "the start", g.begun)
	b.stopNow(e)
	if cause := receive(t, "the interruption", g.causes); !errors.Is(cause, vod.ErrStopping) {
		t.Errorf("interrupted by %v", cause)
	}
	task := b.run(id).Tasks[1]
	if task.Status != vod.TaskPending || task.Failures != 0 || task.Lost != 0 {
		t.Errorf("given back as %+v", task)
	}
	b.script.on("left", nil)
	b.engine()
	run := b.end(id, vod.Completed)
	b.attempts(run.Tasks[0], 1)
	b.attempts(run.Tasks[1], 2)
}

// startTakesUp: ingests that nobody woke are found by the next start.
func startTakesUp(_ *testing.T, b *bundle) {
	ids := []string{b.ingest(forked), b.ingest("")}
	b.engine()
	for _, id := range ids {
		b.end(id, vod.Completed)
	}
}

// lostAttemptCannotWrite: an engine that is taken for lost and is not. The next
// does its task again, and what the first still says is not heard.
func lostAttemptCannotWrite(t *testing.T, b *bundle) {
	zombie := newGate()
	b.script.on("left", zombie.deaf)
	e := b.engine()
	id := b.submit(e, forked)
	job := receive(t, "the first attempt", zombie.begun)
	b.await(id, "done on the right", func(r vod.Run) bool { return r.Tasks[2].Status == vod.TaskCompleted })
	if a, ok := e.(interface{ Abandon() }); ok {
		a.Abandon()
	}
	second := newGate()
	b.script.on("left", second.act)
	b.engine()
	receive(t, "the second attempt", second.begun)
	job.Progress(0.9)
	zombie.opened <- media()
	b.stopNow(e)
	if task := b.run(id).Tasks[1]; task.Status != vod.TaskRunning || task.Attempt != 2 || task.Share != 0 || task.Lost != 1 {
		t.Errorf("after the zombie's last words: %+v", task)
	}
	second.opened <- nil
	run := b.end(id, vod.Completed)
	if first := b.attempts(run.Tasks[1], 2)[0]; first.Error == nil || first.Error.Reason != vod.ReasonLost {
		t.Errorf("first attempt: %+v", first)
	}
}
