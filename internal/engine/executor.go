package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Kind names a step type within its stage.
type Kind struct {
	Stage vod.Stage
	Type  string
}

// Config is what an Executor works with. All fields but Reserve, Workers,
// Observer and Tracer are required.
type Config struct {
	Store store.Ingests
	Steps map[Kind]step.Runner
	// Parse reads an ingest's input: the plan of its snapshot and the files as
	// they were submitted.
	Parse func(input json.RawMessage) (*plan.Plan, []vod.Fileset, error)
	// Exists tells whether the files of a tenant are still where they were put.
	Exists func(ctx context.Context, tenant string, filesets []vod.Fileset) bool
	// Scratch is the folder below which attempts get theirs.
	Scratch string
	// Reserve keeps so many bytes of scratch space for an attempt until release is
	// called; see [scratch.Space.Reserve]. nil: nothing is reserved.
	Reserve func(bytes int64) (release func(), err error)
	// Workers gives the workers that live, by whose capabilities is decided what
	// tasks that would rather have something get; nil: nothing is decided.
	Workers func(ctx context.Context) ([]vod.Worker, error)
	Now     func() time.Time
	Log     *slog.Logger
	// Observer hears of what was recorded; nil: nobody.
	Observer Observer
	// Tracer makes the spans of attempts; nil: there are none.
	Tracer trace.Tracer
}

// Executor carries out the two operations. It is safe for concurrent use.
type Executor struct {
	Config
	running atomic.Int64
}

// NewExecutor makes an Executor.
func NewExecutor(c Config) *Executor {
	if c.Observer == nil {
		c.Observer = nobody{}
	}
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider().Tracer("")
	}
	return &Executor{Config: c}
}

// Running is how many tasks are under way in this process.
func (x *Executor) Running() int { return int(x.running.Load()) }

// State is where an ingest stands after an operation. By the time that it is
// read others may have overtaken it: to start what is ready is safe, because a
// claim is refused that no longer holds; to end or interrupt an ingest needs a
// fresh look by [Executor.Advance].
type State struct {
	Status vod.IngestStatus
	Ready  []plan.Ready // tasks that may be claimed
	// Labels tell whose ingest it is, unless that is over. No history keeps them.
	Labels Labels `json:"-"`
	// Failure is why the attempt that RunTask ran failed, nil if it did not.
	// Whether there is another attempt is told by Ready.
	Failure *vod.StepError
}

// Labels are what ingests are found by where an engine shows them.
type Labels struct{ Tenant, Asset, Profile string }

func labels(in vod.Ingest) Labels { return Labels{in.Tenant, in.AssetID, in.ProfileName} }

// Advance plans the ingest in one transaction: it makes tasks ready and ends
// the ingest when nothing is left. It is idempotent.
func (x *Executor) Advance(ctx context.Context, ingestID string) (State, error) {
	return x.changeOpen(ctx, ingestID, func(*plan.Plan, *vod.Run) {})
}

// Recover takes back what was running when the process that ran it ended, and
// advances. Only an engine that knows that nothing runs may call it.
func (x *Executor) Recover(ctx context.Context, ingestID string) (State, error) {
	return x.changeOpen(ctx, ingestID, func(p *plan.Plan, run *vod.Run) { p.Recover(run, x.Now()) })
}

// RecoverTask takes back the attempt of this task that is lost with its
// process, if one is running, and advances. A task that was not lost after all
// can do no harm: whatever its attempt still writes is refused.
func (x *Executor) RecoverTask(ctx context.Context, ingestID, taskID string) (State, error) {
	return x.changeOpen(ctx, ingestID, func(p *plan.Plan, run *vod.Run) { p.RecoverTask(run, taskID, x.Now()) })
}

// changeOpen is change for events that an ingest that is over may ignore.
func (x *Executor) changeOpen(ctx context.Context, ingestID string, event func(*plan.Plan, *vod.Run)) (State, error) {
	state, err := x.change(ctx, ingestID, func(p *plan.Plan, run *vod.Run) error {
		event(p, run)
		return nil
	})
	if errors.Is(err, plan.ErrStale) {
		err = nil
	}
	x.choose(ctx, state.Ready)
	return state, err
}

// change applies an event to the run, advances it and tells where it stands;
// for a run that is over it gives plan.ErrStale. Documents that this version
// cannot read end the ingest, so that it does not stay for ever.
func (x *Executor) change(ctx context.Context, ingestID string, event func(*plan.Plan, *vod.Run) error) (State, error) {
	var state State
	var ended vod.Ingest
	var lostOf []vod.Stage
	err := x.Store.IngestChange(ctx, ingestID, func(run *vod.Run) error {
		if run.Ingest.Status.Final() || run.Ingest.Imported {
			state = State{Status: run.Ingest.Status}
			return plan.ErrStale
		}
		p, initial, err := x.Parse(run.Ingest.Input)
		if err != nil {
			state = x.abandon(run, "The profile snapshot", err)
			ended = run.Ingest
			return nil
		}
		if err := event(p, run); err != nil {
			return err
		}
		lostOf = lost(run)
		if err := p.Advance(run, initial, x.Now()); err != nil {
			state = x.abandon(run, "What the tasks put out", err)
			ended = run.Ingest
			return nil
		}
		state, ended = State{Status: run.Ingest.Status, Ready: p.Ready(run, x.Now()), Labels: labels(run.Ingest)}, run.Ingest
		return nil
	})
	if err != nil {
		return state, err
	}
	for _, stage := range lostOf {
		x.Observer.AttemptLost(stage)
	}
	if ended.Status.Final() {
		x.logEnd(ctx, ended)
		x.Observer.IngestEnded(ended)
	}
	return state, nil
}

// logEnd writes the one line that tells what became of an ingest.
func (x *Executor) logEnd(ctx context.Context, in vod.Ingest) {
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("ingest", in.ID), slog.String("asset", in.AssetID), slog.String("tenant", in.Tenant),
		slog.String("status", string(in.Status)), slog.Duration("took", in.End.Sub(in.Start)),
	}
	if in.Status == vod.Failed {
		level = slog.LevelWarn
	}
	if in.Error != "" {
		attrs = append(attrs, slog.String("error", in.Error))
	}
	x.Log.LogAttrs(tracing.Continue(ctx, in.Trace), level, "ingest ended", attrs...)
}

// abandon ends a run whose documents cannot be read.
func (x *Executor) abandon(run *vod.Run, what string, err error) State {
	x.Log.Error("cannot carry out the ingest", "ingest", run.Ingest.ID, "tenant", run.Ingest.Tenant, "error", err)
	in, now := &run.Ingest, x.Now()
	in.Status, in.End = vod.Failed, now
	in.Error = fmt.Sprintf("%s of this ingest cannot be read: %v. Submit it again.", what, err)
	for i := range run.Tasks {
		if t := &run.Tasks[i]; !t.Status.Ended() {
			t.Status, t.End = vod.TaskCancelled, now
		}
	}
	return State{Status: vod.Failed}
}

// RunTask claims the task, runs its step and records how it ended, together
// with what that makes of the ingest. It returns plan.ErrNotClaimable when
// there is nothing to run, and a [NoRoomError] when there is no scratch space
// for it now: then nothing has happened. A failure of the step is no error here:
// it is in the state. When ctx is cancelled its cause tells why; how the attempt
// ended is recorded all the same.
//
// After another error it may not be known whether the task was claimed: whoever
// delivers it again first calls [Executor.RecoverTask].
func (x *Executor) RunTask(ctx context.Context, ingestID, taskID string) (State, error) {
	release, tooLarge, err := x.reserve(ctx, ingestID, taskID)
	if err != nil {
		return State{}, err
	}
	defer release()
	a, err := x.claim(ctx, ingestID, taskID)
	if err != nil {
		return State{}, err
	}
	x.running.Add(1)
	defer x.running.Add(-1)
	defer a.releaseAll()
	a.refuse = tooLarge
	ctx, span := a.traced(ctx)
	outcome := a.run(ctx)
	state, err := a.record(ctx, outcome)
	a.endSpan(span, outcome, err)
	if err != nil {
		return State{}, fmt.Errorf("record attempt %d of task %s: %w", a.task.Attempt, taskID, err)
	}
	x.Observer.AttemptEnded(a.end(outcome))
	x.choose(ctx, state.Ready)
	state.Failure = outcome.Err
	return state, nil
}
