package conformance

import (
	"context"
	"time"
)

func dateChecks() []Check {
	const group = "Dates"
	return []Check{
		{
			ID: "date.from", Group: group, Title: "fromDate is inclusive to the millisecond", Level: Extension, moving: true,
			Source: "ours: fromDate is inclusive", run: dateEdge("fromDate"),
		},
		{
			ID: "date.to", Group: group, Title: "toDate is exclusive to the millisecond", Level: Extension, moving: true,
			Source: "ours: toDate is exclusive", run: dateEdge("toDate"),
		},
		{
			ID: "date.day", Group: group, Title: "A bare date is the start of that UTC day", Level: Extension, moving: true,
			Source: "ours: dates without a time", run: dateDay,
		},
		{
			ID: "date.pairs", Group: group, Title: "Dates hold together with each other filter", Level: Extension, moving: true,
			Source: "ours: filters combine with AND", run: datePairs,
		},
		{
			ID: "date.all", Group: group, Title: "All six filters hold together", Level: Extension, moving: true,
			Source: "ours: filters combine with AND", run: dateAll,
		},
		{
			ID: "date.broken", Group: group, Title: "A date that is none is a 400 that names the parameter", Level: Extension,
			Source: "ours: a value out of range is refused", run: dateBroken,
		},
	}
}

// dateEdge puts the bound at the startTime of an ingest, a millisecond before
// and one after it.
func dateEdge(name string) func(context.Context, *run) verdict {
	return func(ctx context.Context, r *run) (v verdict) {
		for _, row := range r.look.near() {
			for _, edge := range []time.Duration{-time.Millisecond, 0, time.Millisecond} {
				r.filtered(ctx, &v, filter{name, stamp(row.start().Add(edge))})
			}
		}
		return v.orUntested(len(r.look.near()), "no ingest has a startTime")
	}
}

// near gives up to three rows that stand on the first page of any answer which
// begins with the newest.
func (s *survey) near() (rows []row) {
	for _, i := range []int{0, 1, defaultLimit / 2} {
		if i < len(s.rows) && !s.rows[i].start().IsZero() {
			rows = append(rows, s.rows[i])
		}
	}
	return rows
}

func dateDay(ctx context.Context, r *run) (v verdict) {
	near := r.look.near()
	if len(near) == 0 {
		return untested("no ingest has a startTime")
	}
	day := near[len(near)-1].start().UTC()
	for _, f := range []filter{
		{"fromDate", day.Format(time.DateOnly)},
		{"toDate", day.Format(time.DateOnly)},
		{"toDate", day.AddDate(0, 0, 1).Format(time.DateOnly)},
	} {
		r.filtered(ctx, &v, f)
	}
	return v
}

func datePairs(ctx context.Context, r *run) verdict {
	return r.pairs(ctx, pageFilters(), []string{"fromDate", "toDate"})
}

func dateAll(ctx context.Context, r *run) verdict {
	return r.together(ctx, append(pageFilters(), "fromDate", "toDate"))
}

func dateBroken(ctx context.Context, r *run) (v verdict) {
	for _, name := range []string{"fromDate", "toDate"} {
		for _, value := range []string{"yesterday", "2021-13-01", "2021-12-08T10:50", "1638960621481", ""} {
			v.refuses(r.get(ctx, "/ingests", name, value), name)
		}
	}
	return v
}
