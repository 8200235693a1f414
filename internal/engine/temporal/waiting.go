package temporal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Waiting says why a task that is ready does not run yet: that no worker can do
// it, that this process holds it back, or that all slots are busy.
func (e *Engine) Waiting(ctx context.Context, r plan.Ready) string {
	if r.NotBefore.After(time.Now()) {
		return ""
	}
	ctx, done := context.WithTimeout(ctx, askAtMost)
	defer done()
	workers, err := e.Workers(ctx)
	if err != nil {
		e.Log.Warn("cannot tell why a task waits: the workers are not known", "error", err)
		return ""
	}
	r.Needs = engine.Granted(r, workers)
	able := slices.DeleteFunc(slices.Clone(workers), func(w vod.Worker) bool { return !w.Can(r.Stage, r.Needs) })
	if len(able) == 0 {
		return nobody(workers, r)
	}
	if held := e.heldHere(r); held != "" {
		return held
	}
	w, err := e.backlog.of(ctx, queueName(e.Prefix, r.Stage, r.Needs))
	switch {
	case err != nil:
		return "Temporal, which delivers the tasks, does not answer."
	case w.count == 0:
		return ""
	}
	return busy(r.Stage, able, w)
}

// heldHere tells why this process does not start the task, if it would do it.
func (e *Engine) heldHere(r plan.Ready) string {
	s := e.slots[r.Stage]
	if s == nil || !(vod.Worker{Slots: e.Slots, Capabilities: e.Capabilities}).Can(r.Stage, r.Needs) {
		return ""
	}
	return s.held()
}

// nobody says that no worker can do the task, and what one would have to.
func nobody(workers []vod.Worker, r plan.Ready) string {
	if !slices.ContainsFunc(workers, func(w vod.Worker) bool { return w.Slots[r.Stage] > 0 }) {
		return fmt.Sprintf("No worker is up that runs %s tasks; start one with that stage.", r.Stage)
	}
	names := make([]string, len(r.Needs))
	for i, need := range r.Needs {
		names[i] = string(need)
	}
	return fmt.Sprintf("No worker is up that runs %s tasks and is capable of %s; start one on a machine that is.",
		r.Stage, strings.Join(names, " and "))
}

// busy says that the slots of all workers that can do the task are taken, and
// what waits with it.
func busy(stage vod.Stage, able []vod.Worker, w waiting) string {
	slots := 0
	for _, worker := range able {
		slots += worker.Slots[stage]
	}
	taken := fmt.Sprintf("All %d %s slots are busy", slots, stage)
	if slots == 1 {
		taken = fmt.Sprintf("The only %s slot is busy", stage)
	}
	age := time.Since(w.oldest).Round(time.Second)
	if w.count == 1 {
		return fmt.Sprintf("%s; one task waits, for %s now.", taken, age)
	}
	return fmt.Sprintf("%s; about %d tasks wait, the first of them for %s now.", taken, w.count, age)
}
