package profiles

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// mostForm is the size of a form in bytes: a document of the largest size, with
// most characters escaped.
const mostForm = 4 << 20

// draft is what somebody is about to apply.
type draft struct {
	Name     string
	New      bool  // there is no profile of that name yet, as far as its author knows
	Base     int64 // the version that it was made from; 0 if New
	Document string
}

// editView is the page of the editor.
type editView struct {
	draft
	Action  string // address that the form is sent to
	Check   string // address that checks it
	Back    string
	BuiltIn bool // it is made from the built-in version
	From    string
	Names   []string // to copy from
	Checked checked
}

func (p *pages) editForm(w http.ResponseWriter, r *page.Request) error {
	if err := r.Caller.Require(vod.WriteProfiles); err != nil {
		return err
	}
	newest, err := p.ProfileGet(r.Context(), r.Caller, r.PathValue("name"), 0)
	if err != nil {
		return err
	}
	id, err := versionOf(r, "version")
	if err != nil {
		return err
	}
	shown := newest
	if id != 0 { // An older version, to be made the newest again.
		if shown, err = p.ProfileGet(r.Context(), r.Caller, newest.Name, id); err != nil {
			return err
		}
	}
	text, err := profile.YAML(shown.Document)
	if err != nil {
		return err
	}
	return p.edit(w, r, http.StatusOK, draft{Name: newest.Name, Base: newest.VersionID, Document: string(text)}, builtIn(newest))
}

// createForm is the editor of a profile that is not there yet, made from a copy
// of another.
func (p *pages) createForm(w http.ResponseWriter, r *page.Request) error {
	if r.URL.Query().Has("version") {
		id, err := versionOf(r, "version")
		if err != nil {
			return err
		}
		return p.showVersion(w, r, newName, id)
	}
	if err := r.Caller.Require(vod.WriteProfiles); err != nil {
		return err
	}
	from := r.URL.Query().Get("from")
	if from == "" {
		from = profile.DefaultName
	}
	id, err := versionOf(r, "fromVersion")
	if err != nil {
		return err
	}
	source, err := p.ProfileGet(r.Context(), r.Caller, from, id)
	if err != nil {
		return err
	}
	text, err := profile.YAML(source.Document)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(text), "\n") // The first line is the other's name.
	return p.edit(w, r, http.StatusOK, draft{New: true, Document: rest}, false)
}

// edit shows the editor, with what is wrong with the draft.
func (p *pages) edit(w http.ResponseWriter, r *page.Request, status int, d draft, fromBuiltIn bool) error {
	view := editView{draft: d, BuiltIn: fromBuiltIn}
	title := p.kit.Text("profiles.edit.title", d.Name)
	if d.New {
		title = p.kit.Text("profiles.new.title")
		view.Action, view.Back = r.Base()+"/profiles/new", r.Base()+"/profiles"
		view.Check = view.Action + "/check"
		view.From = r.URL.Query().Get("from")
		versions, err := p.ProfileList(r.Context(), r.Caller)
		if err != nil {
			return err
		}
		for _, v := range versions {
			view.Names = append(view.Names, v.Name)
		}
	} else {
		path, _, _ := strings.Cut(address(r.Base(), d.Name, 0), "?")
		view.Action, view.Check, view.Back = path+"/edit", path+"/check", address(r.Base(), d.Name, 0)
	}
	var err error
	if view.Checked, err = p.checkDraft(r, d); err != nil {
		return err
	}
	return p.show(w, r, status, title, "profiles-edit", view)
}

// readDraft reads the form. Browsers send lines that end with CR and LF.
func readDraft(w http.ResponseWriter, r *page.Request) (draft, error) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return draft{}, vod.Faultf(vod.TooLarge, "The document is too large; at most 1 MiB is taken.")
		}
		return draft{}, vod.Faultf(vod.Invalid, "The form cannot be read.")
	}
	d := draft{Name: r.PostForm.Get("name"), Document: strings.ReplaceAll(r.PostForm.Get("document"), "\r\n", "\n")}
	base, err := strconv.ParseInt(r.PostForm.Get("base"), 10, 64)
	if err != nil || base < 0 {
		return draft{}, vod.Faultf(vod.Invalid, "The form names no version that it was opened with; open the editor anew.")
	}
	d.Base, d.New = base, base == 0
	if path := r.PathValue("name"); path != "" && path != d.Name && !d.New {
		return draft{}, vod.Faultf(vod.Invalid, "The form is of another profile than its address.")
	}
	return d, nil
}
