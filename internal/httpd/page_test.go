package httpd

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// A page with gaps reads like the list that the contract's type makes.
func TestPageIsAnIngestList(t *testing.T) {
	t.Parallel()
	now := noon()
	for n := range 5 {
		for more := range 2 {
			list := api.IngestList{Items: []api.IngestItem{}, Count: n}
			var ingests []vod.Ingest
			for i := range n {
				in := running().Ingest
				in.ID, in.AssetID, in.Error = fmt.Sprint(i), `"<&>`+"\u2028", []string{"", "It failed."}[i%2]
				if in.MediaTypes = []string{"VIDEO"}; i%3 == n%3 {
					in.Status, in.End = vod.Failed, in.Start.Add(time.Second)
				}
				ingests = append(ingests, in)
				list.Items = append(list.Items, item(in, now))
			}
			if more == 1 && n > 0 {
				cursor, err := cursorOf(ingests[n-1])
				if err != nil {
					t.Fatal(err)
				}
				list.Cursor = &cursor
			}
			want, err := encode(list)
			if err != nil {
				t.Fatal(err)
			}
			page, err := newListPage(ingests, more == 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(page.at(now))); diff != "" {
				t.Errorf("%d ingests: %s", n, diff)
			}
			if !json.Valid(page.at(now.Add(time.Hour))) {
				t.Errorf("an hour later: %s", page.at(now.Add(time.Hour)))
			}
		}
	}
}

// listed counts the lists that are read, at a version that the test sets.
type versioned struct {
	*memory
	version atomic.Uint64
	unknown atomic.Bool
	lists   atomic.Int64
}

func (v *versioned) ListVersion(by vod.Caller) (version uint64, known bool, err error) {
	return v.version.Load(), !v.unknown.Load(), by.Require(vod.ReadIngests)
}

func (v *versioned) List(ctx context.Context, by vod.Caller, f store.IngestFilter) ([]vod.Ingest, bool, error) {
	v.lists.Add(1)
	return v.memory.List(ctx, by, f)
}

func TestPagesAreKeptUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	v := &versioned{memory: manyRuns(vod.Running)}
	s := &server{service: v, now: noon, pages: newPages()}
	by := vod.Caller{Tenant: "default", Permissions: vod.Permissions()}
	get := func(by vod.Caller, f store.IngestFilter, reads int64) *listPage {
		t.Helper()
		before := v.lists.Load()
		page, err := s.listPage(t.Context(), by, f)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.lists.Load() - before; got != reads {
			t.Errorf("%+v: %d reads, want %d", f, got, reads)
		}
		return page
	}
	plain := store.IngestFilter{Limit: 25}
	first := get(by, plain, 1)
	if get(by, plain, 0) != first {
		t.Error("another page")
	}
	for _, f := range []store.IngestFilter{
		{Limit: 24},
		{Limit: 25, AssetID: "7"},
		{Limit: 25, ProfileName: "7"},
		{Limit: 25, IngestID: "7"},
		{Limit: 25, Statuses: []vod.IngestStatus{vod.Running}},
		{Limit: 25, Statuses: []vod.IngestStatus{vod.Running, vod.Failed}},
		{Limit: 25, From: noon()},
		{Limit: 25, To: noon()},
		{Limit: 25, After: &store.Position{Start: noon(), ID: "7"}},
		{Limit: 25, After: &store.Position{Start: noon(), ID: "8"}},
	} {
		get(by, f, 1)
		get(by, f, 0)
	}
	other := by
	other.Tenant = "other"
	get(other, plain, 1)
	v.version.Add(2)
	get(by, plain, 1)
	get(by, plain, 0)
	v.unknown.Store(true)
	get(by, plain, 1)
	get(by, plain, 1)
	v.unknown.Store(false)
	get(by, plain, 0)
	v.version.Add(^uint64(1)) // A slow request with the version of before.
	s.pages.put(keyOf("default", plain), v.version.Load(), first)
	v.version.Add(2)
	get(by, plain, 0)
	if _, err := s.listPage(t.Context(), vod.Caller{Tenant: "default"}, plain); vod.CodeOf(err) != vod.Forbidden {
		t.Errorf("without the permission: %v", err)
	}
}

// TestPagesAreBounded in memory; the last used stay.
func TestPagesAreBounded(t *testing.T) {
	t.Parallel()
	p := newPages()
	page := &listPage{parts: [][]byte{make([]byte, 100<<10)}}
	key := func(i int) pageKey { return pageKey{tenant: "t", limit: i} }
	for i := range 400 {
		p.put(key(i), 2, page)
		if p.get(key(0), 2) == nil {
			t.Fatalf("the page that is used most is gone after %d others", i)
		}
		if p.bytes > pagesKept {
			t.Fatalf("%d bytes are kept", p.bytes)
		}
	}
	if p.lru.Len() < 100 || p.get(key(1), 2) != nil {
		t.Errorf("%d pages are kept", p.lru.Len())
	}
	for p.lru.Len() > 0 {
		p.lru.RemoveOldest()
	}
	if p.bytes != 0 {
		t.Errorf("%d bytes of no page", p.bytes)
	}
}
