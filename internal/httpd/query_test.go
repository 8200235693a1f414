package httpd

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	cursor := base64.URLEncoding.EncodeToString([]byte(`{"startTime":"2021-12-08T06:50:12.412Z","ingestId":"a?>"}`))
	empty := `{"items":[],"count":0,"cursor":null}`
	s.send(t, "GET", "/ingests", "").is(t, 200, empty)
	s.send(t, "GET", "/ingests?status=COMPLETED&status=SKIPPED&limit=500", "").is(t, 200, empty)
	// Commas are beyond what the contract's schema can say.
	s.send(t, "GET", "/ingests?status=COMPLETED,SKIPPED&status=FAILED&limit=1&assetId=7&ingestId=i&profileName=a%20b", "").is(t, 200, empty)
	s.send(t, "GET", "/ingests?fromDate=2021-12-08&toDate=2021-12-08T11:50:21.4815%2B01:00&cursor="+strings.TrimRight(cursor, "="), "").is(t, 200, empty)
	s.send(t, "GET", "/ingests?profileName=p&profileVersionId=1619086864969&text=%22100%25%20*%22", "").is(t, 200, empty)
	s.send(t, "GET", "/ingests?text="+strings.Repeat("%C3%A5", 200), "").is(t, 200, empty)
	want := []store.IngestFilter{
		{Tenant: "default", Limit: 25},
		{Tenant: "default", Limit: 500, Statuses: []vod.IngestStatus{vod.Completed, vod.Skipped}},
		{
			Tenant: "default", Limit: 1, Statuses: []vod.IngestStatus{vod.Completed, vod.Skipped, vod.Failed},
			AssetID: "7", IngestID: "i", ProfileName: "a b",
		},
		{
			Tenant: "default", Limit: 25, From: time.Date(2021, 12, 8, 0, 0, 0, 0, time.UTC),
			To:    time.Date(2021, 12, 8, 10, 50, 21, 482_000_000, time.UTC), // half a millisecond raised
			After: &store.Position{Start: time.Date(2021, 12, 8, 6, 50, 12, 412_000_000, time.UTC), ID: "a?>"},
		},
		{Tenant: "default", Limit: 25, ProfileName: "p", ProfileVersion: 1619086864969, Text: `"100% *"`},
		{Tenant: "default", Limit: 25, Text: strings.Repeat("å", 200)},
	}
	if diff := cmp.Diff(want, s.filters); diff != "" {
		t.Error(diff)
	}
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	for path, name := range map[string]string{
		"/ingests?asset=7":                               "asset is not known here",
		"/ingests?assetid=7":                             "assetid is not known here",
		"/ingests?assetId=7&assetId=8":                   "assetId may be given only once",
		"/ingests?assetId=":                              "assetId must not be empty",
		"/ingests?profileName=p&profileVersionId=0":      "profileVersionId must be",
		"/ingests?profileName=p&profileVersionId=new":    "profileVersionId must be",
		"/ingests?profileVersionId=3":                    "profileVersionId needs profileName",
		"/ingests?text=":                                 "text must not be empty",
		"/ingests?text=a&text=b":                         "text may be given only once",
		"/ingests?text=a%00b":                            "text must be UTF-8 text without control characters",
		"/ingests?text=" + strings.Repeat("%C3%A5", 201): "text must have at most 200 characters",
		"/ingests?status=DONE":                           "status must be of QUEUED, RUNNING",
		"/ingests?status=COMPLETED,":                     "status must be of",
		"/ingests?status=completed":                      "status must be of",
		"/ingests?limit=0":                               "limit must be a whole number from 1 to 500",
		"/ingests?limit=501":                             "limit must be",
		"/ingests?limit=-1":                              "limit must be",
		"/ingests?limit=ten":                             "limit must be",
		"/ingests?limit=1e2":                             "limit must be",
		"/ingests?limit=99999999999999999999":            "limit must be",
		"/ingests?fromDate=yesterday":                    "fromDate must be a date",
		"/ingests?toDate=2021-13-01":                     "toDate must be a date",
		"/ingests?toDate=2021-12-08T10:50":               "toDate must be a date",
		"/ingests?cursor=abc":                            "cursor is broken",
		"/ingests?cursor=e30":                            "cursor is broken", // {}
		"/ingests?cursor=%%%":                            "query is malformed",
		"/ingests?a;b":                                   "query is malformed",
		"/ingests?assetId=a%00b":                         "assetId must be UTF-8 text without control characters",
		"/ingests?assetId=%ff":                           "assetId must be UTF-8 text without control characters",
		"/ingests?a%0d%0ab=1":                            "The parameter a��b is not known here",
		"/ingests?toDate=9999-12-31T23:59:59-01:00":      "toDate must be within the years 1 to 9999",
		"/ingests?fromDate=0001-01-01T00:00:00%2B01:00":  "fromDate must be within the years 1 to 9999",
		"/ingests/run-1?verbose=1":                       "verbose is not known here",
		"/profiles/p?versionId=0":                        "versionId must be",
		"/profiles/p?versionId=new":                      "versionId must be",
		"/profiles?limit=1":                              "limit is not known here",
	} {
		s.send(t, "GET", path, "").is(t, 400, name, `"code":"invalid"`)
	}
	if len(s.filters) != 0 {
		t.Errorf("asked for %v", s.filters)
	}
}

// A cursor in any of its forms gives back the position it was made of.
func TestCursorForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringN(1, -1, maxCursorID).Filter(isText).Draw(t, "id")
		start := time.UnixMilli(rapid.Int64Range(1, 4e12).Draw(t, "start")).UTC()
		cursor, err := cursorOf(vod.Ingest{ID: id, Start: start})
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{
			cursor, strings.TrimRight(cursor, "="), strings.NewReplacer("+", "-", "/", "_").Replace(cursor), strings.ReplaceAll(cursor, "+", " "),
		} {
			got, err := parseCursor(&form)
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if diff := cmp.Diff(&store.Position{Start: start, ID: id}, got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("eyJzdGFydFRpbWUiOiIyMDIxLTEyLTA4VDA2OjUwOjEyLjQxMloiLCJpbmdlc3RJZCI6IjU5OWZlOTNjLTdlZDEtNDQ4NC05OGVlLTVhMTg5YzdiYjI1ZSJ9")
	f.Add("e30=")
	f.Add("-_ +/=")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := parseCursor(&cursor)
		if err != nil {
			if vod.CodeOf(err) != vod.Invalid {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		again, err := cursorOf(vod.Ingest{ID: p.ID, Start: p.Start})
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseCursor(&again)
		if err != nil || *back != *p {
			t.Fatalf("%+v became %+v: %v", p, back, err)
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("status=COMPLETED,SKIPPED&limit=3", "2021-12-08")
	f.Add("assetId=%zz;", "2021-12-08T10:50:21.4819+01:00")
	rule := queryRules()["GET /ingests"]
	f.Fuzz(func(t *testing.T, query, date string) {
		if err := rule.check(query); err != nil && vod.CodeOf(err) != vod.Invalid {
			t.Fatalf("%v is no refusal", err)
		}
		moment, err := parseMoment("fromDate", &date)
		if err != nil {
			return
		}
		if moment != vod.Millis(moment) {
			t.Fatalf("%s became %v, which is no whole millisecond", date, moment)
		}
	})
}
