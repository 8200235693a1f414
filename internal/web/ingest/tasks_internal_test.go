package ingest

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestManyWaitingTasks hide none that is running or has just ended.
func TestManyWaitingTasks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)
	run := vod.Run{Tasks: make([]vod.Task, 10_000)}
	for i := range run.Tasks {
		run.Tasks[i] = vod.Task{Step: i, Stage: vod.Encoding, Status: vod.TaskPending}
	}
	run.Tasks[7000].Status, run.Tasks[7000].Start = vod.TaskRunning, now.Add(-time.Minute)
	run.Tasks[8000].Status, run.Tasks[8000].Start, run.Tasks[8000].End = vod.TaskCompleted, now.Add(-time.Minute), now
	run.Tasks[9000].Status, run.Tasks[9000].Start, run.Tasks[9000].End = vod.TaskCompleted, now.Add(-time.Hour), now.Add(-time.Minute)
	rows := changedRows(run, filter{Status: vod.TaskPending}, now.Add(-time.Second), names{run: run}, now)
	if len(rows) != maxChanged || rows[0].Step != 7000 || rows[1].Step != 8000 || rows[2].Step != 0 {
		t.Errorf("%d rows, first %d %d %d", len(rows), rows[0].Step, rows[1].Step, rows[2].Step)
	}
	if rows := changedRows(run, filter{Stage: vod.Packaging}, now, names{run: run}, now); len(rows) > 0 {
		t.Errorf("%d rows of another stage", len(rows))
	}
}
