package submit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// result is a group that became an ingest.
type result struct {
	IngestID string
	Asset    string
	Names    []string // of its files
}

// send submits every group. What was refused stays in the form with the reason,
// what was taken leaves it. Addresses that are no rows yet are shown as such
// first: nobody has seen what they would become.
func (p *pages) send(w http.ResponseWriter, r *page.Request) error {
	f, err := readForm(w, r)
	if err != nil {
		return err
	}
	v := view{Form: f, Review: len(f.Files) > len(r.PostForm["file"]) || len(f.Files) == 0}
	v.Plan.Problems = map[string]string{}
	if !v.Review {
		if err := p.sendAll(r, &v); err != nil {
			return err
		}
	}
	if !r.Part() {
		return p.whole(w, r, v)
	}
	v.arrange()
	return p.templates.Part(w, r, "submit-sent", v)
}

// sendAll submits the groups; those that were refused stay in v.
func (p *pages) sendAll(r *page.Request, v *view) error {
	kept := []set{}
	for _, s := range v.Form.sets() {
		id, err := p.sendSet(r, v.Form, &s, v.Plan.Problems)
		if err == nil && id != "" {
			v.Results = append(v.Results, resultOf(id, s))
			continue
		}
		if err = p.stay(r, err, &s, v.Plan.Problems); err != nil && len(v.Results) == 0 {
			return err // Otherwise what has begun must be told.
		}
		kept = append(kept, s)
	}
	v.Sets, v.Failed = kept, len(kept)
	v.Form.keep(kept)
	if len(kept) == 0 {
		v.Form.Nonce = uuid.NewString()
	}
	return nil
}

// stay notes why a group could not be submitted; nil stands for what is noted
// already.
func (p *pages) stay(r *page.Request, err error, s *set, problems map[string]string) error {
	if err == nil {
		return nil
	}
	message, err := refuse(err, s, problems)
	if err != nil {
		p.kit.Log().ErrorContext(r.Context(), "submit page: cannot submit", "asset", s.Asset, "error", err)
		message = p.kit.Text("submit.internal")
	}
	s.Problem = cmp.Or(message, s.Problem)
	return err
}

func resultOf(id string, s set) result {
	out := result{IngestID: id, Asset: s.Asset}
	for _, e := range s.Files {
		out.Names = append(out.Names, e.Name)
	}
	return out
}

// sendSet submits a group; no id and no error if it is not complete.
func (p *pages) sendSet(r *page.Request, f form, s *set, problems map[string]string) (string, error) {
	sub, pending := submission(f, *s)
	if s.Asset == "" {
		s.Problem = p.kit.Text("submit.asset.missing")
	}
	if pending > 0 {
		for _, e := range s.Files {
			if e.URI == "" {
				problems[e.Key] = p.kit.Text("submit.file.pending")
			}
		}
	}
	if s.Asset == "" || pending > 0 {
		return "", nil
	}
	key, err := requestKey(f.Nonce, sub)
	if err != nil {
		return "", err
	}
	return p.service.Submit(r.Context(), r.Caller, sub, key)
}

// requestKey makes a repetition of the same page's submission the same ingest.
// What was changed since is another one.
func requestKey(nonce string, sub orchestrate.Submission) (*orchestrate.RequestKey, error) {
	text, err := json.Marshal(sub)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	return &orchestrate.RequestKey{Key: "ui-" + nonce + "-" + hash[:32], BodyHash: hash}, nil
}

// keep leaves the files of these groups in the form.
func (f *form) keep(sets []set) {
	f.Files = slices.DeleteFunc(f.Files, func(e entry) bool {
		return !slices.ContainsFunc(sets, func(s set) bool {
			return slices.ContainsFunc(s.Files, func(kept entry) bool { return kept.Key == e.Key })
		})
	})
}
