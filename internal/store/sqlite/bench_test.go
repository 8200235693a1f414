package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// BenchmarkIngestChange measures what one task does to the store: claims,
// reports and results, by turns, in an ingest of five tasks.
func BenchmarkIngestChange(b *testing.B) {
	for _, synchronous := range []string{"FULL", "NORMAL"} {
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("synchronous=%s/callers=%d", synchronous, callers), func(b *testing.B) {
				benchmarkChange(b, synchronous, callers)
			})
		}
	}
}

func benchmarkChange(b *testing.B, synchronous string, callers int) {
	s := open(b, func(set *settings) { set.synchronous = synchronous })
	ids := make([]string, callers)
	for i := range ids {
		ids[i] = fmt.Sprintf("ingest-%d", i)
		in := vod.Ingest{
			ID: ids[i], Tenant: "t", AssetID: fmt.Sprint(i), ProfileName: "default", Status: vod.Running,
			Start: vod.Now(), MediaTypes: []string{"VIDEO"}, HasInput: true, Input: filler(3000),
		}
		if _, err := s.IngestCreate(b.Context(), in, nil); err != nil {
			b.Fatal(err)
		}
		if err := s.IngestChange(b.Context(), ids[i], addTasks); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	var group sync.WaitGroup
	for i, id := range ids {
		group.Go(func() {
			for n := i; n < b.N; n += callers {
				if err := s.IngestChange(b.Context(), id, func(run *vod.Run) error { return work(run, n/callers) }); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}

func addTasks(run *vod.Run) error {
	for step := range 5 {
		run.Tasks = append(run.Tasks, vod.Task{
			ID: fmt.Sprintf("%s-%d", run.Ingest.ID, step), IngestID: run.Ingest.ID, Step: step,
			Stage: vod.Encoding, Status: vod.TaskPending, Input: filler(1200),
		})
	}
	return nil
}

// work claims a task, reports on it and completes it, in turns.
func work(run *vod.Run, n int) error {
	t := &run.Tasks[n/3%5]
	now := vod.Now()
	switch n % 3 {
	case 0:
		t.Status, t.Start, t.End = vod.TaskRunning, now, t.NotBefore
		t.Attempt++
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: t.Attempt, Status: vod.TaskRunning, Start: now})
	case 1:
		t.Share = 0.5
		run.Ingest.Progress = (run.Ingest.Progress + 10) % 100
	case 2:
		t.Status, t.Share, t.End, t.Outputs = vod.TaskCompleted, 1, now, filler(800)
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: t.Attempt, Status: t.Status, End: now})
	}
	return nil
}

func filler(size int) json.RawMessage {
	return json.RawMessage(`{"filesets":"` + strings.Repeat("x", size) + `"}`)
}
