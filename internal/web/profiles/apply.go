package profiles

import (
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// reviewView is the page before a draft is applied.
type reviewView struct {
	draft
	Action   string // address that the form is sent to
	Back     string
	BuiltIn  bool       // the newest version is the built-in one
	Conflict bool       // the newest version is not the one that the draft was made from
	Seen     int64      // then: the one it was made from
	Taken    bool       // then: the draft was of a new profile, which is there by now
	Newest   side       // zero for a new profile
	Theirs   difference // then: what others changed
	Mine     difference // from the newest version to the draft
}

// submit takes the editor's form: to show what would change, to apply it, or
// to go on editing.
func (p *pages) submit(w http.ResponseWriter, r *page.Request) error {
	if err := r.Caller.Require(vod.WriteProfiles); err != nil {
		return err
	}
	d, err := readDraft(w, r)
	if err != nil {
		return err
	}
	c, err := p.checkDraft(r, d)
	if err != nil {
		return err
	}
	if c.Good {
		d.Name = c.Name // which the document may tell alone
	}
	newest, err := p.newest(r, d.Name)
	if err != nil {
		return err
	}
	switch step := r.PostForm.Get("step"); {
	case !c.Good:
		return p.edit(w, r, http.StatusUnprocessableEntity, d, builtIn(newest) && newest.VersionID != 0)
	case step == "edit":
		return p.edit(w, r, http.StatusOK, d, builtIn(newest) && newest.VersionID != 0)
	case step == "apply":
		return p.apply(w, r, d)
	}
	return p.review(w, r, http.StatusOK, d, newest)
}

// newest is the newest version; a zero one where there is none.
func (p *pages) newest(r *page.Request, name string) (vod.ProfileVersion, error) {
	v, err := p.ProfileGet(r.Context(), r.Caller, name, 0)
	if vod.CodeOf(err) == vod.NotFound {
		return vod.ProfileVersion{}, nil
	}
	return v, err
}

// apply applies the draft, unless somebody was faster.
func (p *pages) apply(w http.ResponseWriter, r *page.Request, d draft) error {
	v, created, err := p.ProfileReplace(r.Context(), r.Caller, d.Name, d.Base, []byte(d.Document))
	if vod.CodeOf(err) == vod.Conflict {
		newest, err := p.newest(r, d.Name)
		if err != nil {
			return err
		}
		return p.review(w, r, http.StatusConflict, d, newest)
	}
	if err != nil {
		return err
	}
	done := "applied"
	if !created {
		done = "unchanged"
	}
	http.Redirect(w, r.Request, address(r.Base(), v.Name, v.VersionID)+"&done="+done, http.StatusSeeOther)
	return nil
}

// review shows what the draft would change. The form on it is based on the
// newest version: whoever applies it has seen that one.
func (p *pages) review(w http.ResponseWriter, r *page.Request, status int, d draft, newest vod.ProfileVersion) error {
	doc, err := profile.Parse(d.Name, []byte(d.Document))
	if err != nil {
		return err
	}
	view := reviewView{draft: d, Action: r.URL.Path, Back: r.Base() + "/profiles", BuiltIn: builtIn(newest) && newest.VersionID != 0}
	mine := vod.ProfileVersion{Document: doc.JSON}
	if newest.VersionID == 0 {
		view.New, view.Base = true, 0
		text, err := profile.YAML(doc.JSON)
		if err != nil {
			return err
		}
		if view.Mine, err = compare("", string(text)); err != nil {
			return err
		}
		return p.show(w, r, status, p.kit.Text("profiles.review.title", view.Name), "profiles-review", view)
	}
	view.Newest, view.Back = p.side(r, newest), address(r.Base(), newest.Name, 0)
	if newest.VersionID != d.Base {
		status = http.StatusConflict
		if err := p.fillConflict(r, &view, newest); err != nil {
			return err
		}
	}
	if view.Mine, err = compareVersions(newest, mine); err != nil {
		return err
	}
	return p.show(w, r, status, p.kit.Text("profiles.review.title", view.Name), "profiles-review", view)
}

// fillConflict tells what others applied since the draft was begun.
func (p *pages) fillConflict(r *page.Request, view *reviewView, newest vod.ProfileVersion) error {
	view.Conflict, view.Seen, view.Taken = true, view.Base, view.New
	view.Base, view.New = newest.VersionID, false
	if view.Taken {
		return nil
	}
	base, err := p.ProfileGet(r.Context(), r.Caller, view.Name, view.Seen)
	if vod.CodeOf(err) == vod.NotFound {
		view.Theirs.TooLarge = true
		return nil
	}
	if err != nil {
		return err
	}
	view.Theirs, err = compareVersions(base, newest)
	return err
}
