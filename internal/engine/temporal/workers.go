package temporal

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// How many of its own kind a process does at the same time; activities have
// slots of their own.
const (
	workflowTasks = 100
	localTasks    = 100
)

// lookEvery is how often a stage whose queues wait for each other looks which of
// them is to be polled.
const lookEvery = time.Second

// makeWorkers makes the SDK's workers: one for the workflows, and one for each
// queue of the stages that this process runs.
func (e *Engine) makeWorkers() {
	p := &planning{operations: e.Operations, log: e.Log}
	e.planner = e.makePlanner(p)
	for _, stage := range vod.Stages() {
		if e.Slots[stage] < 1 {
			continue
		}
		s := &slots{
			total: e.Slots[stage], held: e.holds(stage), poll: min(e.HoldPoll, lookEvery), backlog: e.backlog,
			queues: queueNames(e.Prefix, stage, e.Capabilities), changed: make(chan struct{}),
		}
		e.slots[stage] = s
		for _, name := range s.queues {
			e.takers = append(e.takers, e.makeTaker(p, &queue{slots: s, name: name}))
		}
	}
}

// holds gives why tasks of the stage may not start. Playout writes no files, so
// it goes on when the disk is short.
func (e *Engine) holds(stage vod.Stage) func() string {
	if stage == vod.Playout {
		return func() string { return "" }
	}
	return e.Hold
}

// makePlanner makes the worker that advances workflows.
func (e *Engine) makePlanner(p *planning) worker.Worker {
	w := worker.New(e.Client, e.Prefix, worker.Options{
		LocalActivityWorkerOnly:                 true,
		MaxConcurrentWorkflowTaskExecutionSize:  workflowTasks,
		MaxConcurrentLocalActivityExecutionSize: localTasks,
		WorkerStopTimeout:                       drainAtMost,
		OnFatalError:                            e.fatal(e.Prefix),
	})
	d := &driver{planning: p, prefix: e.Prefix, heartbeat: e.Heartbeat}
	w.RegisterWorkflowWithOptions(d.ingest, workflow.RegisterOptions{Name: workflowName})
	w.RegisterActivity(p)
	return w
}

// makeTaker makes the worker that takes tasks from a queue.
func (e *Engine) makeTaker(p *planning, q *queue) worker.Worker {
	r := &runner{planning: p, queue: q, watch: watch{stopping: e.work, beat: e.Heartbeat / beatsInTime}}
	w := worker.New(e.Client, q.name, worker.Options{
		DisableWorkflowWorker:            true,
		Tuner:                            q,
		MaxConcurrentActivityTaskPollers: 1,
		MaxHeartbeatThrottleInterval:     e.Heartbeat / beatsInTime,
		WorkerStopTimeout:                drainAtMost,
		OnFatalError:                     e.fatal(q.name),
	})
	w.RegisterActivityWithOptions(r.RunTask, activity.RegisterOptions{Name: runTask})
	return w
}

// fatal hears that the SDK has given up a queue for good, as when the namespace
// is gone. A process that goes on without it would look alive and do nothing.
func (e *Engine) fatal(queue string) func(error) {
	return func(err error) {
		e.Failed(fmt.Errorf("no more tasks come from the queue %s of Temporal: %w", queue, err))
	}
}
