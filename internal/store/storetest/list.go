package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func listTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"EveryFilterWithEveryOther": everyFilter,
		"TiesGoByIDBytewise":        tiesByID,
		"BoundsOfTime":              timeBounds,
		"GivesWhatAListShows":       whatAListShows,
		"PagesWhileRowsArrive":      pagesWhileRowsArrive,
		"LimitOutOfRange": func(t *testing.T, b bundle) {
			for _, limit := range []int{-1, 0, 501} {
				if _, _, err := b.IngestList(b.ctx, store.IngestFilter{Tenant: "t1", Limit: limit}); err == nil {
					t.Errorf("a limit of %d is taken", limit)
				}
			}
		},
	}
}

func (b bundle) list(f store.IngestFilter) (page []vod.Ingest, more bool) {
	b.t.Helper()
	page, more, err := b.IngestList(b.ctx, f)
	if err != nil {
		b.t.Fatalf("list %+v: %v", f, err)
	}
	return page, more
}

func idsOf(list []vod.Ingest) []string {
	ids := make([]string, len(list))
	for i, in := range list {
		ids[i] = in.ID
	}
	return ids
}

// everyFilter compares all combinations of filters with what the contract says
// of them, on rows where each value, and each start time, occurs repeatedly.
func everyFilter(_ *testing.T, b bundle) {
	var rows []vod.Ingest
	for i := range 168 {
		rows = append(rows, b.create(ingest(startingAt(i*i%40), being(vod.IngestStatuses()[i%7]), func(in *vod.Ingest) {
			in.Tenant = fmt.Sprint("t", i%2)
			in.AssetID = fmt.Sprint("a", i%3)
			in.ProfileName, in.ProfileVersion = fmt.Sprint("p", i/7%4%3), int64(1+i/14%2)
		})))
	}
	slices.SortFunc(rows, inListOrder)
	for _, f := range everyCombination(rows) {
		var want []string
		for _, in := range rows {
			if selects(f, in) {
				want = append(want, in.ID)
			}
		}
		page, more := b.list(f)
		b.equal(more, len(want) > f.Limit)
		b.equal(idsOf(page), append([]string{}, want[:min(len(want), f.Limit)]...))
	}
}

func inListOrder(a, b vod.Ingest) int {
	return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(b.ID, a.ID))
}

// selects is what the contract says of a filter.
func selects(f store.IngestFilter, in vod.Ingest) bool {
	return in.Tenant == f.Tenant &&
		(f.AssetID == "" || in.AssetID == f.AssetID) &&
		(f.IngestID == "" || in.ID == f.IngestID) &&
		(f.ProfileName == "" || in.ProfileName == f.ProfileName) &&
		(f.ProfileVersion == 0 || in.ProfileVersion == f.ProfileVersion) &&
		(f.Text == "" || hasText(in, f.Text)) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, in.Status)) &&
		(f.From.IsZero() || !in.Start.Before(f.From)) &&
		(f.To.IsZero() || in.Start.Before(f.To)) &&
		(f.After == nil || inListOrder(vod.Ingest{Start: f.After.Start, ID: f.After.ID}, in) < 0)
}

func everyCombination(rows []vod.Ingest) (all []store.IngestFilter) {
	middle := rows[len(rows)/2]
	statuses := [][]vod.IngestStatus{
		nil, {vod.Failed}, {vod.Running, vod.Queued, vod.Running}, {vod.Skipped, vod.Completed, vod.Failed, vod.Cancelled}, vod.IngestStatuses(),
	}
	for _, limit := range []int{3, 500} {
		for _, asset := range []string{"", "a1", "none"} {
			for _, profile := range []string{"", "p1", "p1/2", "none"} {
				for _, status := range statuses {
					for _, id := range []string{"", middle.ID} {
						for bound := range 8 {
							f := store.IngestFilter{
								Tenant: middle.Tenant, AssetID: asset, Statuses: status, IngestID: id, Limit: limit,
							}
							name, version, _ := strings.Cut(profile, "/")
							if f.ProfileName = name; version != "" {
								f.ProfileVersion = 2
							}
							if bound&1 != 0 {
								f.From = at(4)
							}
							if bound&2 != 0 {
								f.To = at(25)
							}
							if bound&4 != 0 {
								f.After = &store.Position{Start: middle.Start, ID: middle.ID}
							}
							all = append(all, f)
						}
					}
				}
			}
		}
	}
	return all
}

func tiesByID(_ *testing.T, b bundle) {
	ids := []string{"é", "b", "a", "Z", "B", "A", "10", "1", "-"} // descending by bytes
	for _, i := range []int{4, 0, 8, 2, 6, 1, 5, 3, 7} {
		b.create(ingest(func(in *vod.Ingest) { in.ID = ids[i] }))
	}
	page, _ := b.list(store.IngestFilter{Tenant: "t1", Limit: 500})
	b.equal(idsOf(page), ids)
	for i := range ids {
		page, more := b.list(store.IngestFilter{Tenant: "t1", After: &store.Position{Start: at(0), ID: ids[i]}, Limit: 1})
		b.equal(idsOf(page), append([]string{}, ids[i+1:min(len(ids), i+2)]...))
		b.equal(more, i < len(ids)-2)
	}
}

// timeBounds: From is inclusive, To exclusive, also when they are finer than
// what is stored.
func timeBounds(_ *testing.T, b bundle) {
	in := b.create(ingest(startingAt(5)))
	for _, c := range []struct {
		from, to time.Time
		found    bool
	}{
		{at(5), at(6), true},
		{at(5), at(5), false},
		{at(6), time.Time{}, false},
		{at(5).Add(1), time.Time{}, false},
		{at(4).Add(1), time.Time{}, true},
		{time.Time{}, at(5), false},
		{time.Time{}, at(5).Add(1), true},
		{time.Time{}, at(4).Add(1), false},
	} {
		page, _ := b.list(store.IngestFilter{Tenant: "t1", From: c.from, To: c.to, Limit: 5})
		b.equal(len(page) == 1, c.found)
		page, _ = b.list(store.IngestFilter{Tenant: "t1", From: c.from, To: c.to, IngestID: in.ID, Limit: 5})
		b.equal(len(page) == 1, c.found)
	}
}

func whatAListShows(_ *testing.T, b bundle) {
	in := b.create(full())
	want := vod.Ingest{
		ID: in.ID, Tenant: in.Tenant, AssetID: in.AssetID, ProfileName: in.ProfileName, Status: in.Status,
		Progress: in.Progress, Start: in.Start, End: in.End, Error: in.Error, MediaTypes: in.MediaTypes,
	}
	page, more := b.list(store.IngestFilter{Tenant: want.Tenant, Limit: 25})
	b.equal(page, []vod.Ingest{want})
	b.equal(more, false)
}

// pagesWhileRowsArrive pages through 1,000 rows while new ones arrive before
// the position: every old row is seen once, in order.
func pagesWhileRowsArrive(t *testing.T, b bundle) {
	var old []vod.Ingest
	for i := range 1000 {
		old = append(old, b.create(ingest(startingAt(i/3), being(vod.IngestStatuses()[i%7]))))
	}
	slices.SortFunc(old, inListOrder)
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := b.IngestCreate(b.ctx, ingest(startingAt(1000+i)), nil, vod.AuditEntry{}); err != nil {
				t.Errorf("create: %v", err)
				return
			}
		}
	})
	known := map[string]bool{}
	for _, in := range old {
		known[in.ID] = true
	}
	var seen []string
	f := store.IngestFilter{Tenant: "t1", Limit: 7}
	for more := true; more; {
		var page []vod.Ingest
		page, more = b.list(f)
		last := page[len(page)-1]
		f.After = &store.Position{Start: last.Start, ID: last.ID}
		for _, in := range page {
			if known[in.ID] {
				seen = append(seen, in.ID)
			}
		}
	}
	close(stop)
	group.Wait()
	b.equal(seen, idsOf(old))
}
