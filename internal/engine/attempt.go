package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// reportEvery is how often a running attempt's progress is written.
const reportEvery = 500 * time.Millisecond

// attempt is one claimed attempt on its way through its step.
type attempt struct {
	x      *Executor
	ingest vod.Ingest
	task   vod.Task
	step   vod.Step
	refuse *vod.StepError // why the step is not run at all; nil: it is
	log    *slog.Logger
	took   time.Duration // set by run
	work   step.Work     // set by run

	reports sync.WaitGroup // at most one is being written

	mu        sync.Mutex
	releases  []func() // of scratch space
	reported  time.Time
	reporting bool
	over      bool // no more reports
	command   []string
	output    string
}

func (x *Executor) claim(ctx context.Context, ingestID, taskID string) (*attempt, error) {
	a := &attempt{x: x}
	_, err := x.change(ctx, ingestID, func(p *plan.Plan, run *vod.Run) error {
		if err := p.Claim(run, taskID, x.Now()); err != nil {
			return err
		}
		a.ingest, a.task = run.Ingest, *run.Task(taskID)
		a.step = p.Steps()[a.task.Step]
		return nil
	})
	if errors.Is(err, plan.ErrStale) {
		err = plan.ErrNotClaimable
	}
	if err != nil {
		return nil, err
	}
	if a.task.ID == "" { // The snapshot could not be read.
		return nil, plan.ErrNotClaimable
	}
	a.log = x.Log.With("tenant", a.ingest.Tenant, "ingest", ingestID, "task", taskID, "stage", a.step.Stage, "type", a.step.Type, "attempt", a.task.Attempt)
	return a, nil
}

// run runs the step and tells how that ended; it never panics.
func (a *attempt) run(ctx context.Context) plan.Outcome {
	a.log.Info("attempt starts", "asset", a.ingest.AssetID)
	started := time.Now()
	result, err := a.runStep(ctx)
	a.endReports()
	a.mu.Lock()
	defer a.mu.Unlock()
	o := plan.Outcome{Command: a.command, Log: a.output}
	switch cause := context.Cause(ctx); {
	case err == nil:
		o.Filesets, o.Digest = result.Outputs, result.Digest
		o.Skipped = result.SkipIngest && len(result.Outputs) == 0
		o.Report = result.Report.Bounded()
	case errors.Is(cause, vod.ErrStopping):
		o.GivenBack = true
	case errors.Is(cause, vod.ErrCancelled):
		o.Err = &vod.StepError{Class: vod.ClassCancelled, Reason: vod.ReasonCancelled, Message: "The ingest was cancelled."}
	default:
		o.Err = vod.AsStepError(err)
	}
	a.took, a.work = time.Since(started), result.Work
	took := a.took.Round(time.Millisecond)
	switch {
	case o.Err != nil && o.Err.Class != vod.ClassCancelled:
		a.log.Warn("attempt failed", "took", took, "class", o.Err.Class, "reason", o.Err.Reason, "error", err)
	case err != nil:
		a.log.Info("attempt interrupted", "took", took, "givenBack", o.GivenBack)
	default:
		a.log.Info("attempt done", "took", took)
	}
	return o
}

func (a *attempt) runStep(ctx context.Context) (result step.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the step panicked: %v\n%s", p, debug.Stack())
		}
	}()
	if a.refuse != nil {
		return result, a.refuse
	}
	runner, ok := a.x.Steps[Kind{a.step.Stage, a.step.Type}]
	if !ok {
		return result, &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig,
			Message: fmt.Sprintf("This server has no %s step of type %q.", a.step.Stage, a.step.Type),
		}
	}
	job, err := a.job(ctx)
	if err != nil {
		return result, err
	}
	defer func() {
		if rmErr := os.RemoveAll(job.Scratch); rmErr != nil {
			a.log.Warn("cannot remove the scratch folder", "error", rmErr)
		}
	}()
	return runner.Run(ctx, job)
}

// job is the attempt as its step sees it.
func (a *attempt) job(ctx context.Context) (job step.Job, err error) {
	if job, err = a.bareJob(ctx); err != nil {
		return job, err
	}
	if job.Earlier, err = a.earlier(ctx); err != nil {
		return job, err
	}
	if job.Published, err = a.published(ctx); err != nil {
		return job, err
	}
	if a.x.Reserve != nil {
		job.Reserve = a.reserveMore
	}
	if a.step.Stage == vod.Packaging {
		job.Ahead, err = a.x.Store.IngestAhead(ctx, a.ingest)
	}
	return job, err
}

// earlier finds the ingest whose files a retrieval may reuse: only one whose
// outputs all still exist.
func (a *attempt) earlier(ctx context.Context) (*step.Earlier, error) {
	if a.step.Stage != vod.Retrieval || a.ingest.Force {
		return nil, nil
	}
	run, err := a.x.Store.IngestEarlier(ctx, a.ingest)
	if err != nil || run == nil || run.Ingest.InputDigest == "" {
		return nil, err
	}
	earlier := &step.Earlier{IngestID: run.Ingest.ID, Digest: run.Ingest.InputDigest}
	for _, t := range run.Tasks {
		out, err := t.OutputFilesets()
		if err != nil || !a.x.Exists(ctx, run.Ingest.Tenant, out) {
			return nil, nil //nolint:nilerr // What cannot be read of it cannot be reused, and is no fault of this one.
		}
		if t.Stage == vod.Retrieval {
			earlier.Retrieved = append(earlier.Retrieved, out...)
		}
	}
	return earlier, nil
}

// published finds what the asset is played from now, for a packaging that may
// only add to it.
func (a *attempt) published(ctx context.Context) (*step.Published, error) {
	if a.step.Stage != vod.Packaging {
		return nil, nil
	}
	run, err := a.x.Store.IngestPublished(ctx, a.ingest)
	if err != nil || run == nil {
		return nil, err
	}
	published := &step.Published{IngestID: run.Ingest.ID}
	for _, t := range run.Tasks {
		if t.Stage != vod.Packaging || t.Status != vod.TaskCompleted {
			continue
		}
		out, err := t.OutputFilesets()
		if err != nil {
			return nil, err
		}
		published.Packaged = append(published.Packaged, out...)
	}
	return published, nil
}

// progress writes the share done, now and then, while the step goes on: a store
// that does not answer must not hold up a program whose output is being read.
// What cannot be written is left to the next time.
func (a *attempt) progress(ctx context.Context, share float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reporting || a.over || time.Since(a.reported) < reportEvery {
		return
	}
	a.reported, a.reporting = time.Now(), true
	a.reports.Go(func() {
		a.report(ctx, share)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.reporting = false
	})
}

func (a *attempt) report(ctx context.Context, share float64) {
	_, err := a.x.change(ctx, a.ingest.ID, func(p *plan.Plan, run *vod.Run) error {
		return p.Report(run, a.task.ID, a.task.Attempt, share)
	})
	if err != nil && ctx.Err() == nil {
		a.log.Warn("cannot write the progress", "error", err)
	}
}

// endReports waits for what is being written, and takes no more.
func (a *attempt) endReports() {
	a.mu.Lock()
	a.over = true
	a.mu.Unlock()
	a.reports.Wait()
}

func (a *attempt) trace(command []string, log string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.command, a.output = command, log
}
