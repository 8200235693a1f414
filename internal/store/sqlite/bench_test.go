package sqlite

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
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
		if _, err := s.IngestCreate(b.Context(), in, nil, vod.AuditEntry{}); err != nil {
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

// BenchmarkIngestList measures pages of 25 among 200,000 ingests, the first
// and one in the middle.
func BenchmarkIngestList(b *testing.B) {
	const rows = 200_000
	s := open(b)
	err := s.write(b.Context(), func(t *tx) error {
		_, err := t.Exec(`
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
			INSERT INTO ingests (`+filledColumns+`)
			SELECT printf('%08x-0000-4000-8000-%012x', i * 2654435761 % 4294967296, i), 't', i % 1000, 'p' || (i % 3), 0,
				CASE i % 50 WHEN 0 THEN 'FAILED' WHEN 1 THEN 'SKIPPED' ELSE 'COMPLETED' END,
				0, i * 10, i * 10 + 5, '', '["VIDEO"]', 0, 0, 1, '', '' FROM n`, rows)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	middle := &store.Position{Start: time.UnixMilli(rows * 5)}
	for name, f := range map[string]store.IngestFilter{
		"all":              {},
		"asset":            {AssetID: "7"},
		"profile":          {ProfileName: "p1"},
		"status":           {Statuses: []vod.IngestStatus{vod.Failed}},
		"statuses":         {Statuses: []vod.IngestStatus{vod.Failed, vod.Skipped, vod.Running, vod.Queued}},
		"profile,status":   {ProfileName: "p1", Statuses: []vod.IngestStatus{vod.Failed}},
		"matching,nothing": {ProfileName: "none", Statuses: []vod.IngestStatus{vod.Failed}},
	} {
		f.Tenant, f.Limit = "t", 25
		for position, after := range map[string]*store.Position{"first": nil, "middle": middle} {
			f.After = after
			b.Run(name+"/"+position, func(b *testing.B) {
				for b.Loop() {
					if _, _, err := s.IngestList(b.Context(), f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkIngestGet measures a detail of five tasks.
func BenchmarkIngestGet(b *testing.B) {
	s := open(b)
	in := vod.Ingest{ID: "i", Tenant: "t", Status: vod.Running, Start: vod.Now(), Input: filler(3000)}
	if _, err := s.IngestCreate(b.Context(), in, nil, vod.AuditEntry{}); err != nil {
		b.Fatal(err)
	}
	if err := s.IngestChange(b.Context(), "i", addTasks); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.IngestGet(b.Context(), "t", "i"); err != nil {
			b.Fatal(err)
		}
	}
}
