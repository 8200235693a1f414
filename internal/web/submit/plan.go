package submit

import (
	"cmp"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// standIn is the address of a file that is not uploaded yet, in a dry run: what
// an upload's address looks like is all that is checked of it then.
const standIn = "upload:00000000000000000000000000000000"

// planned is what would be done.
type planned struct {
	Plans    []groupPlan
	Pending  int               // files that are not uploaded yet
	Problems map[string]string // by the key of a file
	Refusal  string            // of what is no group's own: the profile
}

// groupPlan is the plan of some groups.
type groupPlan struct {
	orchestrate.Preview
	Assets []string // empty: of whatever is submitted
}

// plan answers with the dry run of what was chosen.
func (p *pages) plan(w http.ResponseWriter, r *page.Request) error {
	f, err := readForm(w, r)
	if err != nil {
		return err
	}
	v := view{Form: f}
	v.arrange()
	if v.Plan, err = p.planned(r, &v); err != nil {
		return err
	}
	return p.templates.Part(w, r, "submit-planned", v)
}

// planned asks for the plan of every group; what is wrong with one goes to its
// fields.
func (p *pages) planned(r *page.Request, v *view) (planned, error) {
	out := planned{Problems: map[string]string{}}
	if len(v.Sets) == 0 {
		preview, err := p.service.Preview(r.Context(), r.Caller, orchestrate.Submission{
			AssetID: "asset", Profile: v.Form.Profile, Force: v.Form.Force, Schedule: v.Form.Turn, Filesets: []vod.Fileset{{Files: []vod.File{{URI: standIn}}}},
		})
		var fault *vod.Fault
		if errors.As(err, &fault) {
			out.Refusal = fault.Message
			return out, nil
		}
		if preview.Notes = nil; err == nil {
			out.Plans = []groupPlan{{Preview: preview}}
		}
		return out, err
	}
	for i := range v.Sets {
		if err := p.planSet(r, v.Form, &v.Sets[i], &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (p *pages) planSet(r *page.Request, f form, s *set, out *planned) error {
	sub, pending := submission(f, *s)
	out.Pending += pending
	if err := orchestrate.CheckAssetID(s.Asset); err != nil {
		s.Problem = p.kit.Text("submit.asset.missing")
		if s.Asset != "" {
			s.Problem = err.Error()
		}
		sub.AssetID = "asset" // to hear of everything else
	}
	preview, err := p.service.Preview(r.Context(), r.Caller, sub)
	if err != nil {
		message, err := refuse(err, s, out.Problems)
		out.Refusal = cmp.Or(message, out.Refusal)
		return err
	}
	if s.Problem != "" {
		preview.Notes = nil // They are about that asset.
	}
	for i := range preview.Steps { // What is made up anew for every dry run.
		preview.Steps[i].TaskID, preview.Steps[i].NotBefore = "", time.Time{}
	}
	for i := range out.Plans {
		known := &out.Plans[i]
		if known.ProfileVersion == preview.ProfileVersion && reflect.DeepEqual(known.Steps, preview.Steps) && reflect.DeepEqual(known.Notes, preview.Notes) {
			known.Assets = append(known.Assets, s.Asset)
			return nil
		}
	}
	out.Plans = append(out.Plans, groupPlan{preview, []string{s.Asset}})
	return nil
}

// filePath is where the problem of a file is, in a fault.
var filePath = regexp.MustCompile(`^/filesets/0/files/(\d+)(/|$)`)

// refuse notes what a use case refuses with the files that it is about; message
// is what is about none. Errors that are no refusals it gives back.
func refuse(err error, s *set, problems map[string]string) (message string, _ error) {
	var fault *vod.Fault
	if !errors.As(err, &fault) {
		return "", err
	}
	elsewhere := len(fault.Problems) == 0
	for _, problem := range fault.Problems {
		m := filePath.FindStringSubmatch(problem.Path)
		if m == nil {
			elsewhere = true
			continue
		}
		if i, err := strconv.Atoi(m[1]); err == nil && i < len(s.Files) {
			problems[s.Files[i].Key] = problem.Message
		}
	}
	if elsewhere {
		message = fault.Message
	}
	return message, nil
}

// submission is what a group asks for; pending counts its files that have no
// address yet, for which another one stands in.
func submission(f form, s set) (sub orchestrate.Submission, pending int) {
	sub = orchestrate.Submission{AssetID: s.Asset, Profile: f.Profile, Force: f.Force, Schedule: f.Turn}
	var all []vod.File
	for _, e := range s.Files {
		file := vod.File{MediaType: e.Kind, Language: e.tag(), URI: e.URI}
		if e.URI == "" {
			file.URI = standIn
			pending++
		}
		all = append(all, file)
	}
	sub.Filesets = []vod.Fileset{{Files: all}}
	return sub, pending
}
