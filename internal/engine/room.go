package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/scratch"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// NoRoomError says why a task was not begun: there is no scratch space for it
// now. It is no attempt and no failure; the engine tries again after a while.
type NoRoomError struct {
	Sentence string // for people
}

// Error implements error.
func (e *NoRoomError) Error() string { return e.Sentence }

// errLooked ends a change that was made only to look.
var errLooked = errors.New("nothing is to be changed")

// reserve keeps the scratch space that the task needs until release is called.
// tooLarge tells that this process will never have as much; there is nothing to
// release then. The error is a [NoRoomError], or tells that the task cannot be
// claimed.
func (x *Executor) reserve(ctx context.Context, ingestID, taskID string) (release func(), tooLarge *vod.StepError, err error) {
	release = func() {}
	if x.Reserve == nil {
		return release, nil, nil
	}
	a, err := x.look(ctx, ingestID, taskID)
	if err != nil {
		return release, nil, err
	}
	runner, ok := x.Steps[Kind{a.step.Stage, a.step.Type}].(step.Estimator)
	if !ok {
		return release, nil, nil
	}
	job, err := a.bareJob(ctx)
	if err != nil {
		return release, nil, nil //nolint:nilerr // The attempt itself will tell what is wrong with it.
	}
	bytes, err := runner.Needs(ctx, job)
	if err != nil {
		x.Log.Warn("cannot tell how much scratch space a task needs; none is reserved", "ingest", ingestID, "task", taskID, "error", err)
		return release, nil, nil
	}
	given, err := x.Reserve(bytes)
	var full *scratch.FullError
	switch {
	case err == nil:
		return given, nil, nil
	case errors.As(err, &full) && full.Never:
		return release, neverRoom(full), nil
	case errors.As(err, &full):
		return release, nil, &NoRoomError{full.Sentence}
	}
	return release, nil, err
}

func neverRoom(full *scratch.FullError) *vod.StepError {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonDiskFull, Message: full.Sentence,
		Hint: "Give this worker a larger disk (--scratch) or a larger share of it (--scratch-size), then retry the ingest.",
	}
}

// reserveMore keeps more scratch space for an attempt that runs; see
// [step.Job.Reserve]. Where there is none now, the task waits for its next
// attempt, which does not count as a failure.
func (a *attempt) reserveMore(bytes int64) error {
	release, err := a.x.Reserve(bytes)
	var full *scratch.FullError
	switch {
	case err == nil:
		a.mu.Lock()
		defer a.mu.Unlock()
		a.releases = append(a.releases, release)
		return nil
	case errors.As(err, &full) && full.Never:
		return neverRoom(full)
	case errors.As(err, &full):
		return &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonWaits, Message: full.Sentence}
	}
	return err
}

// releaseAll gives back what was reserved while the attempt ran.
func (a *attempt) releaseAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, release := range a.releases {
		release()
	}
	a.releases = nil
}

// look is how an attempt of the task would begin, without a claim.
func (x *Executor) look(ctx context.Context, ingestID, taskID string) (*attempt, error) {
	a := &attempt{x: x, log: x.Log}
	err := x.Store.IngestChange(ctx, ingestID, func(run *vod.Run) error {
		p, _, err := x.Parse(run.Ingest.Input)
		t := run.Task(taskID)
		if err == nil && t != nil && t.Status == vod.TaskPending && !run.Ingest.Status.Final() {
			a.ingest, a.task, a.step = run.Ingest, *t, p.Steps()[t.Step]
			a.task.Attempt++
		}
		return errLooked
	})
	switch {
	case err != nil && !errors.Is(err, errLooked):
		return nil, err
	case a.task.ID == "":
		return nil, plan.ErrNotClaimable
	}
	return a, nil
}

// bareJob is the attempt as its step sees it, without what other ingests of the
// asset have to do with it.
func (a *attempt) bareJob(ctx context.Context) (step.Job, error) {
	var input vod.TaskInput
	if err := json.Unmarshal(a.task.Input, &input); err != nil {
		return step.Job{}, fmt.Errorf("input of task %s: %w", a.task.ID, err)
	}
	return step.Job{
		Tenant: a.ingest.Tenant, AssetID: a.ingest.AssetID, IngestID: a.ingest.ID,
		TaskID: a.task.ID, Attempt: a.task.Attempt, MediaKey: a.ingest.MediaKey,
		Inputs: input.Filesets, Profile: input.Profile, LabelOut: a.step.LabelOut,
		Scratch: filepath.Join(a.x.Scratch, a.task.ID+"-"+strconv.Itoa(a.task.Attempt)), Sources: a.ingest.Sources,
		Progress: func(share float64) { a.progress(ctx, share) }, Trace: a.trace, Log: a.log,
	}, nil
}
