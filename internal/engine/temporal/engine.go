// Package temporal is the engine on a Temporal service: a minimal driver that
// proves that the operations of an engine fit it. One workflow for each ingest,
// of the same id, asks what is ready (local activities), starts an activity for
// each ready task and waits for any of them to end. Histories hold ids and
// states; documents stay in the store.
//
// The plan decides whether there is another attempt and when; Temporal keeps
// the time and delivers. An attempt that failed fails its activity, with the
// plan's time as the delay of Temporal's next delivery, so that attempts are
// counted and timed once. Temporal's own retry policy, of the plan's values,
// is left with what the plan cannot see: workers that were lost and stores that
// did not answer. See docs/adr/0003-one-engine-contract.md.
package temporal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// wakeSignal tells a workflow that its ingest has changed.
	wakeSignal = "wake"
	// cancelSeen bounds how long a running task does not see that it is
	// cancelled: Temporal tells it in the answer to a heartbeat.
	cancelSeen = 500 * time.Millisecond
	// drainAtMost bounds a Stop whose context never ends.
	drainAtMost = 24 * time.Hour
)

// Operations are what the engine delivers; see [engine.Executor].
type Operations interface {
	Advance(ctx context.Context, ingestID string) (engine.State, error)
	Recover(ctx context.Context, ingestID string) (engine.State, error)
	RecoverTask(ctx context.Context, ingestID, taskID string) (engine.State, error)
	RunTask(ctx context.Context, ingestID, taskID string) (engine.State, error)
}

// Config is what an Engine works with. All fields are required.
type Config struct {
	Client     client.Client // its owner closes it, after Stop
	TaskQueue  string
	Operations Operations
	// Unfinished gives the ids of all ingests that are not final.
	Unfinished func(ctx context.Context) ([]string, error)
	// Slots is how many tasks this process runs at the same time.
	Slots int
	// Heartbeat is how long a worker may be silent before it counts as lost; at
	// least a few seconds.
	Heartbeat time.Duration
	Log       *slog.Logger
}

// Engine implements [engine.Engine].
type Engine struct {
	Config
	worker worker.Worker
	work   context.Context // cancelled to interrupt everything that runs
	halt   context.CancelCauseFunc

	mu      sync.Mutex
	started bool
	stopped chan struct{} // nil before Stop; closed when the worker has stopped
}

var _ engine.Engine = (*Engine)(nil)

// New makes an Engine that does nothing before Start.
func New(c Config) *Engine {
	e := &Engine{Config: c}
	e.work, e.halt = context.WithCancelCause(context.Background())
	e.worker = worker.New(c.Client, c.TaskQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: c.Slots,
		MaxHeartbeatThrottleInterval:       cancelSeen,
		WorkerStopTimeout:                  drainAtMost,
		OnFatalError:                       func(err error) { c.Log.Error("the Temporal worker has ended", "error", err) },
	})
	a := &activities{Operations: c.Operations, stopping: e.work}
	d := &driver{activities: a, heartbeat: c.Heartbeat}
	e.worker.RegisterWorkflowWithOptions(d.ingest, workflow.RegisterOptions{Name: workflowName})
	e.worker.RegisterActivity(a)
	return e
}

// Start begins to work and wakes every unfinished ingest, so that one that has
// no workflow gets one.
func (e *Engine) Start(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.worker.Start(); err != nil {
		return fmt.Errorf("start the Temporal worker: %w", err)
	}
	e.started = true
	ids, err := e.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("find unfinished ingests: %w", err)
	}
	for _, id := range ids {
		if err := e.signalWithStart(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Wake advances the ingest, so that one that waits is cancelled even while
// Temporal is out of reach, and tells its workflow.
func (e *Engine) Wake(ctx context.Context, ingestID string) error {
	state, err := e.Operations.Advance(ctx, ingestID)
	if err != nil {
		return err
	}
	if !state.Status.Final() {
		return e.signalWithStart(ctx, ingestID)
	}
	err = e.Client.SignalWorkflow(ctx, ingestID, "", wakeSignal, nil)
	if none := (*serviceerror.NotFound)(nil); err != nil && !errors.As(err, &none) {
		return fmt.Errorf("wake the workflow of ingest %s: %w", ingestID, err)
	}
	return nil
}

// signalWithStart wakes the ingest's workflow, and makes one if none runs.
func (e *Engine) signalWithStart(ctx context.Context, ingestID string) error {
	_, err := e.Client.SignalWithStartWorkflow(ctx, ingestID, wakeSignal, nil, client.StartWorkflowOptions{
		ID: ingestID, TaskQueue: e.TaskQueue,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, workflowName, ingestID)
	if err != nil {
		return fmt.Errorf("wake the workflow of ingest %s: %w", ingestID, err)
	}
	return nil
}

// Waiting knows nothing: what waits, waits at the service.
func (e *Engine) Waiting(context.Context, plan.Ready) string { return "" }

// Stop takes no more work, lets running tasks finish until ctx is done, then
// interrupts them and waits until they are given back.
func (e *Engine) Stop(ctx context.Context) error {
	stopped := e.stopWorker()
	select {
	case <-stopped:
	case <-ctx.Done():
	}
	e.halt(vod.ErrStopping)
	<-stopped
	return nil
}

func (e *Engine) stopWorker() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped != nil {
		return e.stopped
	}
	e.stopped = make(chan struct{})
	if !e.started {
		close(e.stopped)
		return e.stopped
	}
	go func() {
		defer close(e.stopped)
		e.worker.Stop()
	}()
	return e.stopped
}
