package temporal

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// givenBack is the error type of an attempt that a stopping worker gave back.
const givenBack = "GIVEN_BACK"

// atOnce is the shortest delay that Temporal does not take for none given.
const atOnce = time.Millisecond

// activities are the operations as Temporal calls them.
type activities struct {
	Operations
	stopping context.Context // ends when what runs is to be given back
}

// Advance is a local activity.
func (a *activities) Advance(ctx context.Context, ingestID string) (engine.State, error) {
	state, err := a.Operations.Advance(ctx, ingestID)
	return state, refusal(err)
}

// Recover is a local activity.
func (a *activities) Recover(ctx context.Context, ingestID string) (engine.State, error) {
	state, err := a.Operations.Recover(ctx, ingestID)
	return state, refusal(err)
}

// RecoverTask is a local activity.
func (a *activities) RecoverTask(ctx context.Context, ingestID, taskID string) (engine.State, error) {
	state, err := a.Operations.RecoverTask(ctx, ingestID, taskID)
	return state, refusal(err)
}

// RunTask is the activity of a task, delivered once for each attempt. A second
// delivery means that the first has ended or is lost: the service takes only
// one for alive. A lost one still stands in the store as running.
func (a *activities) RunTask(ctx context.Context, ingestID, taskID string) (engine.State, error) {
	if activity.GetInfo(ctx).Attempt > 1 {
		if _, err := a.Operations.RecoverTask(ctx, ingestID, taskID); err != nil {
			return engine.State{}, refusal(err)
		}
	}
	work, end := a.watch(ctx)
	defer end()
	state, err := a.Operations.RunTask(work, ingestID, taskID)
	switch {
	case err == nil:
		return state, verdict(state, taskID)
	case errors.Is(err, plan.ErrNotClaimable) || errors.Is(err, plan.ErrStale):
		return a.Advance(context.WithoutCancel(ctx), ingestID) // Nothing to run; what is the news?
	}
	return state, refusal(err)
}

// watch makes the context of an attempt, whose cause says why it is cancelled,
// and heartbeats until end is called.
func (a *activities) watch(ctx context.Context) (work context.Context, end func()) {
	// Not a child of ctx, whose cancellation would come before its reason.
	work, interrupt := context.WithCancelCause(context.WithoutCancel(ctx))
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		beat := time.NewTicker(cancelSeen)
		defer beat.Stop()
		stopping, gone := a.stopping.Done(), ctx.Done()
		for {
			select {
			case <-done:
				return
			case <-beat.C: // Also after an interruption, until the work has stopped.
				activity.RecordHeartbeat(context.WithoutCancel(ctx))
			case <-stopping:
				interrupt(vod.ErrStopping)
				stopping = nil
			case <-gone:
				interrupt(reason(ctx))
				gone = nil
			}
		}
	}()
	return work, func() {
		close(done)
		<-stopped
		interrupt(nil)
	}
}

// reason: only the workflow cancels an ingest's tasks. All else (the delivery
// was taken away, the worker ends) is no fault of the task.
func reason(ctx context.Context) error {
	if temporal.IsCanceledError(context.Cause(ctx)) {
		return vod.ErrCancelled
	}
	return vod.ErrStopping
}

// verdict tells Temporal what the plan has made of an attempt: when to deliver
// the task again, or never.
func verdict(state engine.State, taskID string) error {
	failure := state.Failure
	next, again := due(state, taskID)
	switch {
	case again && failure == nil:
		return temporal.NewApplicationErrorWithOptions("The attempt was given back.", givenBack,
			temporal.ApplicationErrorOptions{NextRetryDelay: atOnce})
	case again:
		return temporal.NewApplicationErrorWithOptions(failure.Message, string(failure.Class),
			temporal.ApplicationErrorOptions{NextRetryDelay: max(atOnce, time.Until(next))})
	case failure == nil || failure.Class == vod.ClassCancelled:
		return nil
	}
	return temporal.NewNonRetryableApplicationError(failure.Message, string(failure.Class), nil)
}

// due tells when the task may be claimed again, if it may.
func due(state engine.State, taskID string) (at time.Time, again bool) {
	for _, r := range state.Ready {
		if r.TaskID == taskID {
			return r.NotBefore, true
		}
	}
	return time.Time{}, false
}

// refusal marks what no repetition can mend.
func refusal(err error) error {
	if vod.CodeOf(err) == vod.NotFound {
		return temporal.NewNonRetryableApplicationError(err.Error(), string(vod.NotFound), nil)
	}
	return err
}
