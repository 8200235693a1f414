package ingest

import (
	"net/http"
	"net/url"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	"github.com/via-orchestrate/orchestrate/internal/web/play"
)

// view is what the page, and the part of it that may have changed, show.
type view struct {
	Address  string // of the page
	Now      int64  // milliseconds since 1970: when it was made
	Head     head
	Timeline timeline
	Tasks    tasks
	Steps    []step

	named names
}

// show answers with the whole page.
func (p *pages) show(w http.ResponseWriter, r *page.Request) error {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return err
	}
	v, run, err := p.view(r, f)
	if err != nil {
		return err
	}
	return p.templates.Page(w, r, http.StatusOK, page.Page{
		Title: p.kit.Text("ingest.title", run.Ingest.AssetID), Section: "ingests", Content: "ingest-page",
		Styles: []string{"ingest.css", "draw.css", "media.css"}, Scripts: []string{"ingest.js"},
		Media: play.Pictures(run), Events: "ingestId=" + url.QueryEscape(run.Ingest.ID), Data: v,
	})
}

// now answers with what may have changed since a time that an answer before
// told.
func (p *pages) now(w http.ResponseWriter, r *page.Request) error {
	f, err := parseFilter(r.URL.Query())
	if err != nil {
		return err
	}
	since, err := parseSince(r.URL.Query().Get("since"))
	if err != nil {
		return err
	}
	v, run, err := p.view(r, f)
	if err != nil {
		return err
	}
	v.Tasks.Rows = changedRows(run, f, since, v.named, p.kit.Now())
	return p.templates.Part(w, r, "ingest-now", v)
}

// view makes the view of what there is of an ingest.
func (p *pages) view(r *page.Request, f filter) (view, vod.Run, error) {
	ctx, now := r.Context(), vod.Millis(p.kit.Now())
	run, err := p.service.Get(ctx, r.Caller, r.PathValue("id"))
	if err != nil {
		return view{}, run, err
	}
	steps, err := p.steps(ctx, r.Caller, run)
	if err != nil {
		return view{}, run, err
	}
	v := view{Address: r.IngestAddress(), Now: now.UnixMilli(), Steps: waiting(steps), named: names{steps, run}}
	if v.Head, err = p.head(ctx, r.Caller, run, now); err != nil {
		return view{}, run, err
	}
	if v.Timeline, err = p.timeline(ctx, r.Caller, run, v.named, now); err != nil {
		return view{}, run, err
	}
	v.Tasks = listTasks(run, f, v.named, now)
	v.Tasks.Address = v.Address
	return v, run, nil
}
