// Package local is the engine of one process: a queue and a number of slots
// for each stage, and a timer for attempts that wait.
//
// One goroutine, the dispatcher, starts tasks; each task runs in a goroutine of
// its own. What is in memory here is only who waits and who runs: everything
// else stands in the store, and [Engine.Start] takes it up from there. Stages
// have slots of their own, so that the finishing steps of ingests that were
// begun never wait behind new encodes. Within a stage the level goes first, see
// [plan.Level]; then the tenant that has the fewest tasks running there, or was
// served least recently; then first come, first served.
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Operations are what the engine delivers; see [engine.Executor].
type Operations interface {
	Advance(ctx context.Context, ingestID string) (engine.State, error)
	Recover(ctx context.Context, ingestID string) (engine.State, error)
	RunTask(ctx context.Context, ingestID, taskID string) (engine.State, error)
}

// Config is what an Engine works with.
type Config struct {
	Operations Operations
	// Unfinished gives the ids of all ingests that are not final, oldest first.
	Unfinished func(ctx context.Context) ([]string, error)
	// Slots is how many tasks of a stage run at the same time, at least 1.
	Slots map[vod.Stage]int
	// Hold says in a sentence why no task that writes files may start now;
	// empty when it may. It is asked again every HoldPoll.
	Hold     func() string
	HoldPoll time.Duration
	Log      *slog.Logger
}

// Engine implements [engine.Engine].
type Engine struct {
	Config
	work   context.Context // cancelled to interrupt everything that runs
	halt   context.CancelCauseFunc
	signal chan struct{} // something changed: look at the queues again
	quit   chan struct{} // closed when Stop begins

	mu       sync.Mutex
	queues   map[vod.Stage]*queue
	running  map[string]*run // by task id
	free     map[vod.Stage]int
	lost     map[string]uint64 // ingests that were not taken up from the last process yet: their arrivals
	held     string
	arrivals uint64
	stopping bool
	takingUp sync.Mutex     // held while an ingest is taken up, before mu
	tasks    sync.WaitGroup // tasks under way
	others   sync.WaitGroup // the dispatcher, ingests to be taken up, and to be woken later
}

// run is a task under way.
type run struct {
	ingestID  string
	interrupt context.CancelCauseFunc
	again     *plan.Ready // it became ready once more before it was seen to end
}

var _ engine.Engine = (*Engine)(nil)

// New makes an Engine that does nothing before Start.
func New(c Config) *Engine {
	e := &Engine{
		Config: c, signal: make(chan struct{}, 1), quit: make(chan struct{}),
		queues: map[vod.Stage]*queue{}, running: map[string]*run{}, free: map[vod.Stage]int{}, lost: map[string]uint64{},
	}
	for _, s := range vod.Stages() {
		e.queues[s] = newQueue()
		e.free[s] = max(1, c.Slots[s])
	}
	e.work, e.halt = context.WithCancelCause(context.Background())
	return e
}

// Start begins to dispatch, and takes up every unfinished ingest beside that,
// oldest first. One that cannot be taken up now is tried again, and keeps no
// other from going on.
func (e *Engine) Start(ctx context.Context) error {
	ids, err := e.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("find unfinished ingests: %w", err)
	}
	for i, id := range ids {
		e.lost[id] = uint64(i) + 1 // Nothing else runs yet.
	}
	e.arrivals = uint64(len(ids))
	e.others.Go(e.dispatch)
	e.others.Go(func() { e.takeUp(ids) })
	return nil
}

// Wake advances the ingest and queues what became ready.
func (e *Engine) Wake(ctx context.Context, ingestID string) error { return e.wake(ctx, ingestID, 1) }

func (e *Engine) wake(ctx context.Context, ingestID string, try int) error {
	state, arrival, err := e.advance(ctx, ingestID)
	if err == nil && (state.Status == vod.Cancelling || state.Status == vod.Cancelled) {
		e.interrupt(ingestID)
		// A retry may have overtaken this, and what it had queued is forgotten
		// now: only a look from here on may be relied upon.
		state, _, err = e.advance(ctx, ingestID)
	}
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		e.wakeLater(ingestID, try)
	}
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.add(state.Ready, arrival)
	return nil
}

// wakeLater keeps an ingest that the store could not advance from being
// forgotten until the next start.
func (e *Engine) wakeLater(ingestID string, try int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopping {
		return
	}
	e.others.Go(func() {
		timer := time.NewTimer(plan.Delay(try))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-e.quit:
			return
		}
		if err := e.wake(e.work, ingestID, try+1); err != nil {
			e.Log.Error("cannot advance the ingest; trying again", "ingest", ingestID, "error", err)
		}
	})
}

// interrupt stops the ingest's running tasks and forgets its waiting ones.
func (e *Engine) interrupt(ingestID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.running {
		if r.ingestID == ingestID {
			r.again = nil
			r.interrupt(vod.ErrCancelled)
		}
	}
	for _, q := range e.queues {
		q.drop(ingestID)
	}
}

// add queues tasks and lets the dispatcher look. arrival is their place among
// those that came before and after; 0: they come now. The caller holds the lock.
func (e *Engine) add(ready []plan.Ready, arrival uint64) {
	for _, r := range ready {
		if under := e.running[r.TaskID]; under != nil {
			under.again = &r
			continue
		}
		at := arrival
		if at == 0 {
			e.arrivals++
			at = e.arrivals
		}
		r.NotBefore = due(r.NotBefore, time.Now())
		e.queues[r.Stage].push(r, at)
	}
	e.look()
}

// due is when a task may start, by the clock that nobody sets: if the other one
// is put back, no task waits for longer than the longest pause.
func due(notBefore, now time.Time) time.Time {
	if notBefore.IsZero() {
		return notBefore
	}
	return now.Add(min(notBefore.Sub(now), plan.MaxDelay))
}

func (e *Engine) look() {
	select {
	case e.signal <- struct{}{}:
	default: // A look is due already.
	}
}

// perform runs one task to its end and queues what that made ready.
func (e *Engine) perform(ctx context.Context, ready plan.Ready) {
	state, err := e.Operations.RunTask(ctx, ready.IngestID, ready.TaskID)
	var noRoom *engine.NoRoomError
	held := ""
	switch {
	case err == nil:
	case errors.As(err, &noRoom):
		e.Log.Info("no scratch space for a task now; it is tried again", "ingest", ready.IngestID, "task", ready.TaskID, "reason", noRoom.Sentence)
		ready.NotBefore, held = time.Now().Add(e.HoldPoll), noRoom.Sentence
		state.Ready = []plan.Ready{ready}
	case errors.Is(err, plan.ErrNotClaimable) || errors.Is(err, plan.ErrStale) || vod.CodeOf(err) == vod.NotFound:
		e.Log.Debug("task dropped", "ingest", ready.IngestID, "task", ready.TaskID, "error", err)
	case ctx.Err() != nil:
		e.Log.Debug("task interrupted before it began", "ingest", ready.IngestID, "task", ready.TaskID, "error", err)
	default:
		e.Log.Error("cannot run the task now; it is tried again", "ingest", ready.IngestID, "task", ready.TaskID, "error", err)
		ready.NotBefore = time.Now().Add(plan.FirstDelay)
		state.Ready = []plan.Ready{ready}
	}
	e.settle(ready, state, held)
}

// settle gives the slot back and queues what became ready, in one go: nobody
// may see the task as ended and not yet queued for its next attempt. held says
// why the task itself was not begun; empty if it was.
func (e *Engine) settle(ready plan.Ready, state engine.State, held string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ended := e.running[ready.TaskID]
	ended.interrupt(nil)
	delete(e.running, ready.TaskID)
	e.free[ready.Stage]++
	e.queues[ready.Stage].ended(ready.Tenant)
	if ended.again != nil {
		// Last: where both name the task, the attempt's own end knows better
		// when it is due. If it is not ready after all, its claim is refused.
		state.Ready = append(state.Ready, *ended.again)
	}
	e.add(state.Ready, 0)
	if again := e.queues[ready.Stage].waiting[ready.TaskID]; again != nil {
		again.held = held
	}
}

// Stop ends dispatching, lets running tasks finish until ctx is done, then
// interrupts them and waits until they have stopped.
func (e *Engine) Stop(ctx context.Context) error {
	e.mu.Lock()
	if !e.stopping {
		e.stopping = true
		close(e.quit)
	}
	e.mu.Unlock()
	e.others.Wait()
	finished := make(chan struct{})
	go func() {
		e.tasks.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	e.halt(vod.ErrStopping)
	<-finished
	return nil
}
