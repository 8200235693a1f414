package conformance

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

func itemChecks() []Check {
	const group = "Items"
	return []Check{
		{
			ID: "item.keys", Group: group, Title: "Items have exactly the page's keys in the page's order", Level: Contract,
			Source: "page: the example of a list", run: itemKeysCheck,
		},
		{
			ID: "item.types", Group: group, Title: "Each member of an item has the page's type", Level: Contract,
			Source: "page: the example of a list, the table of parameters", run: itemTypes,
		},
		{
			ID: "item.times", Group: group, Title: "startTime and endTime are ISO 8601 in UTC with three decimals and Z", Level: Contract,
			Source: "page: the examples, all of this form", run: itemTimes,
		},
		{
			ID: "item.elapsed", Group: group, Title: "elapsedTime is endTime - startTime in milliseconds", Level: Contract,
			Source: "page: so in every example", run: itemElapsed,
		},
		{
			ID: "item.progress", Group: group, Title: "progress is a whole number from 0 to 100", Level: Contract,
			Source: "page: percentage of progress", run: itemProgress,
		},
		{
			ID: "item.details-url", Group: group, Title: "detailsUrl is /ingests/ and the ingestId", Level: Contract,
			Source: "page: the example of a list", run: itemDetailsURL,
		},
		{
			ID: "item.status", Group: group, Title: "status is of the seven documented ones", Level: Extension,
			Source: "page: COMPLETED, SKIPPED; ours: QUEUED, RUNNING, CANCELLING, FAILED, CANCELLED", run: itemStatus,
		},
		{
			ID: "item.error", Group: group, Title: "FAILED has an error, COMPLETED and SKIPPED have none", Level: Extension,
			Source: "page: error details if there are any; ours: which statuses have them", run: itemError,
		},
	}
}

func ingestStatuses() []string {
	return []string{"QUEUED", "RUNNING", "CANCELLING", "COMPLETED", "SKIPPED", "FAILED", "CANCELLED"}
}

// eachItem makes a check of every item that the survey met.
func (r *run) eachItem(look func(*verdict, row)) (v verdict) {
	for _, row := range r.look.rows {
		look(&v, row)
	}
	for _, row := range r.look.others {
		look(&v, row)
	}
	return v.orUntested(len(r.look.rows)+len(r.look.others), "the server has no ingest")
}

func itemKeysCheck(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) { v.hasKeys(i.from, "an item", i.value, itemKeys()...) })
}

func itemTypes(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) {
		v.hasTypes(i.from, "ingest "+i.id(), i.value, "ingestId", "string", "assetId", "string", "detailsUrl", "string",
			"profileName", "string", "error", "string|null", "mediaTypes", "array", "progress", "number", "startTime", "string",
			"endTime", "string|null", "status", "string", "elapsedTime", "number")
		v.allStrings(i.from, "mediaTypes of ingest "+i.id(), i.get("mediaTypes"))
	})
}

func itemTimes(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) { v.hasTimes(i.from, "ingest "+i.id(), i.value) })
}

func itemElapsed(_ context.Context, r *run) verdict {
	ended := 0
	v := r.eachItem(func(v *verdict, i row) {
		if v.addsUp(i.from, "ingest "+i.id(), i.value) {
			ended++
		}
	})
	return v.orUntested(ended, "no ingest has ended")
}

func itemProgress(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) { v.inPercent(i.from, "ingest "+i.id(), i.value) })
}

func detailPath(id string) string { return "/ingests/" + url.PathEscape(id) }

func itemDetailsURL(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) {
		v.unless(i.get("detailsUrl").str() == detailPath(i.id()), i.from, "detailsUrl "+detailPath(i.id()), short(i.get("detailsUrl").String()))
	})
}

func itemStatus(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) {
		v.unless(slices.Contains(ingestStatuses(), i.status()), i.from, "one of "+strings.Join(ingestStatuses(), ", "), short(i.status()))
	})
}

func itemError(_ context.Context, r *run) verdict {
	return r.eachItem(func(v *verdict, i row) {
		text := i.get("error")
		switch i.status() {
		case "FAILED":
			v.unless(text.str() != "", i.from, "an error that says why ingest "+i.id()+" failed", text.String())
		case "COMPLETED", "SKIPPED":
			v.unless(text.is("null"), i.from, "error null for ingest "+i.id()+", which is "+i.status(), short(text.String()))
		}
	})
}
