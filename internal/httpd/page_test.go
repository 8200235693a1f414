package httpd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
				in.ID, in.AssetID, in.Error = fmt.Sprint(i), `"<&>`+"\u2028\n", []string{"", "It failed: \xff"}[i%2]
				if in.MediaTypes = []string{"VIDEO", "AUDIO"}[:i%3]; i%3 == n%3 {
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
			// The same but for the way in which some characters are escaped.
			if diff := cmp.Diff(tokens(t, want), tokens(t, page.at(now, nil))); diff != "" {
				t.Errorf("%d ingests: %s", n, diff)
			}
			if !json.Valid(page.at(now.Add(time.Hour), nil)) {
				t.Errorf("an hour later: %s", page.at(now.Add(time.Hour), nil))
			}
		}
	}
}

// versioned counts the lists that are read, at a version that the test sets.
type versioned struct {
	*memory
	version atomic.Uint64
	unknown atomic.Bool
	lists   atomic.Int64

	forbidden atomic.Bool
}

func (v *versioned) ListVersion(by vod.Caller) (version uint64, known bool, err error) {
	if v.forbidden.Load() {
		by = vod.Caller{}
	}
	return v.version.Load(), !v.unknown.Load(), by.Require(vod.ReadIngests)
}

func (v *versioned) List(ctx context.Context, by vod.Caller, f store.IngestFilter) ([]vod.Ingest, bool, error) {
	v.lists.Add(1)
	return v.memory.List(ctx, by, f)
}

func TestPagesAreKeptUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	v := &versioned{memory: manyRuns(vod.Running)}
	s := setup(t, v.memory, nil, func(c *Config) { c.Service = v })
	get := func(reads int64, query string, headers ...string) answer {
		t.Helper()
		before := v.lists.Load()
		got := s.send(t, http.MethodGet, "/ingests"+query, "", headers...)
		if got := v.lists.Load() - before; got != reads {
			t.Errorf("%s: %d reads, want %d", query, got, reads)
		}
		return got
	}
	first := get(1, "")
	if again := get(0, ""); again.text != first.text || again.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Errorf("%s is kept as %s", first.text, again.text)
	}
	get(0, "", "If-None-Match", first.Header.Get("ETag")).is(t, http.StatusNotModified)
	for _, query := range []string{
		"?limit=24", "?assetId=7", "?profileName=7", "?ingestId=7", "?status=RUNNING", "?status=RUNNING,FAILED", "?status=FAILED&status=RUNNING",
		"?fromDate=2021-12-08", "?toDate=2021-12-08", "?toDate=2021-12-09", "?cursor=" + cursorIn(first.text),
	} {
		want := get(1, query)
		if got := get(0, query); got.text != want.text {
			t.Errorf("%s: %s, want %s", query, got.text, want.text)
		}
	}
	get(1, "", "X-Vimond-Tenant", "other").is(t, http.StatusOK, `"count":0`)
	get(0, "?limit=0").is(t, http.StatusBadRequest)
	get(0, "?limit=0").is(t, http.StatusBadRequest)
	v.version.Add(2)
	get(1, "")
	get(0, "")
	v.unknown.Store(true)
	get(1, "")
	get(1, "")
	v.unknown.Store(false)
	get(0, "")
	v.forbidden.Store(true)
	get(0, "").is(t, http.StatusForbidden)
}

func cursorIn(list string) string {
	_, rest, _ := strings.Cut(list, `"cursor":"`)
	cursor, _, _ := strings.Cut(rest, `"`)
	return url.QueryEscape(cursor)
}

// A slow reader with an old version leaves the page of a later one.
func TestPagesDoNotGoBack(t *testing.T) {
	t.Parallel()
	p := newPages()
	key := pageKey{tenant: "t"}
	later, earlier := &listPage{}, &listPage{}
	p.put(key, 4, later)
	p.put(key, 2, earlier)
	if p.get(key, 4) != later || p.get(key, 2) != nil {
		t.Error("an earlier page took the place of a later one")
	}
	p.put(key, 6, earlier)
	if p.get(key, 6) != earlier || p.get(key, 4) != nil {
		t.Error("a later page did not take the place of an earlier one")
	}
}

// TestPagesAreBounded in memory; the last used stay.
func TestPagesAreBounded(t *testing.T) {
	t.Parallel()
	p := newPages()
	page := &listPage{text: make([]byte, 100<<10)}
	key := func(i int) pageKey { return pageKey{tenant: "t", query: strconv.Itoa(i)} }
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

// item is an ingest of a list, which pages write without reflection.
func item(in vod.Ingest, now time.Time) api.IngestItem {
	return api.IngestItem{
		IngestID:    in.ID,
		AssetID:     in.AssetID,
		DetailsURL:  detailsURL(in.ID),
		ProfileName: in.ProfileName,
		Error:       textOrNull(in.Error),
		MediaTypes:  listed(in.MediaTypes),
		Progress:    in.Progress,
		StartTime:   api.Timestamp{Time: in.Start},
		EndTime:     timeOrNull(in.End),
		Status:      api.IngestStatus(in.Status),
		ElapsedTime: elapsed(in.Start, in.End, now),
	}
}
