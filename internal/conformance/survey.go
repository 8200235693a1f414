package conformance

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

const (
	surveyRows    = 100 // that the walk looks for
	surveyPages   = 8   // that it takes at most, should pages be small
	surveyDetails = 12
	moreDetails   = 12 // that are read if none of the first has a task
)

// survey is what the server has: the rows of its list from the newest on, and
// some details.
type survey struct {
	answered bool // GET /ingests gave a list
	pages    []page
	rows     []row
	complete bool // the rows are all there are
	others   []row
	details  []detail
}

// detail is the answer to the detailsUrl of a row.
type detail struct {
	*answer
	row row
}

// ok tells whether there is a detail to look at.
func (d detail) ok() bool { return d.err == nil && d.status == http.StatusOK && d.json.is("object") }

func (d detail) settled() bool { return d.json.get("endTime").is("string") }

// survey walks the list and reads details.
func (r *run) survey(ctx context.Context) {
	r.surveys++
	r.look = survey{}
	s := &r.look
	first, ok := asPage(r.get(ctx, "/ingests"))
	s.pages = append(s.pages, first)
	if s.answered = ok; !ok {
		return
	}
	s.rows = append(s.rows, first.rows...)
	s.walk(ctx, r)
	for _, status := range []string{"QUEUED", "RUNNING", "CANCELLING", "COMPLETED", "SKIPPED", "FAILED", "CANCELLED"} {
		s.seek(ctx, r, status)
	}
	for _, candidate := range s.sample() {
		s.read(ctx, r, candidate)
	}
	rest := s.rows
	for extra := 0; extra < moreDetails && len(rest) > 0 && len(s.tasks()) == 0; rest = rest[1:] {
		if !s.hasDetail(rest[0].id()) {
			s.read(ctx, r, rest[0])
			extra++
		}
	}
}

func (s *survey) walk(ctx context.Context, r *run) {
	for {
		last := s.pages[len(s.pages)-1]
		if last.cursor == "" {
			s.complete = true
			return
		}
		if len(s.rows) >= surveyRows || len(s.pages) == surveyPages {
			return
		}
		next, ok := asPage(r.get(ctx, "/ingests", "cursor", last.cursor))
		s.pages = append(s.pages, next)
		if !ok {
			return
		}
		s.rows = append(s.rows, next.rows...)
	}
}

// seek asks for an ingest in a state that the walk did not meet.
func (s *survey) seek(ctx context.Context, r *run, status string) {
	for _, row := range s.rows {
		if row.status() == status {
			return
		}
	}
	if s.complete {
		return
	}
	if p, ok := asPage(r.get(ctx, "/ingests", "status", status, "limit", "1")); ok {
		s.others = append(s.others, p.rows...)
	}
}

// sample chooses rows to read in detail: of every status and profile one, then
// the oldest.
func (s *survey) sample() (chosen []row) {
	seen := map[string]bool{}
	all := append(append([]row{}, s.others...), s.rows...)
	for _, row := range all {
		kind := row.status() + " " + row.get("profileName").str()
		if !seen[kind] && len(chosen) < surveyDetails {
			seen[kind] = true
			chosen = append(chosen, row)
		}
	}
	if n := len(s.rows); n > 1 {
		chosen = append(chosen, s.rows[n-1])
	}
	return chosen
}

func (s *survey) read(ctx context.Context, r *run, of row) {
	if s.hasDetail(of.id()) {
		return
	}
	path := of.get("detailsUrl").str()
	// Elsewhere the token must not go.
	if _, err := url.Parse(path); err != nil || !strings.HasPrefix(path, "/") {
		path = detailPath(of.id())
	}
	s.details = append(s.details, detail{r.get(ctx, path), of})
}

func (s *survey) hasDetail(id string) bool {
	for _, d := range s.details {
		if d.row.id() == id {
			return true
		}
	}
	return false
}

// task is a task of a detail.
type task struct {
	*value
	of detail
}

func (s *survey) tasks() (all []task) {
	for _, d := range s.details {
		for _, t := range d.json.get("tasks").list() {
			all = append(all, task{t, d})
		}
	}
	return all
}

// covers tells whether the walk went past where the row stands.
func (s *survey) covers(r row) bool {
	if len(s.rows) == 0 {
		return false
	}
	newest, oldest := s.rows[0], s.rows[len(s.rows)-1]
	return !r.before(newest) && (s.complete || !oldest.before(r))
}

func (s *survey) has(id string) bool {
	for _, r := range s.rows {
		if r.id() == id {
			return true
		}
	}
	return false
}

// settled rows, at most n.
func (s *survey) settled(n int) (rows []row) {
	for _, r := range s.rows {
		if r.settled() && len(rows) < n {
			rows = append(rows, r)
		}
	}
	return rows
}

// of gives a row in the state, be it of the walk or not.
func (s *survey) of(status string) (row, bool) {
	for _, rows := range [][]row{s.rows, s.others} {
		for _, r := range rows {
			if r.status() == status {
				return r, true
			}
		}
	}
	return row{}, false
}
