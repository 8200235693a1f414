package enginetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// cancelRunning: the step is told why, and within 2 s the ingest is over, or
// within what the engine says.
func cancelRunning(t *testing.T, b *bundle) {
	g := newGate()
	b.script.on("left", g.act)
	e := b.engine()
	id := b.submit(e, forked)
	receive(t, "the start", g.begun)
	b.await(id, "done on the right", func(r vod.Run) bool { return r.Tasks[2].Status == vod.TaskCompleted })
	asked := time.Now()
	b.cancel(e, id)
	if cause := receive(t, "the interruption", g.causes); !errors.Is(cause, vod.ErrCancelled) {
		t.Errorf("interrupted by %v", cause)
	}
	run := b.end(id, vod.Cancelled)
	within := 2 * time.Second
	if e, ok := e.(interface{ CancelWithin() time.Duration }); ok {
		within = e.CancelWithin()
	}
	took := time.Since(asked)
	t.Logf("from the cancel to CANCELLED: %s", took)
	if took > within {
		t.Errorf("it took %s", took)
	}
	if run.Tasks[0].Status != vod.TaskCompleted || run.Tasks[1].Status != vod.TaskCancelled || len(run.Tasks) != 3 {
		t.Errorf("tasks %+v", run.Tasks)
	}
}

// cancelQueued: an ingest that has no slot yet is over at once, and never runs.
func cancelQueued(t *testing.T, b *bundle) {
	b.slots = map[vod.Stage]int{vod.Retrieval: 1}
	g := newGate()
	b.script.on("fetch", g.act)
	e := b.engine()
	first := b.submit(e, forked)
	receive(t, "the first's start", g.begun)
	second := b.submit(e, forked)
	b.await(second, "planned", func(r vod.Run) bool { return len(r.Tasks) == 1 })
	b.cancel(e, second)
	run := b.end(second, vod.Cancelled)
	b.attempts(run.Tasks[0], 0)
	g.opened <- nil
	b.end(first, vod.Completed)
	if n := b.script.called("fetch"); n != 1 {
		t.Errorf("%d retrievals ran", n)
	}
}

// cancelBetweenAttempts: a task that waits for its next attempt has none.
func cancelBetweenAttempts(t *testing.T, b *bundle) {
	b.script.on("fetch", failing(9, remote()))
	e := b.engine()
	id := b.submit(e, forked)
	b.await(id, "between attempts", func(r vod.Run) bool {
		return len(r.Tasks) == 1 && r.Tasks[0].Status == vod.TaskPending && r.Tasks[0].Failures == 1
	})
	b.cancel(e, id)
	run := b.end(id, vod.Cancelled)
	b.attempts(run.Tasks[0], 1)
}

// retryAfterCancel: cancelled and retried in quick succession, the last word
// holds, however the two meet what is just stopping.
func retryAfterCancel(t *testing.T, b *bundle) {
	const times = 5
	g := newGate()
	b.script.on("fetch", g.act)
	e := b.engine()
	id := b.submit(e, forked)
	for range times {
		receive(t, "the start", g.begun)
		b.cancel(e, id)
		b.end(id, vod.Cancelled)
		b.retry(e, id)
	}
	receive(t, "the last start", g.begun)
	g.opened <- nil
	b.attempts(b.end(id, vod.Completed).Tasks[0], times+1)
	if b.script.most != 1 {
		t.Errorf("%d attempts of one task at the same time", b.script.most)
	}
}

// cancelAndRetryAtOnce: several callers cancel and retry the same ingests, in
// whatever order these meet. None is stranded, and no task runs twice at a
// time.
func cancelAndRetryAtOnce(t *testing.T, b *bundle) {
	const ingests, callers, rounds = 6, 3, 4
	e := b.engine()
	var ids []string
	for range ingests {
		ids = append(ids, b.submit(e, forked))
	}
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range rounds {
				for _, id := range ids {
					b.try(e, id, plan.Cancel)
					b.try(e, id, openAgain)
				}
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		over := b.await(id, "over", func(r vod.Run) bool { return r.Ingest.Status.Final() })
		if over.Ingest.Status == vod.Cancelled {
			b.retry(e, id)
		}
		b.end(id, vod.Completed)
	}
	if b.script.most != 1 {
		t.Errorf("%d attempts of one task at the same time", b.script.most)
	}
}

// try changes an ingest, if its state allows that, and wakes the engine. It
// may be called by any goroutine.
func (b *bundle) try(e engine.Engine, id string, change func(*vod.Run) error) {
	err := b.store.IngestChange(b.t.Context(), id, change)
	if err == nil {
		err = e.Wake(b.t.Context(), id)
	}
	if err != nil && vod.CodeOf(err) != vod.Conflict {
		b.t.Error(err)
	}
}
