package enginetest

import (
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Tasks is how many tasks an ingest of Speed has.
const Tasks = 7

// submitters is how many ingests Speed accepts at the same time.
const submitters = 16

// Speed measures ingests without media work, of the seven steps of the built-in
// profile: how many come to their end in a second, which it reports and gives.
func Speed(b *testing.B, newEngine New) (perSecond float64) {
	bundle := setup(b, newEngine)
	bundle.slots = map[vod.Stage]int{}
	e := bundle.engine()
	ids := make(chan string, b.N)
	for range b.N {
		ids <- bundle.ingest("")
	}
	close(ids)
	b.ResetTimer()
	var workers sync.WaitGroup
	for range submitters {
		workers.Go(func() {
			for id := range ids {
				if err := e.Wake(b.Context(), id); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	for open := 1; open > 0; {
		left, err := bundle.store.IngestUnfinished(b.Context())
		bundle.must(err)
		if open = len(left); open > 0 {
			bundle.end(left[0], vod.Completed)
		}
	}
	perSecond = float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond, "ingests/s")
	b.ReportMetric(1000/perSecond/Tasks, "ms/task")
	return perSecond
}
