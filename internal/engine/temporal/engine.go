package temporal

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// beatsInTime is how many heartbeats go out before silence counts as loss. A
	// cancelled task hears of it with the next one.
	beatsInTime = 5
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

// Config is what an Engine works with. All fields are required where nothing
// else is said.
type Config struct {
	Client     client.Client // its owner closes it, after Stop; see [Dial]
	Namespace  string        // of the client
	Prefix     string        // what the names of all task queues begin with
	Operations Operations
	// Unfinished gives all ingests that are not final, each with its id, status,
	// priority and due time at least.
	Unfinished func(ctx context.Context) ([]vod.Ingest, error)
	// Workers gives the workers that live, of all processes.
	Workers func(ctx context.Context) ([]vod.Worker, error)
	// Sweep is how often the unfinished ingests are compared with the workflows
	// that run, by a process that accepts ingests. 0: this one accepts none.
	Sweep time.Duration

	// Slots is how many tasks of a stage this process runs at the same time. It
	// runs none of a stage that is not there.
	Slots        map[vod.Stage]int
	Capabilities []vod.Capability // that this process has
	// Hold says in a sentence why no task that writes files may start in this
	// process now; empty when it may. It is asked again every HoldPoll.
	Hold     func() string
	HoldPoll time.Duration
	// Heartbeat is how long a task's worker may be silent before it counts as
	// lost, and the task goes elsewhere: at least 2 s. A cancelled task sees that
	// within a fifth of it.
	Heartbeat time.Duration
	// Failed is told, perhaps more than once, that the process takes no more work
	// and has to be started again. It never blocks.
	Failed func(error)
	Log    *slog.Logger
}

// Engine implements [engine.Engine].
type Engine struct {
	Config
	planner worker.Worker
	takers  []worker.Worker
	slots   map[vod.Stage]*slots
	backlog *backlog
	missed  *missed
	labels  *attributes
	work    context.Context // cancelled to interrupt everything that runs
	halt    context.CancelCauseFunc

	mu      sync.Mutex
	started []worker.Worker // the planner first
	sweeper sync.WaitGroup
	quit    chan struct{} // closed when Stop begins
	stopped chan struct{} // nil before Stop; closed when the workers have stopped
}

var _ engine.Engine = (*Engine)(nil)

// New makes an Engine that does nothing before Start.
func New(c Config) *Engine {
	e := &Engine{
		Config: c, slots: map[vod.Stage]*slots{}, quit: make(chan struct{}),
		backlog: newBacklog(c.Client.WorkflowService(), c.Namespace),
		missed:  newMissed(), labels: &attributes{log: c.Log},
	}
	e.work, e.halt = context.WithCancelCause(context.Background())
	e.makeWorkers()
	return e
}

// Start begins to work. A process that accepts ingests wakes every unfinished
// one, in the background, so that one that has no workflow gets one.
func (e *Engine) Start(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.labels.register(ctx, e.Client, e.Namespace)
	for _, w := range append([]worker.Worker{e.planner}, e.takers...) {
		if err := w.Start(); err != nil {
			return fmt.Errorf("start to take tasks from Temporal: %w", err)
		}
		e.started = append(e.started, w)
	}
	if e.Sweep > 0 {
		e.sweeper.Go(e.sweep)
	}
	return nil
}

// Stop takes no more work, lets running tasks finish until ctx is done, then
// interrupts them and waits until they are given back.
func (e *Engine) Stop(ctx context.Context) error {
	stopped := e.stopWorkers()
	select {
	case <-stopped:
	case <-ctx.Done():
	}
	e.halt(vod.ErrStopping)
	<-stopped
	return nil
}

func (e *Engine) stopWorkers() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped != nil {
		return e.stopped
	}
	e.stopped = make(chan struct{})
	close(e.quit)
	go func() {
		defer close(e.stopped)
		var takers sync.WaitGroup
		e.sweeper.Wait()
		for i := len(e.started) - 1; i > 0; i-- {
			takers.Go(e.started[i].Stop)
		}
		takers.Wait()
		if len(e.started) > 0 { // Last: a plan that is interrupted is made only after its time-out.
			e.started[0].Stop()
		}
	}()
	return e.stopped
}
