package local

import (
	"context"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// dispatch starts tasks as slots and reasons to wait allow, until Stop.
func (e *Engine) dispatch() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		next := e.startDue(time.Now())
		if next.IsZero() {
			next = time.Now().Add(time.Hour)
		}
		timer.Reset(time.Until(next))
		select {
		case <-e.quit:
			return
		case <-e.signal:
		case <-timer.C:
		}
	}
}

// startDue starts every task that may start now and tells when to look again.
func (e *Engine) startDue(now time.Time) (next time.Time) {
	held := e.Hold()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopping {
		return next
	}
	switch {
	case held != "" && e.held == "":
		e.Log.Warn("new work waits", "reason", held)
	case held == "" && e.held != "":
		e.Log.Warn("new work goes on")
	}
	e.held = held
	for _, stage := range vod.Stages() {
		q := e.queues[stage]
		if at := q.ripen(now); !at.IsZero() {
			next = earliest(next, at)
		}
		if e.holds(stage) && len(q.lines) > 0 {
			next = earliest(next, now.Add(e.HoldPoll))
			continue
		}
		e.startStage(stage)
	}
	return next
}

// startStage fills the stage's free slots. The caller holds the lock.
func (e *Engine) startStage(stage vod.Stage) {
	for e.free[stage] > 0 {
		ready, ok := e.queues[stage].pop()
		if !ok {
			return
		}
		e.free[stage]--
		ctx, interrupt := context.WithCancelCause(e.work)
		e.running[ready.TaskID] = &run{ingestID: ready.IngestID, interrupt: interrupt}
		e.tasks.Go(func() { e.perform(ctx, ready) })
	}
}

// holds: playout writes no files, so it goes on when the disk is short.
func (e *Engine) holds(stage vod.Stage) bool {
	return e.held != "" && stage != vod.Playout
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
