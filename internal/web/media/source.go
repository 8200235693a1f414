package media

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// maxAsked is how many tasks are asked for the facts of the source.
const maxAsked = 50

// source shows the facts of the source that the first ENCODING which knows them
// told.
func (p *pages) source(w http.ResponseWriter, r *page.Request) error {
	run, err := p.service.Get(r.Context(), r.Caller, r.PathValue("id"))
	if err != nil {
		return err
	}
	asked := 0
	for _, t := range run.Tasks {
		if t.Stage != vod.Encoding || t.Attempt == 0 || asked == maxAsked {
			continue
		}
		asked++
		attempts, err := p.service.Attempts(r.Context(), r.Caller, run, t.ID)
		if err != nil {
			return err
		}
		if s := told(attempts); s != nil {
			return p.templates.Part(w, r, "source", s)
		}
	}
	return nothing(w)
}

// told is what the newest attempt that knows tells of the source.
func told(attempts []vod.Attempt) (s *vod.SourceReport) {
	number := 0
	for _, a := range attempts {
		if a.Report != nil && a.Report.Source != nil && a.Number > number {
			s, number = a.Report.Source, a.Number
		}
	}
	return s
}

// rate is a frame rate as people write it, and exact: "25", or
// "30000/1001 (29.97)".
func rate(exact string) string {
	num, den, _ := strings.Cut(exact, "/")
	n, err := strconv.ParseFloat(num, 64)
	d, err2 := strconv.ParseFloat(den, 64)
	switch {
	case err != nil || err2 != nil || d <= 0:
		return exact
	case d == 1:
		return num
	}
	return exact + " (" + strconv.FormatFloat(n/d, 'f', 2, 64) + ")"
}
