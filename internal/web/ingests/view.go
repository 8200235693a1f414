package ingests

import (
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// listView is what the list shows.
type listView struct {
	choice
	Query    template.URL // of the choice, for all that is fetched later
	Rows     []row
	Counters []counter
	Active   []chip
	Views    []saved
	Profiles []string     // none: what there is is not known
	Older    template.URL // query of the rows below; empty: there are none
	Inner    bool         // there are newer rows than these
	Total    string       // how many the choice has
}

// Statuses are all that can be chosen.
func (listView) Statuses() []vod.IngestStatus { return vod.IngestStatuses() }

// None tells that there is nothing at all.
func (v listView) None() bool { return len(v.Rows) == 0 && !v.any() && !v.Inner }

// row is an ingest in the list.
type row struct {
	vod.Ingest
	Stages []vod.Stage
	Likely time.Time // when it may end; zero: not known
	From   int       // earlier runs that this was learnt from
	Late   bool      // it should have ended by now
	Dim    bool      // it was listed, and is no longer selected
	now    time.Time
}

func rowsOf(ingests []vod.Ingest, forecasts map[string]orchestrate.Forecast, now time.Time) []row {
	rows := make([]row, len(ingests))
	for i, in := range ingests {
		f := forecasts[in.ID]
		rows[i] = row{Ingest: in, now: now}
		if !in.Status.Final() {
			rows[i].Stages, rows[i].Likely, rows[i].From, rows[i].Late = f.Stages, f.End, f.From, f.Late
		}
	}
	return rows
}

// Elapsed is how long it took, or has taken so far.
func (r row) Elapsed() time.Duration {
	end := r.End
	if end.IsZero() {
		end = r.now
	}
	return max(end.Sub(r.Start), 0)
}

// maxError is how much of an error a row shows, in characters.
const maxError = 240

// Short is the error, shortened.
func (r row) Short() string {
	if utf8.RuneCountInString(r.Error) <= maxError {
		return r.Error
	}
	return strings.TrimSpace(string([]rune(r.Error)[:maxError])) + "…"
}

// counter tells how many ingests have a status, and leads to them.
type counter struct {
	Status vod.IngestStatus // empty: all of them
	Count  string
	Href   template.URL // query
	Chosen bool
}

// counters are those of all statuses; total is how many the choice has.
func (c choice) counters(counts map[vod.IngestStatus]int) (all []counter, total string) {
	rest := c.without(byStatus, "")
	exact := len(rest) == 0
	sum, capped := 0, false // of all statuses
	own, less := 0, false   // of those chosen
	for _, status := range vod.IngestStatuses() {
		n := counts[status]
		more := !exact && n >= orchestrate.CountMost
		sum, capped = sum+n, capped || more
		if len(c.Filter.Statuses) == 0 || c.Has(status) {
			own, less = own+n, less || more
		}
		to := url.Values{byStatus: {string(status)}}
		for name, values := range rest {
			to[name] = values
		}
		chosen := c.Has(status)
		if chosen && len(c.Filter.Statuses) == 1 {
			to = rest
		}
		all = append(all, counter{Status: status, Count: figure(n, exact), Href: encoded(to), Chosen: chosen})
	}
	first := counter{Count: figure(sum, !capped), Href: encoded(rest), Chosen: len(c.Filter.Statuses) == 0}
	return append([]counter{first}, all...), figure(own, !less)
}

// figure writes a count; one that is not exact may have ended at its most.
func figure(n int, exact bool) string {
	if !exact && n >= orchestrate.CountMost {
		return humanize.Comma(int64(n)) + "+"
	}
	return humanize.Comma(int64(n))
}

// chip is a part of the choice, and leads to the list without it.
type chip struct {
	Name, Value string
	Href        template.URL // query
}

func (c choice) chips(k *page.Kit) (all []chip) {
	for _, status := range c.Filter.Statuses {
		all = append(all, chip{k.Text("ingests.filter.status"), k.Text("status." + string(status)), encoded(c.without(byStatus, string(status)))})
	}
	for _, name := range singles() {
		if value, ok := c.Given[name]; ok && c.Problems[name] == "" {
			all = append(all, chip{k.Text("ingests.filter." + name), value, encoded(c.without(name, ""))})
		}
	}
	return all
}

// encoded is a query as it stands in an address.
func encoded(query url.Values) template.URL {
	return template.URL(query.Encode()) //nolint:gosec // It is encoded.
}
