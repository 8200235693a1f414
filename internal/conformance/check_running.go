package conformance

import (
	"context"
	"net/http"
	"slices"
	"time"
)

func runningChecks() []Check {
	const group = "Running"
	return []Check{
		{
			ID: "running.end", Group: group, Title: "endTime is null until the ingest is over, then a time", Level: Extension,
			Source: "ours: the page shows ended ingests only", run: runningEnd,
		},
		{
			ID: "running.elapsed", Group: group, Title: "Until then elapsedTime is the time since startTime", Level: Extension,
			Source: "ours: the page shows ended ingests only", run: runningElapsed,
		},
		{
			ID: "running.progress", Group: group, Title: "progress is below 100 until the ingest is over", Level: Extension,
			Source: "ours: 100 comes with COMPLETED", run: runningProgress,
		},
		{
			ID: "running.tasks", Group: group, Title: "A task that waits or runs has endTime null", Level: Extension,
			Source: "ours: the page shows ended tasks only", run: runningTasks,
		},
	}
}

func over(status string) bool {
	return slices.Contains([]string{"COMPLETED", "SKIPPED", "FAILED", "CANCELLED"}, status)
}

func runningEnd(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) {
		want := "null"
		if over(i.status()) {
			want = "string"
		}
		v.unless(i.get("endTime").is(want), i.from, "endTime as "+want+" for "+i.status(), i.get("endTime").String())
	})
}

// runningElapsed goes by the server's own clock, the Date of its answer.
func runningElapsed(_ context.Context, r *run) verdict {
	looked := 0
	v := r.eachDetail(func(v *verdict, d detail) {
		date, err := http.ParseTime(d.header.Get("Date"))
		start := moment(d.json.get("startTime"))
		if d.settled() || err != nil || start.IsZero() {
			return
		}
		looked++
		const tolerance = 2 * time.Second // Date has whole seconds, and is written a little later.
		elapsed, ok := d.json.get("elapsedTime").whole()
		off := date.Sub(start) - time.Duration(elapsed)*time.Millisecond
		v.unless(ok && off.Abs() <= tolerance+d.took, d.answer, "elapsedTime of about "+date.Sub(start).String()+", from startTime to Date",
			d.json.get("elapsedTime").String())
	})
	return v.orUntested(looked, "no ingest that was read is under way")
}

func runningProgress(_ context.Context, r *run) verdict {
	looked := 0
	v := r.eachItem(func(v *verdict, i row) {
		if i.settled() {
			return
		}
		looked++
		n, ok := i.get("progress").whole()
		v.unless(ok && n < 100, i.from, "progress below 100 for "+i.status(), i.get("progress").String())
	})
	return v.orUntested(looked, "no ingest is under way")
}

func runningTasks(_ context.Context, r *run) verdict {
	looked := 0
	v := r.eachTask(func(v *verdict, t task) {
		if status := t.get("status").str(); status != "TASK_PENDING" && status != "TASK_RUNNING" {
			return
		}
		looked++
		v.unless(t.get("endTime").is("null"), t.of.answer, "endTime null of "+t.what(), t.get("endTime").String())
	})
	return v.orUntested(looked, "no task that was read is under way")
}
