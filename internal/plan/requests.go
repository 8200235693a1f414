package plan

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Cancel asks the run to stop. It ends as CANCELLED, whatever still finishes:
// [Plan.Advance] ends it once no task runs. A run that is over is a Conflict.
func Cancel(run *vod.Run) error {
	in := &run.Ingest
	switch {
	case in.Imported:
		return vod.Faultf(vod.Conflict, "Ingest %s was imported and never ran here, so it cannot be cancelled.", in.ID)
	case in.Status == vod.Cancelling || in.Status == vod.Cancelled:
		return nil
	case in.Status.Final():
		return vod.Faultf(vod.Conflict, "Ingest %s is %s already.", in.ID, in.Status)
	}
	in.Status = vod.Cancelling
	return nil
}

// Reschedule sets when a run has its turn; what is claimable tells by its level.
// A run that is over is a Conflict.
func Reschedule(run *vod.Run, priority vod.Priority, due time.Time) error {
	in := &run.Ingest
	switch {
	case in.Imported:
		return vod.Faultf(vod.Conflict, "Ingest %s was imported and never ran here, so it waits for nothing.", in.ID)
	case in.Status.Final():
		return vod.Faultf(vod.Conflict, "Ingest %s is %s already; a priority or due time makes no difference to it.", in.ID, in.Status)
	}
	in.Priority, in.Due = priority, due
	return nil
}

// Retry opens a run that is FAILED or CANCELLED again: every task that is not
// TASK_COMPLETED, or whose outputs are gone, is done again, with all that
// depend on it. Attempt numbers, start time and progress go on.
func (p *Plan) Retry(run *vod.Run, gone func(vod.Task) bool) error {
	if err := RefuseRetry(run); err != nil {
		return err
	}
	again := make([]bool, len(p.steps))
	for _, step := range p.order {
		t := taskOf(run, step)
		again[step] = t != nil && (t.Status != vod.TaskCompleted || gone(*t))
		for _, a := range p.after[step] {
			again[step] = again[step] || again[a]
		}
		if t != nil && again[step] {
			reset(t)
		}
	}
	run.Ingest.Status, run.Ingest.Error, run.Ingest.End = vod.Queued, "", time.Time{}
	return nil
}

// RefuseRetry says why the run cannot be retried: a Conflict, or nil.
func RefuseRetry(run *vod.Run) error {
	in := run.Ingest
	switch {
	case in.Imported:
		return vod.Faultf(vod.Conflict, "Ingest %s was imported and never ran here, so it cannot be retried.", in.ID)
	case in.Status != vod.Failed && in.Status != vod.Cancelled:
		return vod.Faultf(vod.Conflict, "Ingest %s is %s; only FAILED and CANCELLED ones can be retried.", in.ID, in.Status)
	}
	return nil
}

// reset opens a task again. What it put out before stays recorded until it
// puts out something new: the catalogue may still serve it.
func reset(t *vod.Task) {
	t.Status, t.Error, t.End, t.NotBefore = vod.TaskPending, nil, time.Time{}, time.Time{}
	t.Failures, t.Lost, t.Share = 0, 0, 0
}

// NeedsOf is what whoever runs a step must be able to do; see [Needs]. The
// caller must not change it.
func (p *Plan) NeedsOf(step int) []vod.Capability { return p.needs[step].must }

// Ready is a task that may be claimed.
type Ready struct {
	TaskID    string
	IngestID  string
	Tenant    string
	Stage     vod.Stage
	NotBefore time.Time // zero: at once
	// Level says which task of a stage goes first; see [Level].
	Level int
	// RaiseAt is when Level rises, as the ingest is due soon by then; zero:
	// never. See [Ready.Raised].
	RaiseAt time.Time
	// Needs is what whoever runs it must be able to do, in the order of
	// [vod.Capabilities].
	Needs []vod.Capability
	// Wants is what it would rather have, if there is a worker that can.
	Wants []vod.Capability
}

// Ready gives the tasks that may be claimed, by step number.
func (p *Plan) Ready(run *vod.Run, now time.Time) []Ready {
	var ready []Ready
	level, raiseAt := schedule(run, now)
	for _, t := range run.Tasks {
		if p.claimable(run, t) {
			ready = append(ready, Ready{
				TaskID: t.ID, IngestID: t.IngestID, Tenant: run.Ingest.Tenant, Stage: t.Stage,
				NotBefore: t.NotBefore, Level: level, RaiseAt: raiseAt,
				Needs: p.needs[t.Step].must, Wants: p.needs[t.Step].rather,
			})
		}
	}
	return ready
}
