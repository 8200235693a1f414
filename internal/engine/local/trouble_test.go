package local

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// scripted are operations that are functions, with a log of when they were
// called.
type scripted struct {
	advance func() (engine.State, error)
	runTask func(ctx context.Context) (engine.State, error)
	began   time.Time

	mu    sync.Mutex
	calls []string
}

func (s *scripted) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what+" after "+time.Since(s.began).String())
}

func (s *scripted) Advance(context.Context, string) (engine.State, error) {
	s.note("advance")
	return s.advance()
}

func (s *scripted) Recover(ctx context.Context, id string) (engine.State, error) {
	return s.Advance(ctx, id)
}

func (s *scripted) RunTask(ctx context.Context, _, _ string) (engine.State, error) {
	s.note("run")
	return s.runTask(ctx)
}

// start gives an engine over the operations, in a bubble.
func start(t *testing.T, ops *scripted) *Engine {
	t.Helper()
	ops.began = time.Now()
	e := New(Config{
		Operations: ops, Unfinished: func(context.Context) ([]string, error) { return nil, nil },
		Hold: func() string { return "" }, HoldPoll: time.Second, Log: slog.New(slog.DiscardHandler),
	})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

func stop(t *testing.T, e *Engine) {
	t.Helper()
	if err := e.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func one() []plan.Ready {
	return []plan.Ready{{TaskID: "t", IngestID: "i", Stage: vod.Encoding}}
}

var errFull = errors.New("database or disk is full")

// TestStoreFails: an ingest that cannot be advanced, or a task that cannot be
// claimed, is tried again after a while.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failures := []error{errFull, nil, errFull, nil}
		next := func() (err error) {
			err, failures = failures[0], failures[1:]
			return err
		}
		ops := &scripted{
			advance: func() (engine.State, error) { return engine.State{Status: vod.Queued, Ready: one()}, next() },
			runTask: func(context.Context) (engine.State, error) { return engine.State{Status: vod.Completed}, next() },
		}
		e := start(t, ops)
		if err := e.Wake(t.Context(), "i"); !errors.Is(err, errFull) {
			t.Errorf("Wake gives %v", err)
		}
		<-time.After(time.Hour) // of the bubble
		stop(t, e)
		if d := cmp.Diff([]string{"advance after 0s", "advance after 1s", "run after 1s", "run after 2s"}, ops.calls); d != "" {
			t.Errorf("calls (-want +got):\n%s", d)
		}
	})
}

// TestStopWhileStoreFails: what waits to be tried again does not hold up a stop.
func TestStopWhileStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ops := &scripted{advance: func() (engine.State, error) { return engine.State{}, errFull }}
		e := start(t, ops)
		if err := e.Wake(t.Context(), "i"); err == nil {
			t.Error("Wake gives no error")
		}
		stop(t, e)
		if took := time.Since(ops.began); took > 0 {
			t.Errorf("stopped after %s", took)
		}
	})
}

// TestReadyBeforeSeenToEnd: a task that became ready again before the engine
// saw its interrupted attempt end is run again, once.
func TestReadyBeforeSeenToEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ops := &scripted{}
		states := []engine.State{
			{Status: vod.Queued, Ready: one()}, // submitted
			{Status: vod.Cancelling},
			{Status: vod.Queued, Ready: one()}, // retried
		}
		ops.advance = func() (s engine.State, _ error) {
			s, states = states[0], states[1:]
			return s, nil
		}
		e := start(t, ops)
		retried := make(chan struct{})
		ops.runTask = func(ctx context.Context) (engine.State, error) {
			ops.runTask = func(context.Context) (engine.State, error) { return engine.State{Status: vod.Completed}, nil }
			<-ctx.Done() // It has stopped, and that is recorded,
			<-retried    // but it is seen to end only now.
			return engine.State{Status: vod.Cancelled}, nil
		}
		for range 3 {
			if err := e.Wake(t.Context(), "i"); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		close(retried)
		synctest.Wait()
		stop(t, e)
		if d := cmp.Diff([]string{"advance after 0s", "run after 0s", "advance after 0s", "advance after 0s", "run after 0s"}, ops.calls); d != "" {
			t.Errorf("calls (-want +got):\n%s", d)
		}
	})
}
