package temporal

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
)

const (
	// runTask is the name of the activity of a task.
	runTask = "RunTask"
	// longestTask ends an activity whose worker heartbeats for ever. Steps have
	// tighter limits of their own.
	longestTask = 7 * 24 * time.Hour
	// taskAgainAtMost is the longest pause after a worker was lost: with the
	// heartbeats' time-out it has to stay below half a minute, however often
	// the task was delivered before.
	taskAgainAtMost = 10 * time.Second
)

// place is where a task waits: its queue, and its rank in that.
type place struct {
	queue string
	level int
}

func (d *driver) place(r plan.Ready) place {
	return place{queueName(d.prefix, r.Stage, r.Needs), r.Level}
}

// task is one that was started and has not been seen to end.
type task struct {
	place
	cancel workflow.CancelFunc
	moving bool
	again  bool // it became ready once more
}

// move takes the task out of its queue, if it still waits there, to be started
// anew at the other place. One that has begun is asked to stop as well, but
// does not, because the store does not say so; see [watch.over].
func (t *task) move(to place) {
	if t.place != to && !t.moving {
		t.moving = true
		t.cancel()
	}
}

// start runs the task's activity when its time has come.
func (w *drive) start(ready plan.Ready) {
	t := &task{place: w.place(ready)}
	w.running[ready.TaskID] = t
	var ctx workflow.Context
	ctx, t.cancel = workflow.WithCancel(w.tasks)
	ctx = workflow.WithActivityOptions(ctx, w.options(t.place, ready))
	ended, settle := workflow.NewFuture(w.ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		var state engine.State
		err := workflow.Sleep(ctx, ready.NotBefore.Sub(workflow.Now(ctx)))
		if err == nil {
			err = workflow.ExecuteActivity(ctx, runTask, w.id, ready.TaskID).Get(ctx, &state)
		}
		settle.Set(state, err)
	})
	w.selector.AddFuture(ended, func(f workflow.Future) { w.ended(ready.TaskID, f) })
}

func (d *driver) options(p place, ready plan.Ready) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue:           p.queue,
		StartToCloseTimeout: longestTask,
		HeartbeatTimeout:    d.heartbeat,
		WaitForCancellation: true, // An ingest is over when its work has stopped.
		RetryPolicy:         retryPolicy(taskAgainAtMost),
		Summary:             string(ready.Stage),
		Priority:            temporal.Priority{PriorityKey: p.level, FairnessKey: ready.Tenant},
	}
}

// ended takes over what a task's end made ready. An activity that ended in an
// error may have been lost without a record, unless it never began. One that
// did not may bring a state that others have overtaken: so the end of the
// ingest, and a task that became ready before its last attempt was seen to end,
// are looked up.
func (w *drive) ended(taskID string, f workflow.Future) {
	t := w.running[taskID]
	delete(w.running, taskID)
	t.cancel() // so that the context of all tasks forgets it
	var state engine.State
	err := f.Get(w.ctx, &state)
	w.ready = state.Ready
	switch {
	case temporal.IsCanceledError(err):
		w.plan(w.planning.Advance, w.id)
	case err != nil:
		w.plan(w.planning.RecoverTask, w.id, taskID)
	case t.again || len(w.running)+len(w.ready) == 0:
		w.plan(w.planning.Advance, w.id)
	}
}
