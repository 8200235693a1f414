package httpd

import (
	"cmp"
	"context"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Statistics implements Service: one ingest of tenant acme that failed, and one
// that waits.
func (m *memory) Statistics(_ context.Context, by vod.Caller, q statistics.Query) (statistics.Report, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q, err := q.Resolve(noon())
	if err != nil || m.failure != nil || by.Tenant != "acme" {
		return statistics.Report{}, cmp.Or(err, m.failure)
	}
	r := statistics.Report{From: q.From, To: q.To, Width: statistics.Day, Profile: q.Profile}
	r.Total = statistics.Counts{Accepted: 2, Dequeued: 1, Failed: 1}
	r.Columns = []statistics.Column{{Start: q.From, End: q.To, Counts: r.Total, Queued: 1, Unfinished: 1}}
	r.Load = statistics.Load{Queued: 1, Tasks: []statistics.TaskLoad{{Stage: vod.Retrieval, Waiting: 1}}}
	r.Profiles = []statistics.Profile{{Name: "default", Counts: r.Total}}
	r.Durations = []statistics.Durations{{Profile: "default", Stage: vod.Retrieval, Histogram: statistics.Histogram{48: 10, 72: 1}}}
	r.Errors = []statistics.Errors{{
		Stage: vod.Encoding, Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Failed: 1, Last: noon(), IngestID: "i", AssetID: "7", Message: "No.",
	}}
	return r, nil
}

func TestStatisticsDocument(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	const counts = `"accepted":2,"completed":0,"skipped":0,"failed":1,"cancelled":0`
	s.send(t, "GET", "/statistics?fromDate=2022-01-01&profileName=default", "", tenantHeader, "acme").is(t, 200,
		`{"from":"2022-01-01T00:00:00.000Z","to":"2022-01-02T12:00:00.000Z","interval":86400000,"profileName":"default","total":{`+counts+`},`+
			`"columns":[{"start":"2022-01-01T00:00:00.000Z",`+counts+`,"queued":1,"unfinished":1}],`+
			`"now":{"queued":1,"running":0,"cancelling":0,"stages":[{"stage":"RETRIEVAL","running":0,"waiting":1}]},`+
			`"profiles":[{"profileName":"default",`+counts+`}],`+
			`"durations":[{"profileName":"default","stage":"RETRIEVAL","count":11,"p50":102,"p95":1002}],`+
			`"errors":[{"stage":"ENCODING","class":"MEDIA","reason":"bad_media","failed":1,"retried":0,"last":"2022-01-02T12:00:00.000Z",`+
			`"ingestId":"i","assetId":"7","message":"No."}]}`)
	s.send(t, "GET", "/statistics", "", tenantHeader, "other").is(t, 200, `"columns":[],"now":{"queued":0,"running":0,"cancelling":0,"stages":[]},"profiles":[],"durations":[],"errors":[]`)
}

func TestStatisticsQuery(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	for query, name := range map[string]string{
		"fromDate=yesterday":                    "fromDate must be",
		"toDate=2021-13-01":                     "toDate must be",
		"fromDate=2021-06-02&toDate=2021-06-01": "fromDate must be before",
		"fromDate=2019-06-02":                   "at most 400 days",
		"limit=3":                               "limit is not known here",
	} {
		a := s.send(t, "GET", "/statistics?"+query, "")
		if a.StatusCode != 400 || !strings.Contains(a.text, name) {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.text)
		}
	}
}
