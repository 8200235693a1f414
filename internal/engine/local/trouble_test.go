package local

import (
	"context"
	"errors"
	"log/slog"
	"slices"
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
	runTask func(ctx context.Context, taskID string) (engine.State, error)
	recover func(id string) (engine.State, error)
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
	if s.recover == nil {
		return s.Advance(ctx, id)
	}
	s.note("recover " + id)
	return s.recover(id)
}

func (s *scripted) RunTask(ctx context.Context, _, taskID string) (engine.State, error) {
	s.note("run")
	return s.runTask(ctx, taskID)
}

// start gives an engine over the operations, in a bubble, that finds the
// unfinished ingests.
func start(t *testing.T, ops *scripted, unfinished ...string) *Engine {
	t.Helper()
	ops.began = time.Now()
	e := New(Config{
		Operations: ops, Unfinished: func(context.Context) ([]string, error) { return unfinished, nil },
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
			runTask: func(context.Context, string) (engine.State, error) {
				return engine.State{Status: vod.Completed}, next()
			},
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
			{Status: vod.Cancelling},           // still so after the interruption
			{Status: vod.Queued, Ready: one()}, // retried
		}
		ops.advance = func() (s engine.State, _ error) {
			s, states = states[0], states[1:]
			return s, nil
		}
		e := start(t, ops)
		retried := make(chan struct{})
		ops.runTask = func(ctx context.Context, _ string) (engine.State, error) {
			ops.runTask = func(context.Context, string) (engine.State, error) { return engine.State{Status: vod.Completed}, nil }
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
		if d := cmp.Diff([]string{
			"advance after 0s", "run after 0s", "advance after 0s", "advance after 0s", "advance after 0s", "run after 0s",
		}, ops.calls); d != "" {
			t.Errorf("calls (-want +got):\n%s", d)
		}
	})
}

// TestRetryOvertakesCancel: a cancel that was overtaken by a retry, and drops
// what that had queued, leaves the ingest to be done.
func TestRetryOvertakesCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ops := &scripted{runTask: func(context.Context, string) (engine.State, error) { return engine.State{Status: vod.Completed}, nil }}
		e := start(t, ops)
		looks := 0
		ops.advance = func() (engine.State, error) {
			if looks++; looks == 1 { // The state as it was before the retry,
				e.mu.Lock()
				defer e.mu.Unlock()
				for _, r := range one() { // which has queued its task by now.
					e.queues[r.Stage].push(r, 1)
				}
				return engine.State{Status: vod.Cancelled}, nil
			}
			return engine.State{Status: vod.Queued, Ready: one()}, nil
		}
		if err := e.Wake(t.Context(), "i"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		stop(t, e)
		if d := cmp.Diff([]string{"advance after 0s", "advance after 0s", "run after 0s"}, ops.calls); d != "" {
			t.Errorf("calls (-want +got):\n%s", d)
		}
	})
}

// TestStartWithOneThatCannotBeTakenUp: it keeps neither the server from
// starting nor the others from going on. What its last process ran is taken
// back before anything else of it, once.
func TestStartWithOneThatCannotBeTakenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := 2 // times
		ops := &scripted{
			runTask: func(context.Context, string) (engine.State, error) { return engine.State{Status: vod.Completed}, nil },
			advance: func() (engine.State, error) { return engine.State{Status: vod.Completed}, nil },
			recover: func(id string) (engine.State, error) {
				if id == "bad" && broken > 0 {
					broken--
					return engine.State{}, errFull
				}
				return engine.State{Status: vod.Running, Ready: []plan.Ready{{TaskID: id, IngestID: id, Stage: vod.Encoding}}}, nil
			},
		}
		e := start(t, ops, "bad", "good")
		synctest.Wait()
		if err := e.Wake(t.Context(), "bad"); !errors.Is(err, errFull) {
			t.Errorf("Wake gives %v", err)
		}
		<-time.After(time.Hour) // of the bubble
		stop(t, e)
		want := []string{
			"recover bad after 0s", "recover good after 0s", "run after 0s", "recover bad after 0s",
			"recover bad after 1s", "run after 1s", "advance after 1s",
		}
		slices.Sort(want)
		slices.Sort(ops.calls) // The two that wait for the second are woken in any order.
		if d := cmp.Diff(want, ops.calls); d != "" {
			t.Errorf("calls (-want +got):\n%s", d)
		}
	})
}

func TestDue(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, test := range []struct {
		name            string
		notBefore, want time.Time
	}{
		{"at once", time.Time{}, time.Time{}},
		{"in a while", vod.Millis(now.Add(2 * time.Second)), vod.Millis(now.Add(2 * time.Second))},
		{"past", vod.Millis(now.Add(-time.Hour)), vod.Millis(now.Add(-time.Hour))},
		{"clock put back by a day", vod.Millis(now.Add(24 * time.Hour)), now.Add(plan.MaxDelay)},
	} {
		if got := due(test.notBefore, now); !got.Equal(test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
