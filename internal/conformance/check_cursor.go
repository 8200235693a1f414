package conformance

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func cursorChecks() []Check {
	const group = "Cursor"
	return []Check{
		{
			ID: "cursor.form", Group: group, Title: "The cursor is standard base64 of startTime and ingestId of the last item", Level: Contract,
			Source: "page: the cursor of the example", run: cursorForm,
		},
		{
			ID: "cursor.last", Group: group, Title: "The cursor of the last page is null", Level: Contract,
			Source: "page: the example for one asset", run: cursorLast,
		},
		{
			ID: "cursor.exact-fit", Group: group, Title: "It is null too where the last page is just full", Level: Extension,
			Source: "ours: null says that nothing follows", run: cursorExactFit,
		},
		{
			ID: "cursor.walk", Group: group, Title: "Pages of 1, 2 and 25 give the same list, each ingest once", Level: Contract, moving: true,
			Source: "page: the cursor of the example", run: cursorWalk,
		},
		{
			ID: "cursor.filtered", Group: group, Title: "Under a filter, the cursor goes on among what matches", Level: Contract, moving: true,
			Source: "page: filters, limit and cursor", run: cursorFiltered,
		},
		{
			ID: "cursor.made", Group: group, Title: "A cursor made of any ingest leads to what follows it", Level: Extension, moving: true,
			Source: "ours: a cursor is a place in the order, not a memory of the server", run: cursorMade,
		},
		{
			ID: "cursor.spellings", Group: group, Title: "URL-safe base64 and base64 without padding are read too", Level: Extension, moving: true,
			Source: "ours: cursors survive other tools", run: cursorSpellings,
		},
		{
			ID: "cursor.broken", Group: group, Title: "A broken cursor is a 400 that names it", Level: Extension,
			Source: "ours: a broken cursor is refused", run: cursorBroken,
		},
	}
}

// cursorForm looks at the pages of the walk and at a short one, which has a
// cursor as soon as there are two ingests.
func cursorForm(ctx context.Context, r *run) (v verdict) {
	cursors := 0
	one, _ := asPage(r.get(ctx, "/ingests", "limit", "1"))
	for _, p := range append([]page{one}, r.look.pages...) {
		if p.cursor == "" || len(p.rows) == 0 {
			continue
		}
		cursors++
		last := p.rows[len(p.rows)-1]
		want := cursorText(last.get("startTime").str(), last.id())
		text, err := base64.StdEncoding.Strict().DecodeString(p.cursor)
		if err != nil {
			v.differ(p.answer, "a cursor in standard base64 with padding (RFC 4648 section 4)", short(p.cursor))
			continue
		}
		got, err := parse(text)
		v.unless(err == nil && got.String() == want, p.answer, "a cursor of "+want, short(string(text)))
	}
	return v.orUntested(cursors, "the server has less than two ingests")
}

// cursorLast asks for what fits on one page.
func cursorLast(ctx context.Context, r *run) (v verdict) {
	looked := 0
	for _, row := range r.look.near() {
		looked++
		a := r.get(ctx, "/ingests", "ingestId", row.id())
		p, ok := asPage(a)
		v.unless(ok && len(p.rows) == 1 && p.json.get("cursor").is("null"), a, "one item and cursor null", a.String())
	}
	for _, p := range r.look.pages {
		v.unless(len(p.rows) >= defaultLimit || p.json.get("cursor").is("null"), p.answer,
			fmt.Sprintf("cursor null on a page of %d items", len(p.rows)), short(p.json.get("cursor").String()))
		v.unless(len(p.rows) > 0 || p.answer == r.look.pages[0].answer, p.answer, "cursor null on the page before", "a page without items after it")
	}
	return v.orUntested(looked, "the server has no ingest")
}

func cursorExactFit(ctx context.Context, r *run) (v verdict) {
	if len(r.look.rows) == 0 {
		return untested("the server has no ingest")
	}
	a := r.get(ctx, "/ingests", "ingestId", r.look.rows[0].id(), "limit", "1")
	p, ok := asPage(a)
	v.unless(ok && len(p.rows) == 1 && p.json.get("cursor").is("null"), a, "one item and cursor null", a.String())
	return v
}

// pagesOf takes pages of the limit under the filter, at most so many, and gives
// them as one.
func (r *run) pagesOf(ctx context.Context, v *verdict, f filter, limit, pages int) (all page, ok bool) {
	after := filter(nil)
	for range pages {
		p, ok := asPage(r.get(ctx, "/ingests", f.with("limit", strconv.Itoa(limit)).with(after...)...))
		if !ok {
			v.differ(p.answer, wantedList, p.String())
			return all, false
		}
		v.counts(p)
		v.unless(len(p.rows) == limit || p.cursor == "" && len(p.rows) < limit, p.answer,
			fmt.Sprintf("%d items, or fewer on the last page", limit), say(p, true))
		all = page{answer: p.answer, rows: append(all.rows, p.rows...), cursor: p.cursor}
		if p.cursor == "" {
			break
		}
		after = filter{"cursor", p.cursor}
	}
	return all, true
}

// cursorWalk compares walks by pages of other sizes with that of the survey.
func cursorWalk(ctx context.Context, r *run) (v verdict) {
	if len(r.look.rows) < 2 {
		return untested("the server has less than two ingests")
	}
	want := ids(r.look.rows)
	for _, walk := range []struct{ limit, pages int }{{1, 4}, {2, 10}, {7, 4}} {
		all, ok := r.pagesOf(ctx, &v, nil, walk.limit, walk.pages)
		if !ok {
			continue
		}
		got := r.look.known(all.rows)
		most := min(len(got), len(want))
		switch {
		case !slices.Equal(got[:most], want[:most]) || r.look.complete && len(got) > len(want):
			v.differ(all.answer, fmt.Sprintf("by pages of %d the same as by pages of 25: %s", walk.limit, brief(want)), brief(got))
		case all.cursor == "" && len(got) < len(want):
			v.differ(all.answer, fmt.Sprintf("%d ingests before the cursor is null", len(want)), fmt.Sprintf("%d by pages of %d", len(got), walk.limit))
		}
	}
	return v
}

// known gives the ids of the rows without those that are newer than the walk.
func (s *survey) known(rows []row) (list []string) {
	for _, row := range rows {
		if !row.before(s.rows[0]) {
			list = append(list, row.id())
		}
	}
	return list
}

func cursorFiltered(ctx context.Context, r *run) (v verdict) {
	for _, name := range []string{"status", "profileName"} {
		values := distinct(r.look.settled(surveyRows), name)
		if len(values) == 0 {
			return untested("no ingest has ended")
		}
		f := filter{name, values[len(values)-1]}
		if all, ok := r.pagesOf(ctx, &v, f, 2, 6); ok {
			r.compare(&v, all, f)
		}
	}
	return v
}

// cursorMade begins in the midst of the walk.
func cursorMade(ctx context.Context, r *run) (v verdict) {
	n := len(r.look.rows)
	if n < 2 {
		return untested("the server has less than two ingests")
	}
	for _, at := range slices.Compact([]int{0, n / 2, n - 2}) {
		v.leads(r.get(ctx, "/ingests", "cursor", cursorAfter(r.look.rows[at]), "limit", "3"), ids(r.look.rows[at+1:]))
	}
	return v
}

// leads wants the answer to begin with these ingests, as far as both go.
func (v *verdict) leads(a *answer, want []string) {
	p, ok := asPage(a)
	n := min(len(p.rows), len(want))
	v.unless(ok && n > 0 && slices.Equal(ids(p.rows)[:n], want[:n]), a, "what follows: "+brief(want), say(p, ok))
}

// cursorSpellings writes one place, just before an ingest, so that the base64
// has the two characters that differ and needs padding.
func cursorSpellings(ctx context.Context, r *run) (v verdict) {
	if len(r.look.rows) == 0 {
		return untested("the server has no ingest")
	}
	row := r.look.rows[len(r.look.rows)/2]
	text := []byte(cursorText(row.get("startTime").str(), "~~~???"))
	for len(text)%3 != 1 {
		text = []byte(strings.Replace(string(text), "?", "??", 1))
	}
	want := []string{row.id()}
	for i := 0; i < len(r.look.rows); i++ {
		if r.look.rows[i].start().Equal(row.start()) { // The first of those with this startTime.
			want = ids(r.look.rows[i:])
			break
		}
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		v.leads(r.get(ctx, "/ingests", "cursor", encoding.EncodeToString(text), "limit", "2"), want)
	}
	return v
}

func cursorBroken(ctx context.Context, r *run) (v verdict) {
	for _, text := range []string{`{}`, `[]`, `{"startTime":"yesterday","ingestId":"a"}`, `{"startTime":"2021-12-08T06:50:12.412Z"}`, `{"startTime"`} {
		v.refuses(r.get(ctx, "/ingests", "cursor", base64.StdEncoding.EncodeToString([]byte(text))), "cursor")
	}
	for _, text := range []string{"!", "", "7"} {
		v.refuses(r.get(ctx, "/ingests", "cursor", text), "cursor")
	}
	return v
}
