package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// frame is how a watched ingest stands at one moment.
type frame struct {
	title string // one line above the rows; empty: none
	rows  []row
}

// row is one step of the pipeline.
type row struct {
	label   string
	state   string // waiting, ready, running, retrying, done, skipped, failed, cancelled, never
	percent int
	elapsed time.Duration
	attempt int    // 0 or 1: nothing to tell
	note    string // what it waits for, or what is wrong
}

// begun tells whether the row has something to show a bar for.
func (r row) begun() bool { return r.state != "waiting" && r.state != "ready" && r.state != "never" }

// newFrame joins the detail with the plan, which has the steps that have not
// begun. attempts are the attempt numbers of unfinished tasks, by id.
func newFrame(d *client.IngestDetail, plan *client.Plan, attempts map[string]int) frame {
	f := frame{title: fmt.Sprintf("%s  asset %s  %s  %d %%  %s", d.IngestID, oneLine(d.AssetID), d.Status, d.Progress, human(millis(d.ElapsedTime)))}
	tasks := map[string]client.Task{}
	for _, t := range d.Tasks {
		tasks[t.ID] = t
	}
	for _, s := range plan.Steps {
		r := row{label: string(s.Stage) + " " + oneLine(s.Type), state: string(s.State), note: oneLine(s.Reason)}
		if t, ok := tasks[text(s.TaskID)]; ok {
			r = taskRow(t, r, attempts[t.ID])
		}
		f.rows = append(f.rows, r)
	}
	return f
}

func taskRow(t client.Task, r row, attempt int) row {
	r.percent, r.elapsed, r.attempt = t.Progress, millis(t.ElapsedTime), attempt
	switch t.Status {
	case client.TaskStatusTASKPENDING:
		r.state = "retrying"
	case client.TaskStatusTASKFAILED:
		r.state, r.note = "failed", oneLine(t.Error)
	default:
		// TASK_RUNNING is "running"; a step that is done is "completed" as a task.
		r.state, r.note = strings.ToLower(strings.TrimPrefix(string(t.Status), "TASK_")), ""
		if r.state == "completed" {
			r.state = "done"
		}
	}
	return r
}

const (
	barWidth = 28 // of the bar where there is room
	spinner  = `|/-\`
)

// lines draws the frame for a terminal of the width and height given, in
// columns and lines. No line is as wide as the terminal, so none wraps. tick
// moves the spinner.
func (f frame) lines(width, height, tick int) []string {
	labels := 0
	for _, r := range f.rows {
		labels = max(labels, columns(r.label))
	}
	labels = min(labels, max(width/2, 10))
	var out []string
	if f.title != "" {
		out = append(out, clip(f.title, width-1))
	}
	// A frame higher than the terminal would scroll and could not be redrawn:
	// the steps that are over go first.
	rows := f.rows
	if room := max(height-1-len(out), 1); len(rows) > room {
		rows = fit(rows, room)
	}
	for _, r := range rows {
		out = append(out, clip(r.line(labels, width, tick), width-1))
	}
	return out
}

// fit picks room rows: those that are not over, then the latest others, in
// their order.
func fit(rows []row, room int) []row {
	over := 0
	for _, r := range rows {
		if r.state == "done" {
			over++
		}
	}
	drop := min(len(rows)-room, over)
	var kept []row
	for _, r := range rows {
		if drop > 0 && r.state == "done" {
			drop--
			continue
		}
		kept = append(kept, r)
	}
	return kept[:room]
}

// line draws one row: mark, label, bar, percent, time and note, with a bar that
// gives way where the terminal is narrow.
func (r row) line(labels, width, tick int) string {
	label := clip(r.label, labels)
	head := r.mark(tick) + " " + label + strings.Repeat(" ", labels-columns(label))
	if !r.begun() {
		return strings.TrimRight(head+"  "+r.waiting(), " ")
	}
	tail := fmt.Sprintf(" %3d %%  %s", r.percent, human(r.elapsed))
	if r.attempt > 1 {
		tail += fmt.Sprintf("  attempt %d", r.attempt)
	}
	if r.note != "" {
		tail += "  " + r.note
	}
	used := columns(head) + 2 + 2 + len(" 100 %  59m59s  attempt 2") + 1
	if room := min(barWidth, width-used); room >= 4 {
		return head + "  " + bar(r.percent, room) + tail
	}
	return head + " " + tail
}

func (r row) waiting() string {
	if r.note != "" {
		return r.note
	}
	return r.state
}

func (r row) mark(tick int) string {
	switch r.state {
	case "running":
		return string(spinner[tick%len(spinner)])
	case "done":
		return "+"
	case "failed", "cancelled":
		return "x"
	case "skipped", "never":
		return "-"
	case "retrying":
		return "~"
	}
	return " "
}

func bar(percent, width int) string {
	full := min(max(percent, 0), 100) * width / 100
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}
