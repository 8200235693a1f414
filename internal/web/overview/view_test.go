package overview

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// keyAndArgs stands for a text.
func keyAndArgs(key string, args ...any) string {
	for _, a := range args {
		if s, ok := a.(string); ok {
			key += " " + s
		}
	}
	return key
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                           "?range=24h",
		"range=7d&profileName=a%26b": "?profileName=a%26b&range=7d",
		"from=2026-11-01":            "?from=2026-11-01T00%3A00",
		"from=2026-11-01T08:30&to=2026-11-02T08:30:00%2B01:00": "?from=2026-11-01T08%3A30&to=2026-11-02T07%3A30",
		"range=5d":       "range must be 6h, 24h, 7d, 30d or 90d.",
		"from=yesterday": "from must be a time of UTC such as 2026-11-23T08:30.",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		c, err := choiceOf(values)
		got := c.address()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", query, got, want)
		}
	}
}

func TestQueryOfAChoice(t *testing.T) {
	t.Parallel()
	q := choice{span: "6h", profile: "p"}.query(noon())
	if want := (statistics.Query{From: noon().Add(-6 * time.Hour), To: noon(), Profile: "p"}); q != want {
		t.Errorf("got %+v", q)
	}
	if q = (choice{from: noon()}).query(noon()); !q.To.IsZero() || q.From != noon() {
		t.Errorf("got %+v", q)
	}
}

func report() statistics.Report {
	from, to, width := statistics.Align(noon().Add(-6*time.Hour), noon())
	f := statistics.Figures{
		Periods: []statistics.Period{
			{Start: from, Counts: statistics.Counts{Accepted: 3, Dequeued: 3, Completed: 1}},
			{Start: from.Add(width), Counts: statistics.Counts{Failed: 1}},
		},
		Load:     statistics.Load{Queued: 12345, Running: 1, Tasks: []statistics.TaskLoad{{Stage: vod.Encoding, Running: 1, Waiting: 2}}},
		Profiles: []statistics.Profile{{Name: "<b>", Counts: statistics.Counts{Completed: 1, Failed: 1}}},
		Durations: []statistics.Durations{
			{Profile: "<b>", Histogram: statistics.Histogram{statistics.BucketOf(4 * time.Minute): 1}},
			{Profile: "<b>", Stage: vod.Retrieval, Histogram: statistics.Histogram{statistics.BucketOf(time.Second): 1}},
		},
		Errors: []statistics.Errors{{
			Stage: vod.Encoding, Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Failed: 1, IngestID: "a/b", AssetID: "7", Message: "No & no.",
		}},
	}
	r := statistics.Report{From: from, To: to, Width: width, Now: noon(), Figures: f}
	r.Columns = statistics.Columns(from, to, width, f)
	r.Total = statistics.Total(r.Columns)
	return r
}

func TestViewOfAReport(t *testing.T) {
	t.Parallel()
	v := viewOf("/ui/t", choice{span: "6h"}, report(), keyAndArgs)
	var tiles []string
	for _, tile := range v.Tiles {
		tiles = append(tiles, tile.Name+" "+tile.Value)
	}
	want := "queued 12\u202f345, running 1, completed 1, failed 1, rate 50.0 %, median 3.8 min"
	if got := strings.Join(tiles, ", "); got != want {
		t.Errorf("the tiles are %s, want %s", got, want)
	}
	if got := v.Tiles[3].Href; got != "/ui/t/ingests?fromDate=2026-11-23T06%3A00%3A00Z&status=FAILED&toDate=2026-11-23T12%3A00%3A00Z" {
		t.Errorf("failed ones are listed at %s", got)
	}
	if len(v.Stages) != 2 || v.Stages[0].Name != "RETRIEVAL" || v.Stages[1].Waiting != 2 {
		t.Errorf("the stages are %+v", v.Stages)
	}
	if e := v.Errors[0]; e.Ingest != "/ui/t/ingests/a%2Fb" || e.List != "/ui/t/ingests?status=FAILED&text=No+%26+no." {
		t.Errorf("the error leads to %s and %s", e.Ingest, e.List)
	}
	if !strings.Contains(string(v.ProfileChart), "&lt;b&gt;") || strings.Contains(string(v.ProfileChart), "<b>") {
		t.Error("the name of a profile is not escaped")
	}
	if v.Empty || !v.Spans[0].Current || v.Spans[1].Current {
		t.Errorf("empty: %t, spans: %+v", v.Empty, v.Spans)
	}
}

func TestViewOfNothing(t *testing.T) {
	t.Parallel()
	from, to, width := statistics.Align(noon().Add(-6*time.Hour), noon())
	r := statistics.Report{From: from, To: to, Width: width, Columns: statistics.Columns(from, to, width, statistics.Figures{})}
	v := viewOf("/ui/t", choice{span: "6h", profile: "gone"}, r, keyAndArgs)
	if !v.Empty || v.StageChart != "" || v.Tiles[5].Value != "–" || v.Tiles[4].Value != "–" {
		t.Errorf("got %+v", v)
	}
	if len(v.Profiles) != 1 || v.Profiles[0] != "gone" {
		t.Errorf("the profile that was chosen is not among %v", v.Profiles)
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1234: "1234", 12345: "12\u202f345", 9223372036854775807: "9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f807"} {
		if got := number(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
	for rate, want := range map[float64]string{0: "0.0 %", 0.0001: "< 0.1 %", 0.255: "25.5 %", 0.9999: "> 99.9 %", 1: "100.0 %"} {
		if got := share(rate, true); got != want {
			t.Errorf("%v is %q", rate, got)
		}
	}
	for d, want := range map[time.Duration]string{
		5 * time.Millisecond: "5 ms", 1234 * time.Millisecond: "1.2 s", 45 * time.Second: "45 s", 4 * time.Minute: "4.0 min", 3 * time.Hour: "3.0 h",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%v is %q", d, got)
		}
	}
}
