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
	// longestTask ends an activity whose worker heartbeats for ever. Steps have
	// tighter limits of their own.
	longestTask = 7 * 24 * time.Hour
	// planAtMost is how long a change of the store may take.
	planAtMost = 30 * time.Second
)

// Priority keys: lower goes first. What has begun is finished before new
// ingests begin.
const (
	priorityBegun = 2
	priorityNew   = 3
)

// driver holds what workflows are written with; it never changes.
type driver struct {
	activities *activities // for the names of its methods alone
	heartbeat  time.Duration
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
	running  map[string]bool // by task id
	state    engine.State
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
		selector: workflow.NewSelector(ctx), running: map[string]bool{},
	}
	w.tasks, w.cancel = workflow.WithCancel(ctx)
	wakes := workflow.GetSignalChannel(ctx, wakeSignal)
	wakes.ReceiveAsync(nil) // the one that came with the start
	w.selector.AddReceive(wakes, func(c workflow.ReceiveChannel, _ bool) {
		for c.ReceiveAsync(nil) { // One look at the store does for all.
		}
		w.plan(d.activities.Advance, w.id)
	})
	w.plan(d.activities.Recover, w.id)
	for w.err == nil {
		w.deliver()
		if w.state.Status.Final() && len(w.running) == 0 && !w.selector.HasPending() {
			return nil
		}
		w.selector.Select(ctx)
	}
	return w.err
}

// plan asks the store where the ingest stands.
func (w *drive) plan(operation any, args ...any) {
	ctx := workflow.WithLocalActivityOptions(w.ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: planAtMost, RetryPolicy: retryPolicy(),
	})
	w.state = engine.State{}
	w.err = workflow.ExecuteLocalActivity(ctx, operation, args...).Get(ctx, &w.state)
}

// deliver starts what is ready, and interrupts what must not go on.
func (w *drive) deliver() {
	if w.state.Status == vod.Cancelling || w.state.Status.Final() {
		w.cancel()
		w.tasks, w.cancel = workflow.WithCancel(w.ctx) // for what a retry starts
	}
	for _, ready := range w.state.Ready {
		if !w.running[ready.TaskID] {
			w.running[ready.TaskID] = true
			w.start(ready)
		}
	}
}

// start runs the task's activity when its time has come.
func (w *drive) start(ready plan.Ready) {
	ended, settle := workflow.NewFuture(w.ctx)
	options := w.options(ready)
	workflow.Go(w.tasks, func(ctx workflow.Context) {
		var state engine.State
		err := workflow.Sleep(ctx, ready.NotBefore.Sub(workflow.Now(ctx)))
		if err == nil {
			ctx = workflow.WithActivityOptions(ctx, options)
			err = workflow.ExecuteActivity(ctx, w.activities.RunTask, w.id, ready.TaskID).Get(ctx, &state)
		}
		settle.Set(state, err)
	})
	w.selector.AddFuture(ended, func(f workflow.Future) { w.ended(ready.TaskID, f) })
}

func (w *drive) options(ready plan.Ready) workflow.ActivityOptions {
	priority := priorityNew
	if ready.Begun {
		priority = priorityBegun
	}
	return workflow.ActivityOptions{
		StartToCloseTimeout: longestTask,
		HeartbeatTimeout:    w.heartbeat,
		WaitForCancellation: true, // An ingest is over when its work has stopped.
		RetryPolicy:         retryPolicy(),
		Summary:             string(ready.Stage),
		Priority:            temporal.Priority{PriorityKey: priority},
	}
}

// ended takes over where the ingest stands after a task. An activity that
// ended in an error may have been lost without a record; one that did not may
// have been overtaken by another's, so the last looks once more.
func (w *drive) ended(taskID string, f workflow.Future) {
	delete(w.running, taskID)
	w.state = engine.State{}
	if err := f.Get(w.ctx, &w.state); err != nil {
		w.plan(w.activities.RecoverTask, w.id, taskID)
	} else if len(w.running)+len(w.state.Ready) == 0 && !w.state.Status.Final() {
		w.plan(w.activities.Advance, w.id)
	}
}

// retryPolicy is that of the plan, without a limit: the plan counts attempts
// that failed, and what Temporal repeats by itself must not stop.
func retryPolicy() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval: plan.FirstDelay, BackoffCoefficient: 2, MaximumInterval: plan.MaxDelay,
		NonRetryableErrorTypes: []string{
			string(vod.ClassMedia), string(vod.ClassConfig), string(vod.ClassCancelled), string(vod.NotFound),
		},
	}
}
