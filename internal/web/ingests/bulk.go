package ingests

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// maxForm is the longest form, in bytes: some thousand ids.
const maxForm = 1 << 20

// The fields of the forms for many ingests, beside the parameters of the list.
const (
	fieldAction = "action"
	fieldID     = "id"
	fieldAll    = "all"
	fieldUntil  = "until" // milliseconds since 1970
)

// planView is what is going to happen to many ingests.
type planView struct {
	choice
	Action string // cancel or retry
	All    bool
	IDs    []string
	Plan   orchestrate.BulkPlan
	Until  int64
	Query  template.URL // of the list that it was asked for on
	Active []chip
	Hidden url.Values // the choice, for the form that confirms it
	Lines  []planLine
}

// planLine tells what happens to those of one status.
type planLine struct {
	Status vod.IngestStatus
	Count  int
	Text   string // key
}

// bulkPreview answers with what would be done.
func (p *pages) bulkPreview(w http.ResponseWriter, r *page.Request) error {
	v, err := p.asked(w, r)
	if err != nil {
		return err
	}
	if v.Plan, err = p.BulkPreview(r.Context(), r.Caller, v.Plan.Request); err != nil {
		return err
	}
	v.Until = v.Plan.Until.UnixMilli()
	v.Lines = planLines(v.Plan)
	return p.templates.Page(w, r, http.StatusOK, page.Page{
		Title: p.kit.Text("ingests.bulk.title." + v.Action), Section: "ingests", Content: "bulk-preview",
		Styles: []string{"ingests.css"}, Data: v,
	})
}

// bulkStart begins what was confirmed, and leads to its progress. The use case
// checks everything anew.
func (p *pages) bulkStart(w http.ResponseWriter, r *page.Request) error {
	v, err := p.asked(w, r)
	if err != nil {
		return err
	}
	until, err := strconv.ParseInt(r.PostForm.Get(fieldUntil), 10, 64)
	if err != nil {
		return vod.Faultf(vod.Invalid, "The form is not complete: begin anew in the list.")
	}
	v.Plan.Until = time.UnixMilli(until).UTC()
	id, err := p.BulkStart(r.Context(), r.Caller, v.Plan)
	if err != nil {
		return err
	}
	http.Redirect(w, r.Request, r.Base()+"/bulk/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}

// asked reads the form: an action, and ids or everything that the list selects.
func (p *pages) asked(w http.ResponseWriter, r *page.Request) (planView, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return planView{}, vod.Faultf(vod.Invalid, "The form is broken or too long: select fewer ingests.")
	}
	v := planView{
		choice: choiceOf(r.PostForm), Action: r.PostForm.Get(fieldAction),
		All: r.PostForm.Get(fieldAll) != "", IDs: r.PostForm[fieldID],
	}
	v.Hidden = v.query()
	v.Query, v.Active = encoded(v.Hidden), v.chips(p.kit)
	request := &v.Plan.Request
	switch v.Action {
	case "cancel":
		request.Action = orchestrate.BulkCancel
	case "retry":
		request.Action = orchestrate.BulkRetry
	default:
		return v, vod.Faultf(vod.Invalid, "Choose whether to cancel or to retry.")
	}
	switch {
	case v.All && len(v.Problems) > 0: // It would be more than what was asked for.
		return v, vod.Faultf(vod.Invalid, "The filter has a value that is not valid: mend it in the list first.")
	case v.All:
		filter := v.Filter
		request.Filter, v.IDs = &filter, nil
	case len(v.IDs) == 0:
		return v, vod.Faultf(vod.Invalid, "No ingest is selected: select some in the list first.")
	default:
		request.IDs = v.IDs
	}
	return v, nil
}

func planLines(plan orchestrate.BulkPlan) (lines []planLine) {
	for _, status := range vod.IngestStatuses() {
		if n := plan.ByStatus[status]; n > 0 {
			lines = append(lines, planLine{status, n, "ingests.bulk." + fate(plan.Request.Action, status)})
		}
	}
	return lines
}

// fate is the key of the text that tells what an action does to a status.
func fate(action orchestrate.BulkAction, status vod.IngestStatus) string {
	switch {
	case action == orchestrate.BulkCancel && status.Final():
		return "ended"
	case action == orchestrate.BulkCancel && status == vod.Cancelling:
		return "cancelling_already"
	case action == orchestrate.BulkCancel:
		return "cancelled"
	case status == vod.Failed || status == vod.Cancelled:
		return "retried"
	case status.Final():
		return "well"
	}
	return "running"
}

// jobView is how far a job is.
type jobView struct {
	orchestrate.BulkJob
	Retry bool
}

// Handled are those that the job is through with.
func (v jobView) Handled() int { return v.Done + v.Failed + v.Skipped }

// Percent is the share that the job is through with; less than 100 before it
// ended.
func (v jobView) Percent() int {
	switch {
	case !v.Ended.IsZero():
		return 100
	case v.Total == 0:
		return 0
	}
	return min(v.Handled()*100/v.Total, 99)
}

// bulkJob answers with the progress of a job. Jobs do not outlive the server: a
// page that still asks for one is told so, in place of what it showed, and then
// asks no more.
func (p *pages) bulkJob(w http.ResponseWriter, r *page.Request) error {
	job, err := p.Bulk(r.Caller, r.PathValue("job"))
	if vod.CodeOf(err) == vod.NotFound && r.Part() {
		return p.templates.Part(w, r, "bulk-gone", nil)
	}
	if err != nil {
		return err
	}
	v := jobView{BulkJob: job, Retry: job.Action == orchestrate.BulkRetry}
	if r.Part() {
		return p.templates.Part(w, r, "bulk-job", v)
	}
	return p.templates.Page(w, r, http.StatusOK, page.Page{
		Title: p.kit.Text("ingests.bulk.job"), Section: "ingests", Content: "bulk-page",
		Styles: []string{"ingests.css"}, Data: v,
	})
}
