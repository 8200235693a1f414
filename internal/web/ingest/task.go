package ingest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// taskDetail is everything there is of one task.
type taskDetail struct {
	vod.Task
	Inputs, Outputs []fileset
	Profile         string     // JSON, indented; empty: not known
	Err             *errorView // the last one; nil once it has succeeded
	Attempts        []attempt  // the last first
	Imported        bool
}

// attempt is one try of it.
type attempt struct {
	vod.Attempt
	Step    int
	Took    time.Duration
	Shell   string // the command, quoted for a shell; empty: there was none
	Err     *errorView
	Last    bool
	Started bool // whether Took goes on
}

// task answers with what there is of a task.
func (p *pages) task(w http.ResponseWriter, r *page.Request) error {
	v, err := p.service.Task(r.Context(), r.Caller, r.PathValue("id"), r.PathValue("taskId"))
	if err != nil {
		return err
	}
	d, now := taskDetail{Task: v.Task, Imported: len(v.Attempts) == 0}, vod.Millis(p.kit.Now())
	var input vod.TaskInput
	if len(v.Task.Input) > 0 {
		_ = json.Unmarshal(v.Task.Input, &input) // an imported one of another form is shown as JSON alone
	}
	d.Inputs, d.Profile = listFilesets(input.Filesets), indented(input.Profile)
	if v.Task.Status.Ended() { // One that is done again may still have those of before.
		outputs, err := v.Task.OutputFilesets()
		if err == nil {
			d.Outputs = listFilesets(outputs)
		}
	}
	if v.Task.Status == vod.TaskFailed || v.Task.Status == vod.TaskPending {
		d.Err = viewError(v.Task.Error, d.Imported)
	}
	for i := len(v.Attempts) - 1; i >= 0; i-- {
		a := v.Attempts[i]
		a.Status = ending(a)
		d.Attempts = append(d.Attempts, attempt{
			Attempt: a, Step: v.Task.Step, Took: took(a.Start, a.End, now), Shell: shell(a.Command), Err: viewError(a.Error, false),
			Last: i == len(v.Attempts)-1, Started: a.End.IsZero(),
		})
	}
	return p.templates.Part(w, r, "ingest-task", d)
}

// indented writes JSON with a line for each value, and every value as it came.
func indented(text json.RawMessage) string {
	var b bytes.Buffer
	if len(text) == 0 || json.Indent(&b, text, "", "  ") != nil {
		return ""
	}
	return b.String()
}
