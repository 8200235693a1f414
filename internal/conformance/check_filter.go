package conformance

import (
	"context"
	"slices"
	"strings"
)

const (
	needsTwo = "the server has less than two ingests"
	nobody   = "conformance-test-nobody-has-this"
)

func filterChecks() []Check {
	const group = "Filters"
	return []Check{
		{
			ID: "filter.asset", Group: group, Title: "assetId gives the ingests of that asset, all and only", Level: Contract, moving: true,
			Source: "page: all the ingests executed for a given asset", run: filterBy("assetId"),
		},
		{
			ID: "filter.ingest", Group: group, Title: "ingestId gives that ingest alone", Level: Contract, moving: true,
			Source: "page: filter the result by ingestId", run: filterBy("ingestId"),
		},
		{
			ID: "filter.profile", Group: group, Title: "profileName gives the ingests under that profile", Level: Contract, moving: true,
			Source: "page: filter the result by profile name", run: filterBy("profileName"),
		},
		{
			ID: "filter.status", Group: group, Title: "status gives the ingests in that state", Level: Contract, moving: true,
			Source: "page: filter the result by status", run: filterStatus,
		},
		{
			ID: "filter.nothing", Group: group, Title: "A filter that nothing fulfils gives no items, count 0, cursor null", Level: Contract,
			Source: "page: the form of a list", run: filterNothing,
		},
		{
			ID: "filter.pairs", Group: group, Title: "Every two of the page's filters hold together", Level: Contract, moving: true,
			Source: "page: the four filters", run: filterPairs,
		},
		{
			ID: "filter.all", Group: group, Title: "All four of the page's filters hold together", Level: Contract, moving: true,
			Source: "page: the four filters", run: filterAll,
		},
		{
			ID: "filter.status-many", Group: group, Title: "status may be given several times, with commas, or both", Level: Extension, moving: true,
			Source: "ours: status is repeatable or comma separated", run: filterStatusMany,
		},
		{
			ID: "filter.status-unknown", Group: group, Title: "A status that does not exist is a 400 that names the parameter", Level: Extension,
			Source: "ours: a value out of range is refused", run: filterStatusUnknown,
		},
		{
			ID: "filter.unknown", Group: group, Title: "A parameter that does not exist is a 400 that names it", Level: Extension,
			Source: "ours: a mistyped filter must not look like an answer", run: filterUnknown,
		},
	}
}

func pageFilters() []string { return []string{"assetId", "ingestId", "profileName", "status"} }

// filterBy asks for values that the walk showed.
func filterBy(name string) func(context.Context, *run) verdict {
	return func(ctx context.Context, r *run) (v verdict) {
		values := distinct(r.look.rows, name)
		asked := values
		if len(values) > 3 { // the rarest, one between, and the most frequent
			asked = []string{values[0], values[len(values)/2], values[len(values)-1]}
		}
		for _, value := range asked {
			r.filtered(ctx, &v, filter{name, value})
		}
		return v.orUntested(len(asked), "the server has no ingest")
	}
}

func filterStatus(ctx context.Context, r *run) (v verdict) {
	asked := distinct(slices.Concat(r.look.rows, r.look.others), "status")
	for _, status := range asked {
		r.filtered(ctx, &v, filter{"status", status})
	}
	return v.orUntested(len(asked), "the server has no ingest")
}

func filterNothing(ctx context.Context, r *run) (v verdict) {
	for _, name := range []string{"assetId", "profileName", "ingestId"} {
		value := nobody
		if name == "ingestId" {
			value = unknownID
		}
		a := r.get(ctx, "/ingests", name, value)
		p, ok := asPage(a)
		v.unless(ok && len(p.rows) == 0 && p.json.get("count").String() == "0" && p.json.get("cursor").is("null"),
			a, `{"items":[],"count":0,"cursor":null}`, a.String())
	}
	return v
}

func filterPairs(ctx context.Context, r *run) verdict { return r.pairs(ctx, pageFilters(), nil) }

// pairs asks for one ingest by every two filters, both right or one of them
// wrong. Of each two, one is among also, if that is not empty.
func (r *run) pairs(ctx context.Context, names, also []string) (v verdict) {
	one, other, ok := r.look.pair()
	if !ok {
		return untested(needsTwo)
	}
	right, wrong := exact(one), missing(one, other)
	all := slices.Concat(names, also)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if len(also) > 0 && !slices.Contains(also, b) {
				continue
			}
			r.filtered(ctx, &v, right[a].with(right[b]...))
			r.filtered(ctx, &v, right[a].with(wrong[b]...))
			r.filtered(ctx, &v, wrong[a].with(right[b]...))
		}
	}
	return v
}

func filterAll(ctx context.Context, r *run) verdict { return r.together(ctx, pageFilters()) }

// together asks for one ingest by all filters, then with one of them that of
// another ingest.
func (r *run) together(ctx context.Context, names []string) (v verdict) {
	one, other, ok := r.look.pair()
	if !ok {
		return untested(needsTwo)
	}
	right, wrong := exact(one), missing(one, other)
	for _, changed := range append([]string{""}, names...) {
		var f filter
		for _, name := range names {
			part := right[name]
			if name == changed {
				part = wrong[name]
			}
			f = f.with(part...)
		}
		r.filtered(ctx, &v, f)
	}
	return v
}

func filterStatusMany(ctx context.Context, r *run) (v verdict) {
	statuses := distinct(slices.Concat(r.look.rows, r.look.others), "status")
	if len(statuses) < 2 {
		return untested("it needs ingests in two states")
	}
	a, b, c := statuses[0], statuses[1], statuses[len(statuses)-1]
	for _, f := range []filter{
		{"status", a + "," + b},
		{"status", a, "status", b},
		{"status", a + "," + b, "status", c},
		{"status", strings.Join(statuses, ",")},
		{"status", a, "status", a},
		{"status", b + "," + a, "limit", "500"},
	} {
		r.filtered(ctx, &v, f)
	}
	return v
}

func filterStatusUnknown(ctx context.Context, r *run) (v verdict) {
	for _, value := range []string{"NO_SUCH_STATUS", "COMPLETED,NO_SUCH_STATUS", "completed", ""} {
		v.refuses(r.get(ctx, "/ingests", "status", value), "status")
	}
	return v
}

func filterUnknown(ctx context.Context, r *run) (v verdict) {
	for _, name := range []string{"assetid", "colour"} {
		v.refuses(r.get(ctx, "/ingests", name, "1"), name)
	}
	return v
}
