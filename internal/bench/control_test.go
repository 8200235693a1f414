package bench

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// fiveSteps has five tasks in a row and no media work.
const fiveSteps = `
name: five
distribution:
- filesetFilter: initialInput
  distributionProfile: {name: one, type: URL_REWRITE, sourceLocation: {name: s, type: web, baseUrl: "https://origin.example"}, targetLocation: {name: a, type: web, baseUrl: "https://a.example"}}
  filesetLabelOut: a
- filesetFilter: a
  distributionProfile: {name: two, type: URL_REWRITE, targetLocation: {name: b, type: web, baseUrl: "https://b.example"}}
  filesetLabelOut: b
- filesetFilter: b
  distributionProfile: {name: three, type: URL_REWRITE, targetLocation: {name: c, type: web, baseUrl: "https://c.example"}}
  filesetLabelOut: c
- filesetFilter: c
  distributionProfile: {name: four, type: URL_REWRITE, targetLocation: {name: d, type: web, baseUrl: "https://d.example"}}
  filesetLabelOut: d
- filesetFilter: d
  distributionProfile: {name: five, type: URL_REWRITE, targetLocation: {name: e, type: web, baseUrl: "https://e.example"}}
  filesetLabelOut: e
`

// BenchmarkControlPlane submits ingests of five tasks over HTTP from 32
// clients and counts how many end per second, from the first submission to the
// last end. Limit to beat: 300 per second on two cores.
func BenchmarkControlPlane(b *testing.B) {
	c, _ := apptest.Serve(b, "--slots", "distribution=64")
	if _, err := c.ApplyProfile(b.Context(), "five", []byte(fiveSteps)); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	b.ResetTimer()
	many(b, int64(b.N), func(i int64) error {
		_, err := c.Submit(b.Context(), client.Submission{AssetID: fmt.Sprint(i), URI: "https://origin.example/film.mp4", Profile: "five"}, "")
		return err
	})
	drained(b, c)
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "ingests/s")
	b.ReportMetric(0, "ns/op")
}

// many does it n times, from 32 clients.
func many(b *testing.B, n int64, do func(i int64) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// drained waits until no ingest is unfinished, and sees that all completed.
func drained(b *testing.B, c *client.Client) {
	b.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	open := client.Filter{Statuses: []client.IngestStatus{client.IngestStatusQUEUED, client.IngestStatusRUNNING}, Limit: 1}
	for count := 1; count > 0; <-tick.C {
		page, err := c.List(b.Context(), open)
		if err != nil {
			b.Fatal(err)
		}
		count = page.Count
	}
	page, err := c.List(b.Context(), client.Filter{Statuses: []client.IngestStatus{client.IngestStatusFAILED}, Limit: 1})
	if err != nil || page.Count > 0 {
		b.Fatalf("an ingest failed: %+v (%v)", page, err)
	}
}
