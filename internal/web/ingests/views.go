package ingests

import (
	"html/template"
	"net/http"
	"net/url"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// saved is a saved view, as the menu shows it.
type saved struct {
	Name   string
	Href   template.URL // query
	Chosen bool
}

// savedViews are the viewer's own.
func (p *pages) savedViews(r *page.Request, query template.URL) (all []saved, err error) {
	views, err := p.ViewList(r.Context(), r.Caller)
	if err != nil {
		return nil, err
	}
	for _, v := range views {
		href := usual(v.Query)
		all = append(all, saved{Name: v.Name, Href: href, Chosen: href == query})
	}
	return all, nil
}

// usual is a query in the form in which pages have it; what is no query selects
// everything.
func usual(query string) template.URL {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return encoded(choiceOf(values).query())
}

// viewSave saves the list as it is under a name, and shows it again.
func (p *pages) viewSave(w http.ResponseWriter, r *page.Request) error {
	query, err := viewForm(w, r)
	if err != nil {
		return err
	}
	if err := p.ViewPut(r.Context(), r.Caller, r.PostForm.Get("name"), string(query)); err != nil {
		return err
	}
	return backTo(w, r, query)
}

func (p *pages) viewDelete(w http.ResponseWriter, r *page.Request) error {
	query, err := viewForm(w, r)
	if err != nil {
		return err
	}
	if err := p.ViewDelete(r.Context(), r.Caller, r.PostForm.Get("name")); err != nil {
		return err
	}
	return backTo(w, r, query)
}

// viewForm reads a form with the query of the list that it stands on.
func viewForm(w http.ResponseWriter, r *page.Request) (template.URL, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return "", vod.Faultf(vod.Invalid, "The form is broken or too long.")
	}
	return usual(r.PostForm.Get("query")), nil
}

func backTo(w http.ResponseWriter, r *page.Request, query template.URL) error {
	address := r.Base() + "/ingests"
	if query != "" {
		address += "?" + string(query)
	}
	http.Redirect(w, r.Request, address, http.StatusSeeOther)
	return nil
}
