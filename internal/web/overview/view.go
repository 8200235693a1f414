package overview

import (
	"html/template"
	"net/url"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// view is what the template shows.
type view struct {
	Spans    []link
	Span     string // of them; empty: from and to were given
	Every    int    // seconds at least between two looks at the figures
	From, To string // of the fields
	Custom   bool
	Profile  string
	Profiles []string
	Report   statistics.Report
	Empty    bool
	Tiles    []tile

	Throughput, Depth, Rate  template.HTML
	StageChart, ProfileChart template.HTML
	Stages, ProfileRows      []timed
	Errors                   []failure
}

type link struct {
	Name, Href string
	Current    bool
}

// tile is a key number.
type tile struct {
	Name  string // of its texts
	Value string
	Href  string // a list of what it counts; empty: none
	Bad   bool
}

// timed tells how long something takes, and what of it there is.
type timed struct {
	Name             string
	Href             string
	Running, Waiting int64
	statistics.Counts
	Rate     string
	Count    int64
	P50, P95 time.Duration
}

// failure is a row of the commonest errors.
type failure struct {
	statistics.Errors
	Ingest, List string // addresses
}

// words gives texts by their key.
type words func(key string, args ...any) string

// viewOf makes the view of a report. base is the address of the tenant's pages.
func viewOf(base string, c choice, r statistics.Report, text words) view {
	v := view{
		Span: c.span, Every: every(r), Profile: c.profile, Report: r, Empty: r.Empty(), Custom: c.span == "",
		From: field(r.From), To: field(r.To),
	}
	for _, s := range spans() {
		to := choice{span: s.name, profile: c.profile}
		v.Spans = append(v.Spans, link{Name: s.name, Href: to.address(), Current: s.name == c.span})
	}
	known := c.profile == ""
	for _, p := range r.Profiles {
		v.Profiles = append(v.Profiles, p.Name)
		known = known || p.Name == c.profile
	}
	if !known {
		v.Profiles = append(v.Profiles, c.profile)
	}
	a := addresses{base: base, from: r.From, to: r.To, profile: c.profile}
	v.Tiles = tiles(a, r, text)
	v.Throughput, v.Depth, v.Rate = throughput(r, text), depth(r, text), rate(r, text)
	v.Stages, v.ProfileRows = stages(r), profiles(a, r)
	v.StageChart = spreads("stages", v.Stages, text)
	v.ProfileChart = spreads("profiles", v.ProfileRows, text)
	for _, e := range r.Errors {
		v.Errors = append(v.Errors, failure{Errors: e, Ingest: base + "/ingests/" + url.PathEscape(e.IngestID), List: a.failures(e)})
	}
	return v
}

// every is how often the figures are worth another look: a long range changes
// little, and costs the server more.
func every(r statistics.Report) int {
	switch span := r.To.Sub(r.From); {
	case span <= 2*statistics.Day:
		return 10
	case span <= 14*statistics.Day:
		return 30
	}
	return 120
}

func tiles(a addresses, r statistics.Report, text words) []tile {
	median := "–"
	if whole := r.Whole(); whole.Count() > 0 {
		median = lasting(whole.Percentile(50))
	}
	failed, ok := r.Total.FailureRate()
	return []tile{
		{Name: "queued", Value: number(r.Load.Queued), Href: a.now(vod.Queued)},
		{Name: "running", Value: number(r.Load.Running + r.Load.Cancelling), Href: a.now(vod.Running, vod.Cancelling)},
		{Name: "completed", Value: number(r.Total.Completed), Href: a.ended(vod.Completed)},
		{Name: "failed", Value: number(r.Total.Failed), Href: a.ended(vod.Failed), Bad: r.Total.Failed > 0},
		{Name: "rate", Value: share(failed, ok)},
		{Name: "median", Value: median},
	}
}

// stages has every stage that has something to tell, in their order.
func stages(r statistics.Report) (rows []timed) {
	for _, stage := range vod.Stages() {
		h, load := r.OfStage(stage), r.Task(stage)
		if h.Count() == 0 && load.Running == 0 && load.Waiting == 0 {
			continue
		}
		rows = append(rows, timed{
			Name: string(stage), Running: load.Running, Waiting: load.Waiting,
			Count: h.Count(), P50: h.Percentile(50), P95: h.Percentile(95),
		})
	}
	return rows
}

func profiles(a addresses, r statistics.Report) (rows []timed) {
	for _, p := range r.Profiles {
		if r.Profile != "" && r.Profile != p.Name {
			continue
		}
		h := r.OfProfile(p.Name)
		failed, ok := p.FailureRate()
		rows = append(rows, timed{
			Name: p.Name, Href: a.base + "/profiles/" + url.PathEscape(p.Name), Counts: p.Counts, Rate: share(failed, ok),
			Count: h.Count(), P50: h.Percentile(50), P95: h.Percentile(95),
		})
	}
	return rows
}

// addresses makes those of lists of ingests.
type addresses struct {
	base     string
	from, to time.Time
	profile  string
}

func (a addresses) list(v url.Values, statuses ...vod.IngestStatus) string {
	for _, s := range statuses {
		v.Add("status", string(s))
	}
	if a.profile != "" {
		v.Set("profileName", a.profile)
	}
	return a.base + "/ingests?" + v.Encode()
}

// now lists what is in the statuses at this moment.
func (a addresses) now(statuses ...vod.IngestStatus) string { return a.list(url.Values{}, statuses...) }

// ended lists what was accepted in the range and ended in the status: lists know
// no range of ends, which for most ingests is the same.
func (a addresses) ended(status vod.IngestStatus) string {
	return a.list(url.Values{"fromDate": {a.from.Format(time.RFC3339)}, "toDate": {a.to.Format(time.RFC3339)}}, status)
}

// failures lists the ingests that have the example's message in their error.
func (a addresses) failures(e statistics.Errors) string {
	return a.list(url.Values{"text": {e.Message}}, vod.Failed)
}

// number groups the digits by narrow spaces (U+202F), as ISO 80000-1 has it.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && len(digits) > 4; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

// share is a rate in percent, rounded away from 0 and 100, which it is not.
func share(rate float64, ok bool) string {
	percent := rate * 100
	switch {
	case !ok:
		return "–"
	case percent > 0 && percent < 0.1:
		return "< 0.1 %"
	case percent > 99.9 && percent < 100:
		return "> 99.9 %"
	}
	return strconv.FormatFloat(percent, 'f', 1, 64) + " %"
}
