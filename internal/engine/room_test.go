package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/scratch"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// heavy is a step that needs scratch space.
type heavy struct {
	runner
	needs func(step.Job) (int64, error)
}

func (h heavy) Needs(_ context.Context, job step.Job) (int64, error) { return h.needs(job) }

// weigh has the fixture's step need so much of a space of so many bytes.
func (f *fixture) weigh(size int64, needs func(step.Job) (int64, error)) *scratch.Space {
	f.t.Helper()
	space, err := scratch.Open(scratch.Options{Dir: f.t.TempDir(), Size: size})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := space.Close(); err != nil {
			f.t.Error(err)
		}
	})
	c := f.Config
	c.Steps = map[engine.Kind]step.Runner{
		{Stage: vod.Retrieval, Type: "fetch"}: heavy{func(ctx context.Context, j step.Job) (step.Result, error) { return f.run(ctx, j) }, needs},
	}
	c.Reserve, c.Scratch = space.Reserve, space.Folder()
	f.Executor = engine.NewExecutor(c)
	return space
}

// TestRoomIsReserved: before the attempt begins, for what it is going to run, and
// given back when it has ended.
func TestRoomIsReserved(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var asked step.Job
	space := f.weigh(100, func(job step.Job) (int64, error) { asked = job; return 60, nil })
	f.run = func(_ context.Context, job step.Job) (step.Result, error) {
		if job.TaskID != asked.TaskID || job.Attempt != asked.Attempt || job.Scratch != asked.Scratch || len(asked.Inputs) != len(job.Inputs) {
			t.Errorf("asked for %+v, ran %+v", asked, job)
		}
		if space.Reserved() != 60 || f.Running() != 1 {
			t.Errorf("%d bytes are reserved, %d tasks run", space.Reserved(), f.Running())
		}
		return step.Result{}, nil
	}
	if state := f.runTask(ingestID); state.Status != vod.Completed {
		t.Errorf("state %+v", state)
	}
	if space.Reserved() != 0 || f.Running() != 0 {
		t.Errorf("%d bytes are still reserved, %d tasks run", space.Reserved(), f.Running())
	}
}

// TestNoRoom: a task that does not fit is not begun, which is no attempt.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	space := f.weigh(100, func(step.Job) (int64, error) { return 60, nil })
	f.run = done
	release, err := space.Reserve(50)
	if err != nil {
		t.Fatal(err)
	}
	task := f.ready(ingestID)
	var none *engine.NoRoomError
	if _, err := f.RunTask(t.Context(), ingestID, task); !errors.As(err, &none) || !strings.Contains(none.Sentence, "--scratch-size") {
		t.Errorf("without room: %v", err)
	}
	if got := f.get(ingestID).Tasks[0]; got.Status != vod.TaskPending || got.Attempt != 0 || len(f.attempts(task)) != 0 {
		t.Errorf("the task is %+v", got)
	}
	release()
	if state := f.runTask(ingestID); state.Status != vod.Completed {
		t.Errorf("state %+v", state)
	}
}

// TestNeverRoom: what will never fit fails, and says what to do.
func TestNeverRoom(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.weigh(100, func(step.Job) (int64, error) { return 101, nil })
	f.run = func(context.Context, step.Job) (step.Result, error) {
		t.Error("the step was run")
		return step.Result{}, nil
	}
	got := f.runTask(ingestID).Failure
	if got == nil || got.Class != vod.ClassInfra || got.Reason != vod.ReasonDiskFull || !strings.Contains(got.Sentence(), "--scratch-size") {
		t.Errorf("failure %+v", got)
	}
}

// TestUnknownNeeds: a step that cannot tell what it needs is run all the same.
func TestUnknownNeeds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.weigh(100, func(step.Job) (int64, error) { return 0, errors.New("no such file") })
	f.run = done
	if state := f.runTask(ingestID); state.Status != vod.Completed {
		t.Errorf("state %+v", state)
	}
	if _, err := f.RunTask(t.Context(), ingestID, f.get(ingestID).Tasks[0].ID); !errors.Is(err, plan.ErrNotClaimable) {
		t.Errorf("a task that is done: %v", err)
	}
}

// lossy is a store whose answers get lost: the change is made.
type lossy struct {
	store.Ingests
	lose atomic.Bool
}

func (l *lossy) IngestChange(ctx context.Context, id string, change func(*vod.Run) error) error {
	err := l.Ingests.IngestChange(ctx, id, change)
	if err == nil && l.lose.CompareAndSwap(true, false) {
		return errors.New("connection reset by peer")
	}
	return err
}

func (f *fixture) lossy() *lossy {
	c := f.Config
	l := &lossy{Ingests: c.Store}
	c.Store = l
	f.Executor = engine.NewExecutor(c)
	return l
}

// TestClaimIsNotKnown: a task that was claimed although the claim failed is not
// left running; whoever delivers it again takes it back first.
func TestClaimIsNotKnown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.run = done
	l, task := f.lossy(), f.ready(ingestID)
	l.lose.Store(true)
	if _, err := f.RunTask(t.Context(), ingestID, task); err == nil || errors.Is(err, plan.ErrNotClaimable) {
		t.Fatalf("the engine would not deliver it again after %v", err)
	}
	if got := f.get(ingestID).Tasks[0].Status; got != vod.TaskRunning {
		t.Fatalf("the task is %s", got)
	}
	if _, err := f.RecoverTask(t.Context(), ingestID, task); err != nil {
		t.Fatal(err)
	}
	if state := f.runTask(ingestID); state.Status != vod.Completed {
		t.Errorf("state %+v", state)
	}
}

// TestEndIsNotKnown: an end that was recorded although that failed is told of.
func TestEndIsNotKnown(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	l := f.lossy()
	f.run = func(context.Context, step.Job) (step.Result, error) {
		l.lose.Store(true)
		return step.Result{}, &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonInternal, Message: "It broke."}
	}
	state := f.runTask(ingestID)
	if state.Status != vod.Running || len(state.Ready) != 1 || state.Failure == nil {
		t.Errorf("state %+v", state)
	}
	if got := f.get(ingestID).Tasks[0]; got.Failures != 1 {
		t.Errorf("the failure was counted %d times", got.Failures)
	}
}

// TestWishes: what a task would rather have it gets where a worker has it, beside
// all that it needs.
func TestWishes(t *testing.T) {
	t.Parallel()
	worker := func(stage vod.Stage, can ...vod.Capability) vod.Worker {
		return vod.Worker{Slots: map[vod.Stage]int{stage: 1}, Capabilities: can}
	}
	hevc := []vod.Capability{vod.CanHEVC}
	for name, test := range map[string]struct {
		workers []vod.Worker
		err     error
		want    []vod.Capability
	}{
		"nobody":             {want: hevc},
		"not known":          {err: errDiskFull, want: hevc},
		"one has it all":     {workers: []vod.Worker{worker(vod.Encoding, vod.CanHEVC, vod.CanGPU)}, want: []vod.Capability{vod.CanHEVC, vod.CanGPU}},
		"nobody has both":    {workers: []vod.Worker{worker(vod.Encoding, vod.CanHEVC), worker(vod.Encoding, vod.CanGPU)}, want: hevc},
		"another stage's is": {workers: []vod.Worker{worker(vod.Packaging, vod.CanHEVC, vod.CanGPU)}, want: hevc},
	} {
		x := engine.NewExecutor(engine.Config{Log: slog.New(slog.DiscardHandler), Workers: func(context.Context) ([]vod.Worker, error) { return test.workers, test.err }})
		got := x.Choose(t.Context(), plan.Ready{Stage: vod.Encoding, Needs: hevc, Wants: []vod.Capability{vod.CanGPU}})
		if diff := cmp.Diff(test.want, got.Needs); diff != "" || got.Wants != nil {
			t.Errorf("%s: wants %v, needs (-want +got):\n%s", name, got.Wants, diff)
		}
	}
}

// TestRoomWhileItRuns: a step that learns only then how much it needs gets it, or
// waits for its next attempt, which counts as no failure.
func TestRoomWhileItRuns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	space := f.weigh(100, func(step.Job) (int64, error) { return 10, nil })
	release, err := space.Reserve(60)
	if err != nil {
		t.Fatal(err)
	}
	f.run = func(_ context.Context, job step.Job) (step.Result, error) {
		if err := job.ReserveMore(80); err != nil {
			return step.Result{}, err
		}
		if space.Reserved() != 90 {
			t.Errorf("%d bytes are reserved", space.Reserved())
		}
		return step.Result{}, nil
	}
	state := f.runTask(ingestID)
	if state.Failure == nil || state.Failure.Reason != vod.ReasonWaits || f.get(ingestID).Tasks[0].Failures != 0 || space.Reserved() != 60 {
		t.Errorf("state %+v, %d bytes are reserved", state, space.Reserved())
	}
	release()
	if state := f.runTask(ingestID); state.Status != vod.Completed || space.Reserved() != 0 {
		t.Errorf("state %+v, %d bytes are reserved", state, space.Reserved())
	}
	other := newFixture(t)
	other.weigh(100, func(step.Job) (int64, error) { return 0, nil })
	other.run = func(_ context.Context, job step.Job) (step.Result, error) { return step.Result{}, job.ReserveMore(101) }
	if got := other.runTask(ingestID).Failure; got == nil || got.Reason != vod.ReasonDiskFull {
		t.Errorf("failure %+v", got)
	}
}
