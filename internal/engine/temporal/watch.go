package temporal

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// lookAtMost bounds one look at the store, which holds up the heartbeats.
const lookAtMost = time.Second

// watch keeps a delivery alive, and tells its attempt when to stop.
type watch struct {
	stopping context.Context // ends when what runs is to be given back
	beat     time.Duration   // between heartbeats, in whose answers a cancel is seen
}

// over makes the context of an attempt, whose cause says why it is cancelled,
// and heartbeats until end is called.
//
// That Temporal cancels a delivery does not say why: perhaps the workflow only
// wanted to move what waits to another place, and this one was faster. So the
// store is looked at by look, again and again, because Temporal tells it only
// once.
func (w watch) over(ctx context.Context, look func(context.Context) (engine.State, error)) (work context.Context, end func()) {
	// Not a child of ctx, whose cancellation would come before its reason.
	work, interrupt := context.WithCancelCause(context.WithoutCancel(ctx))
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		beat := time.NewTicker(w.beat)
		defer beat.Stop()
		stopping, gone := w.stopping.Done(), ctx.Done()
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
				gone = nil
			}
			if gone == nil && work.Err() == nil {
				if cause := reason(ctx, look); cause != nil {
					interrupt(cause)
				}
			}
		}
	}()
	return work, func() {
		close(done)
		<-stopped
		interrupt(nil)
	}
}

// reason tells why the delivery is to stop; nil: it is not. Only a workflow
// cancels. All else (the delivery was taken away, the worker ends) is no fault
// of the task.
func reason(ctx context.Context, look func(context.Context) (engine.State, error)) error {
	if !temporal.IsCanceledError(context.Cause(ctx)) {
		return vod.ErrStopping
	}
	looking, done := context.WithTimeout(context.WithoutCancel(ctx), lookAtMost)
	defer done()
	state, err := look(looking)
	if err == nil && (state.Status == vod.Cancelling || state.Status.Final()) {
		return vod.ErrCancelled
	}
	return nil // Not, or not to be known yet.
}
