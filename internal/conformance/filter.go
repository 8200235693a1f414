package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// filter is the parameters of a list, as names and values in turn, and what
// they mean.
type filter []string

// with is the filter with a further parameter.
func (f filter) with(more ...string) filter { return append(slices.Clone(f), more...) }

func (f filter) has(name string) bool {
	for i := 0; i < len(f); i += 2 {
		if f[i] == name {
			return true
		}
	}
	return false
}

// matches tells whether a row fulfils all parameters; several values of status
// are alternatives.
func (f filter) matches(r row) bool {
	var statuses []string
	for i := 0; i < len(f); i += 2 {
		name, value := f[i], f[i+1]
		switch name {
		case "assetId", "ingestId", "profileName":
			if r.get(name).str() != value {
				return false
			}
		case "status":
			statuses = append(statuses, strings.Split(value, ",")...)
		case "fromDate":
			if r.start().Before(bound(value)) {
				return false
			}
		case "toDate":
			if !r.start().Before(bound(value)) {
				return false
			}
		}
	}
	return len(statuses) == 0 || slices.Contains(statuses, r.status())
}

// bound reads what the checks themselves give as fromDate and toDate.
func bound(text string) time.Time {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t
	}
	return moment(&value{kind: '"', text: text})
}

func (f filter) String() string {
	var words []string
	for i := 0; i < len(f); i += 2 {
		words = append(words, f[i]+"="+f[i+1])
	}
	return strings.Join(words, " and ")
}

// filtered asks for the first page under the filter and judges it.
func (r *run) filtered(ctx context.Context, v *verdict, f filter) {
	a := r.get(ctx, "/ingests", f...)
	p, ok := asPage(a)
	if !ok {
		v.differ(a, wantedList, a.String())
		return
	}
	r.judge(v, p, f)
}

// judge holds a first page under a filter against what the walk showed: it has
// what matches and nothing else, in order. Rows newer than the walk are only
// held against the filter; rows that were not settled may have changed status.
func (r *run) judge(v *verdict, p page, f filter) {
	v.counts(p)
	r.compare(v, p, f)
}

// compare is judge for rows that may have come in several answers.
func (r *run) compare(v *verdict, p page, f filter) {
	for _, row := range p.rows {
		v.unless(f.matches(row), p.answer, "only ingests with "+f.String(), row.String())
		v.unless(!r.look.covers(row) || r.look.has(row.id()), p.answer, "only ingests that the list without filters shows", row.String())
	}
	if a, b, ok := inOrder(p.rows, func(a, b row) bool { return a.start().Before(b.start()) }); !ok {
		v.differ(p.answer, "newest first", fmt.Sprintf("%s before %s", a, b))
	}
	shown := ids(p.rows)
	for _, row := range r.look.rows {
		certain := row.settled() || !f.has("status")
		if certain && f.matches(row) && p.reaches(row) && !slices.Contains(shown, row.id()) {
			v.differ(p.answer, row.String()+" among the answers", "it is missing among "+brief(shown))
		}
	}
}

// reaches tells whether the row, if it matched, would stand on the page.
func (p page) reaches(r row) bool {
	return p.cursor == "" || len(p.rows) > 0 && !p.rows[len(p.rows)-1].before(r)
}

// pair is two rows that filters tell apart, settled ones if there are two.
func (s *survey) pair() (one, other row, ok bool) {
	best := -1
	rows := s.settled(surveyRows)
	if len(rows) < 2 {
		rows = s.rows
	}
	for i, a := range rows[:min(len(rows), defaultLimit-5)] {
		for _, b := range rows[i+1:] {
			if score := differing(a, b); score > best {
				one, other, best = a, b, score
			}
		}
	}
	return one, other, best >= 0
}

// differing counts in how many filterable members two rows differ.
func differing(a, b row) (n int) {
	for _, name := range []string{"assetId", "profileName", "status", "startTime"} {
		if a.get(name).str() != b.get(name).str() {
			n++
		}
	}
	return n
}

// exact gives the parameters that the row fulfils, each a filter of its own.
func exact(r row) map[string]filter {
	return map[string]filter{
		"assetId":     {"assetId", r.get("assetId").str()},
		"ingestId":    {"ingestId", r.id()},
		"profileName": {"profileName", r.get("profileName").str()},
		"status":      {"status", r.status()},
		"fromDate":    {"fromDate", stamp(r.start().Add(-time.Millisecond))},
		"toDate":      {"toDate", stamp(r.start().Add(2 * time.Millisecond))},
	}
}

// missing gives parameters that the row does not fulfil, but for members that
// it shares with the other. The dates miss it by a millisecond, and leave a
// range with those of exact.
func missing(r, other row) map[string]filter {
	f := exact(other)
	f["fromDate"] = filter{"fromDate", stamp(r.start().Add(time.Millisecond))}
	f["toDate"] = filter{"toDate", stamp(r.start())}
	return f
}
