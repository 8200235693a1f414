package profiles

import (
	"errors"
	"net/http"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// checked is what became of a look at a draft.
type checked struct {
	Good     bool
	Name     string // of a draft that is good
	Message  string // what is wrong with it as a whole
	Problems []problem
	Pipeline pipeline // of a draft that is good
}

// problem is one problem of a draft.
type problem struct {
	Line    int // from 1; 0: not known
	Path    string
	Message string
}

// check answers the editor while somebody types.
func (p *pages) check(w http.ResponseWriter, r *page.Request) error {
	d, err := readDraft(w, r)
	if err != nil {
		return err
	}
	c, err := p.checkDraft(r, d)
	if err != nil {
		return err
	}
	return p.templates.Part(w, r, "profiles-check", c)
}

// checkDraft checks a draft as applying it would. Its error is none of the
// draft's.
func (p *pages) checkDraft(r *page.Request, d draft) (checked, error) {
	err := p.ProfileValidate(r.Context(), r.Caller, d.Name, []byte(d.Document))
	if err != nil {
		return faults(d, err)
	}
	doc, err := profile.Parse(d.Name, []byte(d.Document))
	if err != nil {
		return faults(d, err)
	}
	c := checked{Good: true, Name: doc.Name}
	c.Pipeline, err = p.pipeline(doc.JSON)
	return c, err
}

// faults are the problems that an error tells of the draft.
func faults(d draft, err error) (checked, error) {
	var fault *vod.Fault
	if !errors.As(err, &fault) || fault.Code != vod.Unusable {
		return checked{}, err
	}
	c := checked{Message: fault.Message}
	for i, line := range profile.Lines([]byte(d.Document), fault.Problems) {
		found := fault.Problems[i]
		if rest, ok := strings.CutPrefix(found.Message, "line "); ok { // It stands before the message.
			if _, after, cut := strings.Cut(rest, ": "); cut {
				found.Message = after
			}
		}
		c.Problems = append(c.Problems, problem{Line: line, Path: found.Path, Message: found.Message})
	}
	return c, nil
}
