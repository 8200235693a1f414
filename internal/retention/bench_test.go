package retention_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// benchIngests is how many ingests have a folder, of one attempt each.
const benchIngests = 100_000

// BenchmarkSweep measures one pass with its portion of the walk, and the whole
// walk for comparison, which is spread over many passes.
func BenchmarkSweep(b *testing.B) {
	w := benchWorld(b)
	b.Run("pass", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.Pass(b.Context())
			w.Walk(b.Context(), 200)
		}
	})
	b.Run("all", func(b *testing.B) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for b.Loop() {
			w.Walk(b.Context(), benchIngests+1)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)), "heap-B")
	})
}

func benchWorld(b *testing.B) *retention.Worker {
	b.Helper()
	dir := b.TempDir()
	path := filepath.Join(dir, "store.db")
	db, err := sqlite.Open(b.Context(), path)
	fatal(b, err)
	fatal(b, db.Close())
	fillBench(b, path, dir)
	for i := range benchIngests {
		folder := filepath.Join(dir, "store", "acme", benchID(1, i), benchID(2, i), "1")
		fatal(b, os.MkdirAll(folder, 0o750))
		fatal(b, os.WriteFile(filepath.Join(folder, "a.mp4"), nil, 0o600))
	}
	db, err = sqlite.Open(b.Context(), path)
	fatal(b, err)
	b.Cleanup(func() { _ = db.Close() })
	set, err := location.New(location.Config{Named: map[string]vod.Location{
		"store": {Name: "store", Type: vod.LocationFile, Path: filepath.Join(dir, "store")},
	}})
	fatal(b, err)
	return &retention.Worker{
		Remover: &retention.Remover{Store: db, Locations: set, Now: vod.Now, Log: slog.New(slog.DiscardHandler)}, Store: db,
		Policy:  func(string) retention.Policy { return retention.Policy{Replaced: 24 * time.Hour, Ingests: time.Hour} },
		Uploads: func(time.Time) (int, error) { return 0, nil },
	}
}

func benchID(kind, i int) string { return fmt.Sprintf("%08d-0000-4000-8000-%012d", kind, i) }

func fillBench(b *testing.B, path, dir string) {
	b.Helper()
	db, err := sql.Open("sqlite", path)
	fatal(b, err)
	defer db.Close()
	for _, statement := range []string{
		`INSERT INTO ingests SELECT printf('%08d-0000-4000-8000-%012d', 1, i), 'acme', i, 'p', 1, 'COMPLETED', 100, i, i, '', NULL, 0, 0, 1, 'k', '', NULL, NULL FROM n`,
		`INSERT INTO tasks SELECT printf('%08d-0000-4000-8000-%012d', 2, i), printf('%08d-0000-4000-8000-%012d', 1, i), 0, 'ENCODING', 'TASK_COMPLETED', 1, 0, 0, 1, 1, 1, 2, NULL, '{}',
			'{"filesets":[{"files":[{"uri":"file://DIR/store/acme/' || printf('%08d-0000-4000-8000-%012d/%08d-0000-4000-8000-%012d', 1, i, 2, i) || '/1/a.mp4"}],"labels":[]}]}', NULL FROM n`,
	} {
		statement = fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", benchIngests-1) + strings.ReplaceAll(statement, "DIR", dir)
		_, err := db.ExecContext(b.Context(), statement)
		fatal(b, err)
	}
}

func fatal(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
