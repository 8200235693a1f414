package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Kind names a step type within its stage.
type Kind struct {
	Stage vod.Stage
	Type  string
}

// Config is what an Executor works with. All fields are required.
type Config struct {
	Store store.Ingests
	Steps map[Kind]step.Runner
	// Parse reads an ingest's input: the plan of its snapshot and the files as
	// they were submitted.
	Parse func(input json.RawMessage) (*plan.Plan, []vod.Fileset, error)
	// Exists tells whether the files of a tenant are still where they were put.
	Exists func(tenant string, filesets []vod.Fileset) bool
	// Scratch is the folder below which attempts get theirs.
	Scratch string
	Now     func() time.Time
	Log     *slog.Logger
}

// Executor carries out the two operations. It is safe for concurrent use.
type Executor struct{ Config }

// NewExecutor makes an Executor.
func NewExecutor(c Config) *Executor { return &Executor{c} }

// State is where an ingest stands after an operation.
type State struct {
	Status vod.IngestStatus
	Ready  []plan.Ready // tasks that may be claimed
}

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

// changeOpen is change for events that an ingest that is over may ignore.
func (x *Executor) changeOpen(ctx context.Context, ingestID string, event func(*plan.Plan, *vod.Run)) (State, error) {
	state, err := x.change(ctx, ingestID, func(p *plan.Plan, run *vod.Run) error {
		event(p, run)
		return nil
	})
	if errors.Is(err, plan.ErrStale) {
		err = nil
	}
	return state, err
}

// change applies an event to the run, advances it and tells where it stands;
// for a run that is over it gives plan.ErrStale. A snapshot that this version
// cannot read ends the ingest, so that it does not stay for ever.
func (x *Executor) change(ctx context.Context, ingestID string, event func(*plan.Plan, *vod.Run) error) (State, error) {
	var state State
	err := x.Store.IngestChange(ctx, ingestID, func(run *vod.Run) error {
		if run.Ingest.Status.Final() || run.Ingest.Imported {
			state = State{Status: run.Ingest.Status}
			return plan.ErrStale
		}
		p, initial, err := x.Parse(run.Ingest.Input)
		if err != nil {
			run.Ingest.Status, run.Ingest.End = vod.Failed, x.Now()
			run.Ingest.Error = fmt.Sprintf("The profile snapshot of this ingest cannot be carried out: %v.", err)
			state = State{Status: vod.Failed}
			return nil
		}
		if err := event(p, run); err != nil {
			return err
		}
		if err := p.Advance(run, initial, x.Now()); err != nil {
			return err
		}
		state = State{Status: run.Ingest.Status, Ready: p.Ready(run)}
		return nil
	})
	return state, err
}

// RunTask claims the task, runs its step and records how it ended, together
// with what that makes of the ingest. It returns plan.ErrNotClaimable when
// there is nothing to run. A failure of the step is no error here: it is in
// the state. When ctx is cancelled its cause tells why; how the attempt ended
// is recorded all the same.
func (x *Executor) RunTask(ctx context.Context, ingestID, taskID string) (State, error) {
	a, err := x.claim(ctx, ingestID, taskID)
	if err != nil {
		return State{}, err
	}
	outcome := a.run(ctx)
	state, err := backoff.Retry(context.WithoutCancel(ctx), func() (State, error) {
		s, err := x.change(context.WithoutCancel(ctx), ingestID, func(p *plan.Plan, run *vod.Run) error {
			return p.Finish(run, taskID, a.task.Attempt, outcome, x.Now())
		})
		if errors.Is(err, plan.ErrStale) || vod.CodeOf(err) == vod.NotFound {
			return s, backoff.Permanent(err)
		}
		if err != nil { // A full disk, say: the work is done and must not be lost.
			a.log.Error("cannot record how the attempt ended; trying again", "err", err)
		}
		return s, err
	}, backoff.WithMaxElapsedTime(recordFor))
	if err != nil {
		return State{}, fmt.Errorf("record attempt %d of task %s: %w", a.task.Attempt, taskID, err)
	}
	return state, nil
}

// recordFor is how long an attempt's end is tried to be recorded.
const recordFor = time.Hour
