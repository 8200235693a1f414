package conformance

import (
	"context"
	"net/http"
)

func detailChecks() []Check {
	const group = "Detail"
	return []Check{
		{
			ID: "detail.answer", Group: group, Title: "detailsUrl answers 200 with an object", Level: Contract,
			Source: "page: the detailsUrl link can be followed", run: detailAnswer,
		},
		{
			ID: "detail.json", Group: group, Title: "Details are one JSON value, in UTF-8, no key twice", Level: Contract,
			Source: "page: the example of a detail", run: detailJSON,
		},
		{
			ID: "detail.keys", Group: group, Title: "Details have exactly the page's keys in the page's order", Level: Contract,
			Source: "page: the example of a detail", run: detailKeysCheck,
		},
		{
			ID: "detail.types", Group: group, Title: "Each member of a detail has the page's type", Level: Contract,
			Source: "page: the example of a detail; ours: input is null for history that was imported without it", run: detailTypes,
		},
		{
			ID: "detail.times", Group: group, Title: "startTime and endTime are ISO 8601 in UTC with three decimals and Z", Level: Contract,
			Source: "page: the example of a detail", run: detailTimes,
		},
		{
			ID: "detail.elapsed", Group: group, Title: "elapsedTime is endTime - startTime in milliseconds", Level: Contract,
			Source: "page: the example of a detail", run: detailElapsed,
		},
		{
			ID: "detail.progress", Group: group, Title: "progress is a whole number from 0 to 100", Level: Contract,
			Source: "page: percentage of progress", run: detailProgress,
		},
		{
			ID: "detail.matches-list", Group: group, Title: "The detail has the values of the list's item", Level: Contract, moving: true,
			Source: "page: the same parameters in both", run: detailMatches,
		},
		{
			ID: "detail.tenant", Group: group, Title: "tenant is the tenant that was asked for", Level: Contract,
			Source: "page: tenant details of the user", run: detailTenant,
		},
		{
			ID: "detail.unknown", Group: group, Title: "An ingest that does not exist is a 404", Level: Contract,
			Source: "page: the status of a single ingest; RFC 9110 section 15.5.5", run: detailUnknown,
		},
	}
}

// eachDetail makes a check of every detail that was read.
func (r *run) eachDetail(look func(*verdict, detail)) (v verdict) {
	looked := 0
	for _, d := range r.look.details {
		if d.ok() {
			looked++
			look(&v, d)
		}
	}
	return v.orUntested(looked, "no detail could be read")
}

func detailAnswer(_ context.Context, r *run) (v verdict) {
	for _, d := range r.look.details {
		v.unless(d.ok() || d.err == nil && d.status == http.StatusOK && d.badly != nil, d.answer, "200 with a JSON object", d.String())
	}
	return v.orUntested(len(r.look.details), "the server has no ingest")
}

func detailJSON(_ context.Context, r *run) (v verdict) {
	for _, d := range r.look.details {
		if d.badly != nil {
			v.differ(d.answer, "one JSON value", short(d.badly.Error()))
		}
	}
	return v.orUntested(len(r.look.details), "the server has no ingest")
}

func detailKeysCheck(_ context.Context, r *run) verdict {
	return r.eachDetail(func(v *verdict, d detail) { v.hasKeys(d.answer, "a detail", d.json, detailKeys()...) })
}

func detailTypes(_ context.Context, r *run) verdict {
	return r.eachDetail(func(v *verdict, d detail) {
		what := "ingest " + d.row.id()
		v.hasTypes(d.answer, what, d.json, "status", "string", "startTime", "string", "endTime", "string|null", "progress", "number",
			"elapsedTime", "number", "assetId", "string", "ingestId", "string", "tenant", "string", "profileName", "string",
			"input", "object|null", "mediaTypes", "array", "tasks", "array", "error", "string|null")
		v.allStrings(d.answer, "mediaTypes of "+what, d.json.get("mediaTypes"))
	})
}

func detailTimes(_ context.Context, r *run) verdict {
	return r.eachDetail(func(v *verdict, d detail) { v.hasTimes(d.answer, "ingest "+d.row.id(), d.json) })
}

func detailElapsed(_ context.Context, r *run) verdict {
	ended := 0
	v := r.eachDetail(func(v *verdict, d detail) {
		if v.addsUp(d.answer, "ingest "+d.row.id(), d.json) {
			ended++
		}
	})
	return v.orUntested(ended, "no ingest has ended")
}

func detailProgress(_ context.Context, r *run) verdict {
	return r.eachDetail(func(v *verdict, d detail) { v.inPercent(d.answer, "ingest "+d.row.id(), d.json) })
}

// detailMatches compares what cannot have changed since the list was read.
func detailMatches(_ context.Context, r *run) verdict {
	return r.eachDetail(func(v *verdict, d detail) {
		names := []string{"ingestId", "assetId", "profileName", "startTime", "mediaTypes"}
		if d.row.settled() {
			names = append(names, "error", "progress", "endTime", "status", "elapsedTime")
		}
		for _, name := range names {
			listed, got := d.row.get(name), d.json.get(name)
			v.unless(same(listed, got), d.answer, "the list's "+name+" "+short(listed.String())+" of ingest "+d.row.id(), short(got.String()))
		}
	})
}

func detailTenant(_ context.Context, r *run) verdict {
	tenant := r.options.Tenant
	return r.eachDetail(func(v *verdict, d detail) {
		got := d.json.get("tenant")
		if tenant == "" { // All of one token's answers are of one tenant, whichever.
			tenant = got.str()
		}
		v.unless(got.str() != "" && got.str() == tenant, d.answer, "tenant "+tenant, short(got.String()))
	})
}

// unknownID is a UUID (version 4) that no server has given.
const unknownID = "c0f0a9ce-7e57-4b1d-8d2c-0e57f0057e57"

func detailUnknown(ctx context.Context, r *run) (v verdict) {
	a := r.get(ctx, detailPath(unknownID))
	v.unless(a.status == http.StatusNotFound, a, "404", a.String())
	return v
}
