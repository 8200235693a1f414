package profiles

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// versionsShown is how many versions a page lists.
const versionsShown = 25

// versionView is the page of one version.
type versionView struct {
	Name        string
	ID          int64
	Applied     time.Time
	BuiltIn     bool
	Newest      bool
	NewestHref  string
	Description string
	Notice      string // key of a text, such as "applied"; empty: none
	YAML        string
	Pipeline    pipeline
	Uses        uses // of all versions
	Versions    []versionRow
	Several     bool   // there is more than one to compare
	Previous    int64  // of the one shown; 0: none
	Older       string // address of the page with older versions; empty: none
	Self        string // address of this page that stays the same when a newer version comes
}

// versionRow is one version among the others.
type versionRow struct {
	ID       int64
	Href     string
	Applied  time.Time
	By       string
	Shown    bool // on this page
	ChosenA  bool // to be compared
	ChosenB  bool
	Uses     uses
	Previous int64 // the one before it; 0: none
}

func (p *pages) version(w http.ResponseWriter, r *page.Request) error {
	id, err := versionOf(r, "version")
	if err != nil {
		return err
	}
	return p.showVersion(w, r, r.PathValue("name"), id)
}

func (p *pages) showVersion(w http.ResponseWriter, r *page.Request, name string, id int64) error {
	v, err := p.ProfileGet(r.Context(), r.Caller, name, id)
	if err != nil {
		return err
	}
	view := versionView{
		Name: v.Name, ID: v.VersionID, Applied: at(v.VersionID), BuiltIn: builtIn(v), Description: description(v),
		NewestHref: address(r.Base(), v.Name, 0), Notice: notice(r),
	}
	text, err := profile.YAML(v.Document)
	if err != nil {
		return err
	}
	view.YAML = string(text)
	if view.Pipeline, err = p.pipeline(v.Document); err != nil {
		return err
	}
	if view.Uses, err = p.uses(r.Context(), r.Caller, r.Base(), v.Name, 0); err != nil {
		return err
	}
	if err := p.fillVersions(r, &view); err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, v.Name, "profiles-version", view)
}

// notice is what has just been done, as the address tells.
func notice(r *page.Request) string {
	switch done := r.URL.Query().Get("done"); done {
	case "applied", "unchanged":
		return done
	}
	return ""
}

// fillVersions lists a page of the versions, from the one that the address
// names by its place.
func (p *pages) fillVersions(r *page.Request, view *versionView) error {
	all, err := p.ProfileVersions(r.Context(), r.Caller, view.Name)
	if err != nil {
		return err
	}
	view.Several = len(all) > 1
	view.Newest = len(all) > 0 && all[0].VersionID == view.ID
	if i := place(all, view.ID); i >= 0 && i+1 < len(all) {
		view.Previous = all[i+1].VersionID
	}
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if err != nil || from < 0 {
		from = 0
	}
	from = min(from, len(all))
	to := min(from+versionsShown, len(all))
	if view.Versions, err = p.rows(r.Context(), r, all, from, to); err != nil {
		return err
	}
	for i := range view.Versions {
		row := &view.Versions[i]
		row.Shown, row.ChosenB = row.ID == view.ID, row.ID == view.ID
		row.ChosenA = row.ID == view.Previous
	}
	view.Self = address(r.Base(), view.Name, view.ID) + "&from=" + strconv.Itoa(from)
	if to < len(all) {
		view.Older = address(r.Base(), view.Name, view.ID) + "&from=" + strconv.Itoa(to) + "#versions"
	}
	return nil
}

func (p *pages) rows(ctx context.Context, r *page.Request, all []vod.ProfileVersion, from, to int) ([]versionRow, error) {
	who, err := p.appliers(ctx, r.Caller, all[from:to])
	if err != nil {
		return nil, err
	}
	rows := make([]versionRow, 0, to-from)
	for i := from; i < to; i++ {
		v := all[i]
		row := versionRow{ID: v.VersionID, Href: address(r.Base(), v.Name, v.VersionID), Applied: at(v.VersionID), By: who[v.VersionID]}
		if i+1 < len(all) {
			row.Previous = all[i+1].VersionID
		}
		if row.Uses, err = p.uses(ctx, r.Caller, r.Base(), v.Name, v.VersionID); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// place is where a version stands in the list; -1: it does not.
func place(all []vod.ProfileVersion, id int64) int {
	return slices.IndexFunc(all, func(v vod.ProfileVersion) bool { return v.VersionID == id })
}

// document gives a version's document as the store has it, for programs and
// for whoever wants it exactly.
func (p *pages) document(w http.ResponseWriter, r *page.Request) error {
	id, err := versionOf(r, "version")
	if err != nil {
		return err
	}
	v, err := p.ProfileGet(r.Context(), r.Caller, r.PathValue("name"), id)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, v.Document, "", "  "); err != nil {
		return fmt.Errorf("document of profile %s: %w", v.Name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", page.Policy(nil))
	_, _ = text.WriteTo(w) // the browser has gone
	return nil
}
