package ingests

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// perPage is how many rows are shown at first, and with every look further
// down; perFetch how many are fetched by their ids at once.
const (
	perPage  = 50
	perFetch = 50
)

// list answers with the page, or with the rows below a cursor.
func (p *pages) list(w http.ResponseWriter, r *page.Request) error {
	query := r.URL.Query()
	v, err := p.view(r, query)
	if err != nil {
		return err
	}
	if r.Part() && query.Get(byCursor) != "" {
		return p.templates.Part(w, r, "ingests-more", v)
	}
	if err := p.surround(r, &v); err != nil {
		return err
	}
	return p.templates.Page(w, r, http.StatusOK, page.Page{
		Title: p.kit.Text("ingests.title"), Section: "ingests", Content: "ingests-page",
		Styles: []string{"ingests.css"}, Scripts: []string{"ingests.js"}, Data: v,
	})
}

// view has the rows that a query selects.
func (p *pages) view(r *page.Request, query url.Values) (listView, error) {
	v := listView{choice: choiceOf(query)}
	f := v.Filter
	f.Limit = perPage
	var err error
	if f.After, err = placeOf(query); err != nil {
		return v, err
	}
	ingests, more, err := p.List(r.Context(), r.Caller, f)
	if err != nil {
		return v, err
	}
	if v.Rows, err = p.learn(r.Context(), r.Caller, ingests); err != nil {
		return v, err
	}
	v.Inner = f.After != nil
	v.Query = encoded(v.query())
	if more {
		below := v.query()
		below.Set(byCursor, cursorOf(ingests[len(ingests)-1]))
		v.Older = encoded(below)
	}
	return v, nil
}

// learn makes rows of ingests.
func (p *pages) learn(ctx context.Context, by vod.Caller, ingests []vod.Ingest) ([]row, error) {
	forecasts, err := p.Forecasts(ctx, by, ingests)
	if err != nil {
		return nil, err
	}
	return rowsOf(ingests, forecasts, p.kit.Now()), nil
}

// surround adds what stands around the rows.
func (p *pages) surround(r *page.Request, v *listView) error {
	if err := p.count(r, v); err != nil {
		return err
	}
	var err error
	if v.Views, err = p.savedViews(r, v.Query); err != nil {
		return err
	}
	v.Active = v.chips(p.kit)
	profiles, err := p.ProfileList(r.Context(), r.Caller)
	if err != nil && vod.CodeOf(err) != vod.Forbidden {
		return err
	}
	for _, profile := range profiles {
		v.Profiles = append(v.Profiles, profile.Name)
	}
	if name := v.Filter.ProfileName; name != "" && len(v.Profiles) > 0 && !slices.Contains(v.Profiles, name) {
		v.Profiles = append(v.Profiles, name)
	}
	return nil
}

func (p *pages) count(r *page.Request, v *listView) error {
	f := v.Filter
	f.Statuses = nil // The counters of the statuses that are not chosen lead to them.
	counts, err := p.Count(r.Context(), r.Caller, f)
	if err != nil {
		return err
	}
	v.Counters, v.Total = v.counters(counts)
	return nil
}

// counts answers with the counters.
func (p *pages) counts(w http.ResponseWriter, r *page.Request) error {
	v := listView{choice: choiceOf(r.URL.Query())}
	if err := p.count(r, &v); err != nil {
		return err
	}
	return p.templates.Part(w, r, "ingests-counters", v)
}

// rows answers with the ingests of the parameters row, whether they are still
// selected or not, and with those of the parameters new that are selected. What
// is gone is left out.
func (p *pages) rows(w http.ResponseWriter, r *page.Request) error {
	query := r.URL.Query()
	v := listView{choice: choiceOf(query)}
	if len(query["row"])+len(query["new"]) > perFetch {
		return vod.Faultf(vod.Invalid, "At most %d rows are given at once.", perFetch)
	}
	var found []vod.Ingest
	look := func(f store.IngestFilter, ids []string) error {
		for _, id := range ids {
			f.IngestID, f.Limit = id, 1
			one, _, err := p.List(r.Context(), r.Caller, f)
			if err != nil {
				return err
			}
			found = append(found, one...)
		}
		return nil
	}
	if err := look(store.IngestFilter{}, query["row"]); err != nil {
		return err
	}
	if v.Filter.IngestID == "" { // Else the one that is meant is shown, or never will be.
		if err := look(v.Filter, query["new"]); err != nil {
			return err
		}
	}
	var err error
	if v.Rows, err = p.learn(r.Context(), r.Caller, found); err != nil {
		return err
	}
	for i := range v.Rows {
		v.Rows[i].Dim = !v.selects(v.Rows[i].Ingest)
	}
	return p.templates.Part(w, r, "ingests-rows", v)
}

// newer answers with what arrived above the row of the parameters start, in
// milliseconds since 1970, and id: all of it, or the newest of it.
func (p *pages) newer(w http.ResponseWriter, r *page.Request) error {
	query := r.URL.Query()
	v := listView{choice: choiceOf(query)}
	start, err := strconv.ParseInt(query.Get("start"), 10, 64)
	if err != nil {
		return vod.Faultf(vod.Invalid, "start must be milliseconds since 1970.")
	}
	top := time.UnixMilli(start).UTC()
	f := v.Filter
	if f.Limit = perPage; f.From.Before(top) {
		f.From = top
	}
	ingests, more, err := p.List(r.Context(), r.Caller, f)
	if err != nil {
		return err
	}
	id := query.Get("id")
	known := func(in vod.Ingest) bool { return !in.Start.After(top) && in.ID <= id }
	if at := slices.IndexFunc(ingests, known); at >= 0 {
		ingests, more = ingests[:at], false
	}
	if v.Rows, err = p.learn(r.Context(), r.Caller, ingests); err != nil {
		return err
	}
	if more {
		v.Older = "more"
	}
	return p.templates.Part(w, r, "ingests-rows", v)
}
