package temporal

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	workflowName = "ingest"
	// wakeSignal tells a workflow that its ingest has changed.
	wakeSignal = "wake"
	// planAtMost is how long a change of the store may take.
	planAtMost = 30 * time.Second
	// planAgainAtMost is the longest pause between two tries to reach the store.
	planAgainAtMost = 30 * time.Second
	// raiseAtLeast keeps a workflow whose clock is ahead of the store's from
	// asking without a pause.
	raiseAtLeast = time.Second
)

// driver holds what workflows are written with; it never changes.
type driver struct {
	planning  *planning // for the names of its methods alone
	prefix    string
	heartbeat time.Duration
}

// drive is the state of one workflow. It is rebuilt by replay: nothing here may
// depend on time, chance or the order of a map.
type drive struct {
	*driver
	ctx      workflow.Context
	id       string
	tasks    workflow.Context // of the activities; cancelled to interrupt them
	cancel   workflow.CancelFunc
	selector workflow.Selector
	running  map[string]*task // by id
	ready    []plan.Ready
	raiseAt  time.Time // when a timer will ask for new levels
	over     bool      // as the store said last
	err      error
}

// ingest is the workflow. A new one knows that nothing runs, and so begins by
// taking back what a predecessor may have left. It is cancelled through the
// store and a wake, never by Temporal's own means, which would leave the store
// behind.
func (d *driver) ingest(ctx workflow.Context, ingestID string) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	w := &drive{
		driver: d, ctx: ctx, id: ingestID,
		selector: workflow.NewSelector(ctx), running: map[string]*task{},
	}
	w.tasks, w.cancel = workflow.WithCancel(ctx)
	w.listen()
	w.plan(d.planning.Recover, w.id)
	for w.err == nil {
		w.deliver()
		if len(w.running) == 0 && !w.selector.HasPending() {
			switch {
			case w.over:
				return nil
			case w.full():
				return workflow.NewContinueAsNewError(ctx, workflowName, w.id)
			}
		}
		w.selector.Select(ctx)
	}
	return w.err
}

// listen hears wakes from now on.
func (w *drive) listen() {
	wakes := workflow.GetSignalChannel(w.ctx, wakeSignal)
	wakes.ReceiveAsync(nil) // the one that came with the start
	w.selector.AddReceive(wakes, func(c workflow.ReceiveChannel, _ bool) {
		for c.ReceiveAsync(nil) { // One look at the store does for all.
		}
		w.plan(w.planning.Advance, w.id)
	})
}

// plan asks the store where the ingest stands, and interrupts what must not go
// on. Nothing else may: what a task's end tells can have been overtaken.
func (w *drive) plan(operation any, args ...any) {
	ctx := workflow.WithLocalActivityOptions(w.ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: planAtMost, RetryPolicy: retryPolicy(planAgainAtMost),
	})
	var state engine.State
	w.err = workflow.ExecuteLocalActivity(ctx, operation, args...).Get(ctx, &state)
	w.ready, w.over = state.Ready, state.Status.Final()
	if w.over || state.Status == vod.Cancelling {
		w.cancel()
		w.tasks, w.cancel = workflow.WithCancel(w.ctx) // for what a retry starts
	}
}

// full tells that the history has grown so long that it is to end here, and to
// go on in a new one, when no task is under way. Nothing is begun until then.
func (w *drive) full() bool { return workflow.GetInfo(w.ctx).GetContinueAsNewSuggested() }

// deliver starts what is ready, and moves what has got another place.
func (w *drive) deliver() {
	for _, ready := range w.ready {
		switch t := w.running[ready.TaskID]; {
		case w.full():
		case t == nil:
			w.start(ready)
		default:
			t.again = true
			t.move(w.place(ready))
		}
		w.raise(ready.RaiseAt)
	}
	w.ready = nil
}

// raise asks once more for what is ready at the time, when its level rises.
func (w *drive) raise(at time.Time) {
	if at.IsZero() || at.Equal(w.raiseAt) {
		return
	}
	w.raiseAt = at
	timer := workflow.NewTimer(w.ctx, max(raiseAtLeast, at.Sub(workflow.Now(w.ctx))))
	w.selector.AddFuture(timer, func(workflow.Future) {
		if at.Equal(w.raiseAt) { // It was not set to another time since.
			w.raiseAt = time.Time{}
			w.plan(w.planning.Advance, w.id)
		}
	})
}

// retryPolicy has no limit: the plan counts attempts that failed, and what
// Temporal repeats by itself must not stop.
func retryPolicy(longest time.Duration) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval: plan.FirstDelay, BackoffCoefficient: 2, MaximumInterval: longest,
		NonRetryableErrorTypes: []string{
			string(vod.ClassMedia), string(vod.ClassConfig), string(vod.ClassCancelled), string(vod.NotFound),
		},
	}
}
