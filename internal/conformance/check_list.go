package conformance

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
)

func listChecks() []Check {
	const group = "List"
	return []Check{
		{
			ID: "list.answer", Group: group, Title: "GET /ingests answers 200 with a list", Level: Contract, bare: true,
			Source: "page: the ingests endpoint and its example", run: listAnswer,
		},
		{
			ID: "list.json", Group: group, Title: "Lists are one JSON value, in UTF-8, no key twice", Level: Contract, bare: true,
			Source: "page: the example of a list", run: listJSON,
		},
		{
			ID: "list.keys", Group: group, Title: "Keys of a list: items, count, cursor, in this order", Level: Contract,
			Source: "page: the example of a list", run: listKeysCheck,
		},
		{
			ID: "list.types", Group: group, Title: "items is an array, count a number, cursor a string or null", Level: Contract,
			Source: "page: the examples of lists", run: listTypes,
		},
		{
			ID: "list.count", Group: group, Title: "count is the number of items in the answer", Level: Contract,
			Source: "page: count 25 beside 25 items, 1 beside one", run: listCount,
		},
		{
			ID: "list.order", Group: group, Title: "Newest startTime first", Level: Contract, moving: true,
			Source: "page: ordered in ingest timestamp from latest to oldest", run: listOrder,
		},
		{
			ID: "list.ties", Group: group, Title: "Equal startTimes by ingestId descending, bytewise", Level: Extension, moving: true,
			Source: "ours: the order is total, so that a cursor has one place", run: listTies,
		},
		{
			ID: "list.unique", Group: group, Title: "No ingest stands in the list twice", Level: Contract, moving: true,
			Source: "page: ingestId is unique", run: listUnique,
		},
	}
}

// eachPage makes a check of every page of the walk.
func (r *run) eachPage(look func(*verdict, page)) (v verdict) {
	for _, p := range r.look.pages {
		look(&v, p)
	}
	return v
}

func listAnswer(_ context.Context, r *run) (v verdict) {
	first := r.look.pages[0]
	v.unless(r.look.answered, first.answer, wantedList, first.String())
	return v
}

func listJSON(_ context.Context, r *run) verdict {
	answers := 0
	v := r.eachPage(func(v *verdict, p page) {
		if p.status != http.StatusOK {
			return
		}
		answers++
		if p.badly != nil {
			v.differ(p.answer, "one JSON value", short(p.badly.Error()))
		} else if _, ok := asPage(p.answer); !ok {
			v.differ(p.answer, wantedList, p.String())
		}
	})
	return v.orUntested(answers, noList)
}

func listKeysCheck(_ context.Context, r *run) verdict {
	return r.eachPage(func(v *verdict, p page) { v.hasKeys(p.answer, "a list", p.json, listKeys()...) })
}

func listTypes(_ context.Context, r *run) verdict {
	return r.eachPage(func(v *verdict, p page) {
		v.hasTypes(p.answer, "a list", p.json, "items", "array", "count", "number", "cursor", "string|null")
	})
}

func listCount(_ context.Context, r *run) verdict {
	return r.eachPage(func(v *verdict, p page) { v.counts(p) })
}

func (v *verdict) counts(p page) {
	count := p.json.get("count")
	v.unless(count.String() == strconv.Itoa(len(p.rows)), p.answer,
		fmt.Sprintf("count %d, as there are so many items", len(p.rows)), short(count.String()))
}

func listOrder(_ context.Context, r *run) (v verdict) {
	older := func(a, b row) bool { return a.start().Before(b.start()) }
	if a, b, ok := inOrder(r.look.rows, older); !ok {
		v.differ(b.from, "newest first", fmt.Sprintf("%s before %s", a, b))
	}
	return v.orUntested(len(r.look.rows)-1, "the server has less than two ingests")
}

func listTies(_ context.Context, r *run) (v verdict) {
	ties := 0
	wrong := func(a, b row) bool {
		if !a.start().Equal(b.start()) {
			return false
		}
		ties++
		return a.id() < b.id()
	}
	if a, b, ok := inOrder(r.look.rows, wrong); !ok {
		v.differ(b.from, "ingestId descending among equal startTimes", fmt.Sprintf("%s before %s", a, b))
	}
	return v.orUntested(ties, "no two ingests of the walk have the same startTime")
}

func listUnique(_ context.Context, r *run) (v verdict) {
	seen := map[string]bool{}
	for _, row := range r.look.rows {
		v.unless(!seen[row.id()], row.from, "each ingest once", row.String()+" again")
		seen[row.id()] = true
	}
	return v.orUntested(len(seen), "the server has no ingest")
}
