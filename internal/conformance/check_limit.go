package conformance

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const (
	defaultLimit = 25
	mostLimit    = 500
)

func limitChecks() []Check {
	const group = "Limit"
	return []Check{
		{
			ID: "limit.default", Group: group, Title: "A page has 25 items unless told otherwise", Level: Contract,
			Source: "page: count 25 in the example without parameters", run: limitDefault,
		},
		{
			ID: "limit.small", Group: group, Title: "limit=1 and limit=2 give that many of the newest", Level: Contract, moving: true,
			Source: "page: the user can limit the number of results", run: limitSmall,
		},
		{
			ID: "limit.500", Group: group, Title: "limit=500 is accepted, and gives all that the walk showed", Level: Extension, moving: true,
			Source: "ours: limit is 1 to 500", run: limitMost,
		},
		{
			ID: "limit.range", Group: group, Title: "A limit that is no whole number from 1 to 500 is a 400 that names it", Level: Extension,
			Source: "ours: a value out of range is refused", run: limitRange,
		},
	}
}

func limitDefault(_ context.Context, r *run) (v verdict) {
	for _, p := range r.look.pages {
		n := len(p.rows)
		v.unless(n <= defaultLimit && (p.cursor == "" || n == defaultLimit), p.answer,
			fmt.Sprintf("%d items, or fewer on the last page", defaultLimit), fmt.Sprintf("%d items, cursor %s", n, short(p.json.get("cursor").String())))
	}
	return v
}

func limitSmall(ctx context.Context, r *run) (v verdict) {
	for _, limit := range []int{1, 2} {
		a := r.get(ctx, "/ingests", "limit", strconv.Itoa(limit))
		p, ok := asPage(a)
		want := min(limit, len(r.look.rows))
		v.unless(ok && (len(p.rows) == want || !r.look.complete && len(p.rows) == limit), a, fmt.Sprintf("%d items", want), say(p, ok))
		if ok {
			r.judge(&v, p, filter{})
		}
	}
	return v.orUntested(len(r.look.rows), "the server has no ingest")
}

func say(p page, ok bool) string {
	if !ok {
		return p.String()
	}
	return fmt.Sprintf("%d items: %s", len(p.rows), brief(ids(p.rows)))
}

func limitMost(ctx context.Context, r *run) (v verdict) {
	p, ok := asPage(r.get(ctx, "/ingests", "limit", strconv.Itoa(mostLimit)))
	if !ok {
		v.differ(p.answer, wantedList, p.String())
		return v
	}
	v.unless(len(p.rows) <= mostLimit && (p.cursor == "" || len(p.rows) == mostLimit), p.answer, "500 items, or fewer on the last page",
		fmt.Sprintf("%d items, cursor %s", len(p.rows), short(p.json.get("cursor").String())))
	r.judge(&v, p, filter{})
	return v
}

func limitRange(ctx context.Context, r *run) (v verdict) {
	for _, value := range []string{"0", "-1", "501", "1.5", "many", ""} {
		v.refuses(r.get(ctx, "/ingests", "limit", value), "limit")
	}
	return v
}

// refuses wants a 400 that names the parameter.
func (v *verdict) refuses(a *answer, parameter string) {
	named := strings.Contains(string(a.body), parameter)
	v.unless(a.status == http.StatusBadRequest && named, a, "400 that names "+parameter, a.String())
}
