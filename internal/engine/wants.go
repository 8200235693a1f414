package engine

import (
	"context"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// choose makes needs of what tasks would rather have where a worker that lives
// has it, and drops it otherwise: a task must not wait for a machine that is not
// there.
func (x *Executor) choose(ctx context.Context, ready []plan.Ready) {
	if x.Workers == nil || !slices.ContainsFunc(ready, func(r plan.Ready) bool { return len(r.Wants) > 0 }) {
		return
	}
	workers, err := x.Workers(ctx)
	if err != nil {
		x.Log.Warn("cannot tell what the workers can do; tasks go without what they would rather have", "error", err)
	}
	for i := range ready {
		ready[i].Needs = Granted(ready[i], workers)
		ready[i].Wants = nil
	}
}

// Granted is what a task needs together with those of its wants that one of the
// workers has beside all that, in the order of [vod.Capabilities].
func Granted(r plan.Ready, workers []vod.Worker) []vod.Capability {
	needs := r.Needs
	for _, want := range r.Wants {
		with := ordered(append(slices.Clone(needs), want))
		if slices.ContainsFunc(workers, func(w vod.Worker) bool { return w.Can(r.Stage, with) }) {
			needs = with
		}
	}
	return needs
}

// ordered puts capabilities into the order of [vod.Capabilities], each once.
func ordered(some []vod.Capability) (all []vod.Capability) {
	for _, c := range vod.Capabilities() {
		if slices.Contains(some, c) {
			all = append(all, c)
		}
	}
	return all
}
