package temporal

import (
	"context"
	"errors"
	"log/slog"

	"go.temporal.io/sdk/activity"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// planning are the operations that a workflow calls as local activities.
type planning struct {
	operations Operations
	log        *slog.Logger
}

// Advance asks what is ready.
func (p *planning) Advance(ctx context.Context, ingestID string) (engine.State, error) {
	state, err := p.operations.Advance(ctx, ingestID)
	return state, p.refused(ctx, ingestID, err)
}

// Recover is the first look of a workflow.
func (p *planning) Recover(ctx context.Context, ingestID string) (engine.State, error) {
	state, err := p.operations.Recover(ctx, ingestID)
	return state, p.refused(ctx, ingestID, err)
}

// RecoverTask is the look after a delivery that ended in an error.
func (p *planning) RecoverTask(ctx context.Context, ingestID, taskID string) (engine.State, error) {
	state, err := p.operations.RecoverTask(ctx, ingestID, taskID)
	return state, p.refused(ctx, ingestID, err)
}

// refused logs what Temporal is not told.
func (p *planning) refused(ctx context.Context, ingestID string, err error) error {
	if err != nil && ctx.Err() == nil {
		p.log.Error("cannot carry out a step of the engine; it is tried again", "ingest", ingestID, "error", err)
	}
	return refusal(err)
}

// runner runs the tasks of one queue.
type runner struct {
	*planning
	queue *queue
	watch watch
}

// RunTask is the activity of a task, delivered once for each attempt. A second
// delivery means that the first has ended or is lost: the service takes only
// one for alive. A lost one still stands in the store as running.
func (r *runner) RunTask(ctx context.Context, ingestID, taskID string) (engine.State, error) {
	release, ok := r.queue.take()
	if !ok {
		return engine.State{}, later("All slots of the worker are taken.", noSlot, atOnce)
	}
	defer release()
	if activity.GetInfo(ctx).Attempt > 1 {
		if _, err := r.RecoverTask(ctx, ingestID, taskID); err != nil {
			return engine.State{}, err
		}
	}
	work, end := r.watch.over(ctx, func(ctx context.Context) (engine.State, error) {
		return r.operations.Advance(ctx, ingestID)
	})
	defer end()
	state, err := r.operations.RunTask(work, ingestID, taskID)
	var full *engine.NoRoomError
	switch {
	case err == nil:
		err = verdict(state, taskID)
		state.Failure = nil
		return state, err
	case errors.Is(err, plan.ErrNotClaimable) || errors.Is(err, plan.ErrStale):
		return r.Advance(context.WithoutCancel(ctx), ingestID) // Nothing to run; what is the news?
	case errors.As(err, &full):
		r.log.Info("a task waits for scratch space", "ingest", ingestID, "task", taskID, "reason", full.Sentence)
		return engine.State{}, refusal(err)
	case vod.CodeOf(err) == vod.NotFound:
		return engine.State{}, refusal(err)
	}
	return engine.State{}, r.refused(ctx, ingestID, err)
}
