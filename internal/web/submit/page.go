package submit

import (
	"cmp"
	"context"
	"embed"
	"html/template"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates/*.html
var files embed.FS

// Service is what the page needs of the use cases; *orchestrate.Service is one.
type Service interface {
	Submit(ctx context.Context, by vod.Caller, sub orchestrate.Submission, key *orchestrate.RequestKey) (string, error)
	Preview(ctx context.Context, by vod.Caller, sub orchestrate.Submission) (orchestrate.Preview, error)
	Get(ctx context.Context, by vod.Caller, id string) (vod.Run, error)
	ProfileList(ctx context.Context, by vod.Caller) ([]vod.ProfileVersion, error)
}

type pages struct {
	kit       *page.Kit
	service   Service
	templates *page.Templates
}

// Routes registers the page.
func Routes(k *page.Kit, s Service) {
	p := &pages{kit: k, service: s, templates: k.Templates(files, template.FuncMap{
		"kinds": kinds, "marks": marks, "number1": func(step int) int { return step + 1 },
	})}
	k.Handle("GET /ui/{tenant}/submit", p.submitter(p.show))
	k.Handle("POST /ui/{tenant}/submit", p.submitter(p.send))
	k.Handle("POST /ui/{tenant}/submit/match", p.submitter(p.match))
	k.Handle("POST /ui/{tenant}/submit/plan", p.submitter(p.plan))
}

// submitter lets pass who may submit: to all others the form is of no use.
func (p *pages) submitter(next page.Handler) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		if err := r.Caller.Require(vod.SubmitIngests); err != nil {
			return err
		}
		return next(w, r)
	}
}

// view is what the templates show.
type view struct {
	Form     form
	Urls     string // that are no rows yet
	Sets     []set
	Leads    []entry // that subtitles can go with
	Profiles []string
	Plan     planned
	Results  []result
	Cut      bool   // an address of the ingest to repeat cannot be repeated
	From     string // the ingest to repeat
	Review   bool   // the person should look at what was found before it is sent
	Failed   int    // groups that could not be submitted
}

func (p *pages) show(w http.ResponseWriter, r *page.Request) error {
	f := form{Nonce: uuid.NewString(), Profile: r.URL.Query().Get("profile"), Assets: map[string]string{}}
	v := view{From: r.URL.Query().Get("from")}
	if v.From != "" {
		run, err := p.service.Get(r.Context(), r.Caller, v.From)
		if err != nil {
			return err
		}
		if v.Cut, err = f.again(run); err != nil {
			return err
		}
	}
	v.Form = f
	return p.whole(w, r, v)
}

// match answers with the groups of the files that were chosen.
func (p *pages) match(w http.ResponseWriter, r *page.Request) error {
	f, err := readForm(w, r)
	if err != nil {
		return err
	}
	v := view{Form: f}
	if !r.Part() {
		return p.whole(w, r, v)
	}
	v.arrange()
	return p.templates.Part(w, r, "submit-matched", v)
}

// whole writes the whole page.
func (p *pages) whole(w http.ResponseWriter, r *page.Request, v view) error {
	var err error
	if v.Profiles, err = p.profiles(r); err != nil {
		return err
	}
	v.Form.Profile = cmp.Or(v.Form.Profile, usual(v.Profiles))
	v.arrange()
	if v.Plan, err = p.planned(r, &v); err != nil {
		return err
	}
	return p.templates.Page(w, r, http.StatusOK, page.Page{
		Title: p.kit.Text("submit.title"), Section: "submit", Content: "submit-page",
		Styles: []string{"submit.css"}, Scripts: []string{"tus.min.js", "submit.js"}, Data: v,
	})
}

// arrange matches the files.
func (v *view) arrange() {
	if v.Sets == nil {
		v.Sets = v.Form.sets()
	}
	owners := map[string]int{}
	for _, s := range v.Sets {
		if lead := s.Files[0]; !s.Late {
			v.Leads = append(v.Leads, lead)
		}
		if s.Asset != "" {
			owners[s.Asset]++
		}
	}
	for i := range v.Sets {
		v.Sets[i].Twice = owners[v.Sets[i].Asset] > 1
	}
}

// profiles are the names of those to choose from. Who may submit but not see
// profiles has the usual one.
func (p *pages) profiles(r *page.Request) ([]string, error) {
	list, err := p.service.ProfileList(r.Context(), r.Caller)
	if vod.CodeOf(err) == vod.Forbidden {
		return nil, nil
	}
	var names []string
	for _, v := range list {
		if !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names, err
}

// usual is the profile that is chosen at first: the built-in one.
func usual(names []string) string {
	if slices.Contains(names, "default") || len(names) == 0 {
		return "default"
	}
	return names[0]
}
