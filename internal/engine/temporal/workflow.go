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
	running  map[string]bool // by task id; true: it became ready once more
	ready    []plan.Ready
	over     bool // as the store said last
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
		if w.over && len(w.running) == 0 && !w.selector.HasPending() {
			return nil
		}
		w.selector.Select(ctx)
	}
	return w.err
}

// plan asks the store where the ingest stands, and interrupts what must not go
// on. Nothing else may: what a task's end tells can have been overtaken.
func (w *drive) plan(operation any, args ...any) {
	ctx := workflow.WithLocalActivityOptions(w.ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: planAtMost, RetryPolicy: retryPolicy(),
	})
	var state engine.State
	w.err = workflow.ExecuteLocalActivity(ctx, operation, args...).Get(ctx, &state)
	w.ready, w.over = state.Ready, state.Status.Final()
	if w.over || state.Status == vod.Cancelling {
		w.cancel()
		w.tasks, w.cancel = workflow.WithCancel(w.ctx) // for what a retry starts
	}
}

// deliver starts what is ready.
func (w *drive) deliver() {
	for _, ready := range w.ready {
		if _, underWay := w.running[ready.TaskID]; underWay {
			w.running[ready.TaskID] = true
			continue
		}
		w.running[ready.TaskID] = false
		w.start(ready)
	}
	w.ready = nil
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
	return workflow.ActivityOptions{
		StartToCloseTimeout: longestTask,
		HeartbeatTimeout:    w.heartbeat,
		WaitForCancellation: true, // An ingest is over when its work has stopped.
		RetryPolicy:         retryPolicy(),
		Summary:             string(ready.Stage),
		Priority:            temporal.Priority{PriorityKey: ready.Level},
	}
}

// ended takes over what a task's end made ready. An activity that ended in an
// error may have been lost without a record. One that did not may bring a state
// that others have overtaken: so the end of the ingest, and a task that became
// ready before its last attempt was seen to end, are looked up.
func (w *drive) ended(taskID string, f workflow.Future) {
	again := w.running[taskID]
	delete(w.running, taskID)
	var state engine.State
	err := f.Get(w.ctx, &state)
	w.ready = state.Ready
	switch {
	case err != nil:
		w.plan(w.activities.RecoverTask, w.id, taskID)
	case again || len(w.running)+len(w.ready) == 0:
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
