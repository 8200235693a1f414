package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The retry policy: both engines use these values.
const (
	MaxFailures = 5 // attempts that may fail before the task does
	MaxLost     = 3 // attempts in a row that may be lost with their process
	FirstDelay  = time.Second
	MaxDelay    = time.Minute
)

// Errors of events that do not fit the run's state. They are no fault of a
// step: whoever gets one drops what it was about to do.
var (
	// ErrNotClaimable: the task is not ready, or somebody else runs it.
	ErrNotClaimable = errors.New("the task cannot be claimed now")
	// ErrStale: the attempt is not the running one of its task.
	ErrStale = errors.New("the attempt is no longer the running one")
)

// Claim gives the task to its next attempt and raises the attempt's number,
// so that nothing an earlier attempt still writes is accepted.
func (p *Plan) Claim(run *vod.Run, taskID string, now time.Time) error {
	t := run.Task(taskID)
	if t == nil || !p.claimable(run, *t) {
		return ErrNotClaimable
	}
	t.Status, t.NotBefore = vod.TaskRunning, time.Time{}
	t.Attempt++
	if t.Order == 0 {
		t.Start = later(now, run.Ingest.Start)
		for _, other := range run.Tasks {
			t.Order = max(t.Order, other.Order)
		}
		t.Order++
	}
	run.Ingest.Status = vod.Running
	run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: t.Attempt, Status: vod.TaskRunning, Start: now})
	return nil
}

// claimable: its inputs are there, and nothing ends the ingest. After another
// task failed only those that were begun go on.
func (p *Plan) claimable(run *vod.Run, t vod.Task) bool {
	in := run.Ingest
	if t.Status != vod.TaskPending || in.Imported || in.Status.Final() || in.Status == vod.Cancelling {
		return false
	}
	return p.allOf(p.after[t.Step], p.Ended(run)) && (p.open(run) || t.Failures > 0)
}

// Report notes the share of its work that an attempt has done.
func (p *Plan) Report(run *vod.Run, taskID string, attempt int, share float64) error {
	t := current(run, taskID, attempt)
	if t == nil {
		return ErrStale
	}
	if share > t.Share { // Not so for NaN, the share of nothing done out of nothing.
		t.Share = min(1, share)
	}
	p.raiseProgress(run)
	return nil
}

// Outcome is how an attempt ended. Exactly one of its cases holds: Err is set,
// or GivenBack, or neither for success.
type Outcome struct {
	Filesets  []vod.Fileset
	Digest    string // identifies the files that a retrieval read
	Skipped   bool   // the files were known beforehand: nothing was done
	Err       *vod.StepError
	GivenBack bool // interrupted because the server stops: does not count
	Command   []string
	Log       string
	Report    *vod.Report // of a success that has something to tell
}

// Finish ends an attempt.
func (p *Plan) Finish(run *vod.Run, taskID string, attempt int, o Outcome, now time.Time) error {
	t := current(run, taskID, attempt)
	if t == nil {
		return ErrStale
	}
	switch {
	case o.GivenBack || o.Err != nil && (o.Err.Class == vod.ClassCancelled || run.Ingest.Status == vod.Cancelling):
		// Advance makes it TASK_CANCELLED if the ingest is. If a retry has
		// overtaken the cancel that interrupted it, it is done again.
		t.Status, t.Lost = vod.TaskPending, 0
	case o.Err != nil:
		p.fail(t, o.Err, now)
	default:
		outputs, err := json.Marshal(vod.TaskOutputs{Filesets: append([]vod.Fileset{}, o.Filesets...)})
		if err != nil {
			return fmt.Errorf("outputs of task %s: %w", t.ID, err)
		}
		t.Status, t.Outputs, t.Error, t.Lost = vod.TaskCompleted, outputs, nil, 0
		if o.Skipped {
			t.Status = vod.TaskSkipped
		} else {
			t.Share = 1
		}
		if o.Digest != "" {
			run.Ingest.InputDigest = o.Digest
		}
	}
	if t.Status.Ended() {
		t.End = later(now, t.Start)
	}
	run.Attempts = append(run.Attempts, vod.Attempt{
		TaskID: t.ID, Number: attempt, Status: t.Status, End: now,
		Error: o.Err, Command: o.Command, Log: o.Log, Report: o.Report,
	})
	return nil
}

func (p *Plan) fail(t *vod.Task, e *vod.StepError, now time.Time) {
	t.Lost, t.Error = 0, e
	if e.Reason == vod.ReasonWaits {
		t.Status, t.NotBefore = vod.TaskPending, now.Add(Delay(t.Attempt))
		return
	}
	t.Failures++
	if !e.Class.Retryable() || t.Failures >= MaxFailures {
		t.Status = vod.TaskFailed
		return
	}
	t.Status, t.NotBefore = vod.TaskPending, now.Add(Delay(t.Failures))
}

// Delay is the pause after so many failed attempts: 1 s doubling to 60 s.
func Delay(failures int) time.Duration {
	d := FirstDelay
	for range failures - 1 {
		d = min(2*d, MaxDelay)
	}
	return d
}

// Recover takes back the attempts that were lost with their process: all that
// are running, as a store with one process finds them at its start.
func (p *Plan) Recover(run *vod.Run, now time.Time) {
	for i := range run.Tasks {
		if t := &run.Tasks[i]; t.Status == vod.TaskRunning {
			p.lose(run, t, now)
		}
	}
}

// RecoverTask takes back the running attempt of one task, if there is one, as
// an engine does that learns of the loss of a single process.
func (p *Plan) RecoverTask(run *vod.Run, taskID string, now time.Time) {
	if t := run.Task(taskID); t != nil && t.Status == vod.TaskRunning {
		p.lose(run, t, now)
	}
}

func (p *Plan) lose(run *vod.Run, t *vod.Task, now time.Time) {
	t.Lost++
	t.Status = vod.TaskPending
	lost := &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonLost,
		Message: fmt.Sprintf("The server ended while attempt %d was running.", t.Attempt),
	}
	if t.Lost >= MaxLost && run.Ingest.Status != vod.Cancelling {
		lost.Message = fmt.Sprintf("The server ended %d times in a row while this task was running.", t.Lost)
		lost.Hint = "Look in the system's log for a crash or for a lack of memory, then retry the ingest."
		t.Status, t.Error, t.End = vod.TaskFailed, lost, later(now, t.Start)
	}
	run.Attempts = append(run.Attempts, vod.Attempt{
		TaskID: t.ID, Number: t.Attempt, Status: t.Status, End: now, Error: lost,
	})
}

func current(run *vod.Run, taskID string, attempt int) *vod.Task {
	t := run.Task(taskID)
	if t == nil || t.Status != vod.TaskRunning || t.Attempt != attempt {
		return nil
	}
	return t
}
