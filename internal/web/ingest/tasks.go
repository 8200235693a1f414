package ingest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

const (
	perPage    = 100 // tasks that are fetched at once
	maxChanged = 200 // tasks that are told to have changed at once
	// slack is for what was written while an answer was being made.
	slack = 2 * time.Second
)

// filter selects tasks.
type filter struct {
	Status vod.TaskStatus // empty: any
	Stage  vod.Stage      // empty: any
	Offset int            // so many come before
}

func parseFilter(q url.Values) (filter, error) {
	f := filter{Status: vod.TaskStatus(q.Get("status")), Stage: vod.Stage(q.Get("stage"))}
	if f.Status != "" && !slices.Contains(taskStatuses(), f.Status) {
		return f, vod.Faultf(vod.Invalid, "There is no task status %q.", f.Status)
	}
	if f.Stage != "" && f.Stage.Key() == "" {
		return f, vod.Faultf(vod.Invalid, "There is no stage %q.", f.Stage)
	}
	if text := q.Get("offset"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return f, vod.Faultf(vod.Invalid, "offset must be a number that is not negative.")
		}
		f.Offset = n
	}
	return f, nil
}

func parseSince(text string) (time.Time, error) {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, vod.Faultf(vod.Invalid, "since must be a time in milliseconds.")
	}
	return time.UnixMilli(ms), nil
}

func taskStatuses() []vod.TaskStatus {
	return []vod.TaskStatus{vod.TaskPending, vod.TaskRunning, vod.TaskCompleted, vod.TaskSkipped, vod.TaskFailed, vod.TaskCancelled}
}

func (f filter) selects(t vod.Task) bool {
	return (f.Status == "" || t.Status == f.Status) && (f.Stage == "" || t.Stage == f.Stage)
}

// query is the filter as it stands in addresses, with the offset if it is not
// 0.
func (f filter) query() string {
	q := url.Values{}
	if f.Status != "" {
		q.Set("status", string(f.Status))
	}
	if f.Stage != "" {
		q.Set("stage", string(f.Stage))
	}
	if f.Offset > 0 {
		q.Set("offset", strconv.Itoa(f.Offset))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// tasks is a page of the list of tasks.
type tasks struct {
	Address  string // of the ingest's page
	Filter   filter
	Query    string // of the filter
	Rows     []taskRow
	Next     string // query of the next page; empty: there is none
	Total    int    // tasks of the ingest
	Selected int    // by the filter
	Statuses []count
	Stages   []count
}

// count is how many tasks have something.
type count struct {
	Name string
	N    int
}

// taskRow is a task in the list.
type taskRow struct {
	vod.Task
	Name, Kind string
	Took       time.Duration
	Over       bool
	Err        *errorView // the last; nil once it has succeeded
}

// listTasks makes a page of the list, by step number, which does not change.
func listTasks(run vod.Run, f filter, named names, now time.Time) tasks {
	v := tasks{Filter: f, Query: filter{Status: f.Status, Stage: f.Stage}.query(), Total: len(run.Tasks)}
	statuses, stages := map[string]int{}, map[string]int{}
	for _, t := range run.Tasks {
		statuses[string(t.Status)]++
		stages[string(t.Stage)]++
		if !f.selects(t) {
			continue
		}
		v.Selected++
		switch {
		case v.Selected <= f.Offset:
		case len(v.Rows) < perPage:
			v.Rows = append(v.Rows, row(t, run, named, now))
		case v.Next == "":
			v.Next = filter{f.Status, f.Stage, f.Offset + perPage}.query()
		}
	}
	for _, s := range taskStatuses() {
		v.Statuses = append(v.Statuses, count{string(s), statuses[string(s)]})
	}
	for _, s := range vod.Stages() {
		if n := stages[string(s)]; n > 0 {
			v.Stages = append(v.Stages, count{string(s), n})
		}
	}
	return v
}

// changedRows are the tasks that may have changed since a time: those that ended
// later or are running, and then those that wait, of which there may be very
// many.
func changedRows(run vod.Run, f filter, since time.Time, named names, now time.Time) []taskRow {
	var busy, waiting []vod.Task
	for _, t := range run.Tasks {
		switch {
		case f.Stage != "" && t.Stage != f.Stage: // The status may be another by now.
		case t.Status == vod.TaskRunning, !t.End.IsZero() && !t.End.Before(since.Add(-slack)):
			busy = append(busy, t)
		case t.End.IsZero():
			waiting = append(waiting, t)
		}
	}
	changed := append(busy, waiting...) //nolint:gocritic // Neither is used again.
	changed = changed[:min(len(changed), maxChanged)]
	rows := make([]taskRow, len(changed))
	for i, t := range changed {
		rows[i] = row(t, run, named, now)
	}
	return rows
}

func row(t vod.Task, run vod.Run, named names, now time.Time) taskRow {
	r := taskRow{Task: t, Took: took(t.Start, t.End, now), Over: t.Status.Ended()}
	r.Name, r.Kind = named.of(t)
	if t.Status == vod.TaskFailed || t.Status == vod.TaskPending {
		r.Err = viewError(t.Error, run.Ingest.Imported)
	}
	return r
}

// tasks answers with a page of the list, or, for the first, with the whole list
// and its filter.
func (p *pages) tasks(w http.ResponseWriter, r *page.Request) error {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return err
	}
	run, err := p.service.Get(r.Context(), r.Caller, r.PathValue("id"))
	if err != nil {
		return err
	}
	steps, err := p.steps(r.Context(), r.Caller, run)
	if err != nil {
		return err
	}
	v := listTasks(run, f, names{steps, run}, vod.Millis(p.kit.Now()))
	v.Address = r.IngestAddress()
	if f.Offset > 0 {
		return p.templates.Part(w, r, "ingest-rows", v)
	}
	w.Header().Set("HX-Replace-Url", v.Address+v.Query)
	return p.templates.Part(w, r, "ingest-tasks", v)
}
