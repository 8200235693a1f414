package httpd

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestSchedule(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.send(t, "GET", "/ingests/run-1/schedule", "").is(t, 200, `{"priority":"NORMAL","dueTime":null}`)
	high := `{"priority":"HIGH","dueTime":"2026-12-01T05:00:00.000Z"}`
	s.send(t, "PUT", "/ingests/run-1/schedule", `{"priority":"HIGH","dueTime":"2026-12-01T06:00:00+01:00"}`).is(t, 200, high)
	first := s.send(t, "GET", "/ingests/run-1/schedule", "")
	first.is(t, 200, high)
	s.send(t, "GET", "/ingests/run-1/schedule", "", "If-None-Match", first.Header.Get("ETag")).is(t, 304)
	s.send(t, "GET", "/ingests/run-1/plan", "").is(t, 200, `{"ingestId":"run-1","priority":"HIGH","dueTime":"2026-12-01T05:00:00.000Z","steps":[`)
	s.send(t, "PUT", "/ingests/run-1/schedule", `{"priority":"LOW"}`).is(t, 200, `{"priority":"LOW","dueTime":null}`)

	for body, problem := range map[string]string{
		`{}`:                                   "/priority must be HIGH, NORMAL or LOW",
		`{"priority":"HIGH","dueTime":"soon"}`: "/dueTime",
		`{"priority":"HIGH","due":null}`:       "/due is not known here",
		``:                                     "needs a body",
	} {
		s.send(t, "PUT", "/ingests/run-1/schedule", body).is(t, 400, problem)
	}
	s.send(t, "PUT", "/ingests/none/schedule", `{"priority":"LOW"}`).is(t, 404)
	s.runs[0].Ingest.Status = vod.Failed
	s.send(t, "PUT", "/ingests/run-1/schedule", `{"priority":"LOW"}`).is(t, 409, "FAILED")
}

func TestSubmitWithSchedule(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.send(t, "POST", "/ingests", `{"assetId":"7","uri":"a","priority":"LOW","dueTime":"2026-12-01T06:00:00Z"}`, "Idempotency-Key", "k").is(t, 202)
	want := orchestrate.Schedule{Priority: vod.Low, Due: time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)}
	if d := cmp.Diff(want, s.submitted[0].Schedule); d != "" {
		t.Error(d)
	}
	s.send(t, "POST", "/ingests", `{"assetId":"7","uri":"a","priority":"HIGH","dueTime":"2026-12-01T06:00:00Z"}`, "Idempotency-Key", "k").is(t, 422)
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	s.send(t, "GET", "/workers", "").is(t, 200, `{"items":[],"count":0}`)
	s.workers = []vod.Worker{{
		ID: "w", Host: "encode-1", Version: "1.4.0", Slots: map[vod.Stage]int{vod.Packaging: 4, vod.Encoding: 2, vod.Playout: 0},
		Capabilities: []vod.Capability{vod.CanHEVC, vod.CanUHD}, Memory: 1 << 34, Processors: 8, Scratch: 1 << 37, Running: 1,
		Started: noon().Add(-time.Hour), Seen: noon(),
	}}
	s.send(t, "GET", "/workers", "").is(t, 200, `{"items":[{"id":"w","host":"encode-1","version":"1.4.0","stages":[{"stage":"ENCODING","slots":2},`+
		`{"stage":"PACKAGING","slots":4}],"capabilities":["hevc","uhd"],"memory":17179869184,"processors":8,"scratch":137438953472,"running":1,`+
		`"startTime":"2022-01-02T11:00:00.000Z","seenTime":"2022-01-02T12:00:00.000Z"}],"count":1}`)
}
