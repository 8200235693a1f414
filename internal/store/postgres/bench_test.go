package postgres

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// BenchmarkIngestChange measures claims, progress reports and completions by
// turns, in an ingest of five tasks for each caller, on a server that writes to
// the disk before it answers. It gives the rate, and how it is to that of SQLite
// in the same run.
func BenchmarkIngestChange(b *testing.B) {
	server := pgtest.Start(b, pgtest.Options{Durable: true})
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			file, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "orchestrate.db"))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = file.Close() })
			beside := changes(b, file, callers)
			here := changes(b, open(b, server.URL("postgres")+"&pool_max_conns=24"), callers)
			b.ReportMetric(here, "changes/s")
			b.ReportMetric(here/beside, "ofSQLite")
		})
	}
}

// BenchmarkNotify measures writes of one row by 16 callers that tell of it, and
// of ones that tell of nothing.
func BenchmarkNotify(b *testing.B) {
	server := pgtest.Start(b, pgtest.Options{Durable: true})
	for name, statement := range map[string]string{
		"telling": "INSERT INTO profiles (tenant, name, version_id, document) VALUES (?, ?, 1, '{}')",
		"silent":  "INSERT INTO views (tenant, subject, name, query) VALUES (?, 's', ?, '')",
	} {
		b.Run(name, func(b *testing.B) {
			d := open(b, server.URL("postgres")+"&pool_max_conns=24").db
			b.ResetTimer()
			each(b, 16, func(caller, n int) error {
				return d.write(b.Context(), func(x *tx) error {
					_, err := x.Exec(statement, fmt.Sprint(time.Now().UnixNano()), fmt.Sprint(caller, "-", n))
					return err
				})
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}

// each has b.N calls done by so many callers.
func each(b *testing.B, callers int, do func(caller, n int) error) {
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for n := caller; n < b.N; n += callers {
				if err := do(caller, n/callers); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// changes gives how many there are in a second.
func changes(b *testing.B, s store.Store, callers int) float64 {
	b.Helper()
	ids := make([]string, callers)
	for i := range ids {
		ids[i] = fmt.Sprintf("ingest-%d-%d", time.Now().UnixNano(), i)
		in := vod.Ingest{
			ID: ids[i], Tenant: "t", AssetID: fmt.Sprint(i), ProfileName: "default", Status: vod.Running,
			Start: vod.Now(), MediaTypes: []string{"VIDEO"}, HasInput: true, Input: filler(3000),
		}
		if _, err := s.IngestCreate(b.Context(), in, nil, vod.AuditEntry{}); err != nil {
			b.Fatal(err)
		}
		err := s.IngestChange(b.Context(), ids[i], func(run *vod.Run) error {
			for step := range 5 {
				run.Tasks = append(run.Tasks, vod.Task{
					ID: fmt.Sprintf("%s-%d", run.Ingest.ID, step), IngestID: run.Ingest.ID, Step: step,
					Stage: vod.Encoding, Status: vod.TaskPending, Input: filler(1200),
				})
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	each(b, callers, func(caller, n int) error {
		return s.IngestChange(b.Context(), ids[caller], func(run *vod.Run) error { return work(run, n) })
	})
	return float64(b.N) / b.Elapsed().Seconds()
}

// work claims a task, reports on it and completes it, in turns.
func work(run *vod.Run, n int) error {
	t, now := &run.Tasks[n/3%5], vod.Now()
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

// BenchmarkIngestList measures pages of 25 among 200,000 ingests, the first and
// one in the middle.
func BenchmarkIngestList(b *testing.B) {
	const rows = 200_000
	s := open(b, pgtest.Database(b))
	fill(b, s.db, rows)
	for name, f := range map[string]store.IngestFilter{
		"all":            {},
		"asset":          {AssetID: "large"},
		"statuses":       {Statuses: []vod.IngestStatus{vod.Failed, vod.Skipped, vod.Running, vod.Queued}},
		"profile,status": {ProfileName: "p1", Statuses: []vod.IngestStatus{vod.Failed}},
		"nothing":        {ProfileName: "none", Statuses: []vod.IngestStatus{vod.Failed}},
	} {
		f.Tenant, f.Limit = "t", 25
		for position, after := range map[string]*store.Position{"first": nil, "middle": {Start: time.UnixMilli(rows * 5)}} {
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
