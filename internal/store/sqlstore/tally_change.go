package sqlstore

import (
	"time"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// longestExample is how many bytes are kept of the message of an error that is
// an example.
const longestExample = 300

// countCreated counts a new ingest, whatever its status.
func (t *tx) countCreated(in *vod.Ingest) {
	c := statistics.Counts{Accepted: 1}
	if in.Status != vod.Queued {
		c.Dequeued = 1
	}
	t.tally().count(in, in.Start, c)
	if in.Status.Final() {
		t.tally().count(in, in.End, statistics.Of(in.Status))
	}
}

// countChange counts what the change of a run made of it.
func (t *tx) countChange(old state, run *vod.Run) error {
	in := &run.Ingest
	if in.Imported {
		return nil
	}
	if err := t.countTasks(old, run); err != nil {
		return err
	}
	t.countRetried(old, run)
	was, is, now := old.status, in.Status, t.now
	if was.Final() && !is.Final() {
		t.tally().count(in, now, statistics.Counts{Accepted: 1})
		was = vod.Queued
	}
	if was == vod.Queued && is != vod.Queued {
		at := now
		if is.Final() {
			at = in.End
		}
		t.tally().count(in, at, statistics.Counts{Dequeued: 1})
	}
	if was.Final() || !is.Final() {
		return nil
	}
	t.tally().count(in, in.End, statistics.Of(is))
	switch is {
	case vod.Failed:
		t.countFailed(run)
	case vod.Completed:
		start, err := t.began(in)
		if err != nil {
			return err
		}
		t.tally().took(in, "", start, in.End)
	}
	return nil
}

const reopenedQuery = `SELECT reopened_ms FROM ingests INDEXED BY ingests_by_id WHERE id = ?`

// began is when the ingest was accepted or last retried.
func (t *tx) began(in *vod.Ingest) (time.Time, error) {
	reopened, _, err := First(t, func(at *time.Time) []Column { return []Column{maybe{at}} }, reopenedQuery, in.ID)
	if err != nil || reopened.IsZero() {
		return in.Start, err
	}
	return reopened, nil
}

const attemptStartQuery = `SELECT start_ms FROM attempts WHERE task_id = ? AND number = ?`

// countTasks counts how long the tasks took that the change completes.
func (t *tx) countTasks(old state, run *vod.Run) error {
	for i := range run.Tasks {
		task := &run.Tasks[i]
		if before, known := old.tasks[task.ID]; task.Status != vod.TaskCompleted || known && before[4] == string(vod.TaskCompleted) {
			continue
		}
		start := task.Start
		if task.Attempt > 1 {
			var err error
			start, _, err = First(t, func(at *time.Time) []Column { return []Column{maybe{at}} }, attemptStartQuery, task.ID, task.Attempt)
			if err != nil {
				return err
			}
		}
		if !start.IsZero() {
			t.tally().took(&run.Ingest, task.Stage, start, task.End)
		}
	}
	return nil
}

// countRetried counts the attempts that failed and are followed by another.
func (t *tx) countRetried(old state, run *vod.Run) {
	in := &run.Ingest
	if in.Status == vod.Cancelling || in.Status == vod.Cancelled {
		return
	}
	for i := range run.Attempts {
		a := &run.Attempts[i]
		before, known := old.tasks[a.TaskID]
		if a.Status != vod.TaskPending || a.Error == nil || a.Error.Class == vod.ClassCancelled || a.Error.Reason == vod.ReasonWaits ||
			!known || before[4] != string(vod.TaskRunning) || before[5] != int64(a.Number) {
			continue
		}
		e := example(in, a.End, a.Error.Message)
		e.Retried = 1
		key := DurationKey{keyAt(in, a.End), run.Task(a.TaskID).Stage}
		t.tally().fault(ErrorKey{key, a.Error.Class, a.Error.Reason}, e)
	}
}

// countFailed counts what ended an ingest: the task that failed and was claimed
// first, as the error of the ingest tells of it.
func (t *tx) countFailed(run *vod.Run) {
	in := &run.Ingest
	var failed *vod.Task
	for i := range run.Tasks {
		task := &run.Tasks[i]
		if task.Status == vod.TaskFailed && task.Error != nil && (failed == nil || task.Order < failed.Order) {
			failed = task
		}
	}
	key, message := ErrorKey{DurationKey: DurationKey{CountKey: keyAt(in, in.End)}}, in.Error
	if failed != nil {
		key.Stage, key.Class, key.Reason, message = failed.Stage, failed.Error.Class, failed.Error.Reason, failed.Error.Message
	}
	e := example(in, in.End, message)
	e.Failed = 1
	t.tally().fault(key, e)
}

func example(in *vod.Ingest, at time.Time, message string) ErrorCount {
	if len(message) > longestExample {
		end := longestExample
		for !utf8.RuneStart(message[end]) {
			end--
		}
		message = message[:end]
	}
	return ErrorCount{Last: at, IngestID: in.ID, AssetID: in.AssetID, Message: message}
}
