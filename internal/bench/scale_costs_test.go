package bench

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	temporal "go.temporal.io/sdk/client"

	"github.com/via-orchestrate/orchestrate/internal/clustertest"
)

// BenchmarkScaleCosts prints what an ingest asks of object storage, Postgres and
// Temporal: for a clip of 20 s, and for each further minute in 1080p.
func BenchmarkScaleCosts(b *testing.B) {
	folder := b.TempDir()
	in := install(b, clustertest.Options{Workers: 1, Flags: []string{"--allow-source-dir", folder}})
	in.profile(b, "fast", strings.NewReplacer( // the ladder of the built-in profile, quickly encoded
		"name: single", "name: fast", "threads: 1, ladder: [{height: 360}, {height: 720}]", "preset: ultrafast, quality: false, passThrough: false",
	).Replace(single))
	for b.Loop() {
		clip, longer := filepath.Join(folder, "clip.mp4"), filepath.Join(folder, "longer.mp4")
		flat(b, clip, 20)
		flat(b, longer, 80)
		first, second := in.costs(b, clip), in.costs(b, longer)
		for _, name := range slices.Sorted(maps.Keys(second)) {
			b.Logf("%s: %.0f for 20 s, %.0f for each further minute", name, first[name], second[name]-first[name])
		}
	}
	b.ReportMetric(0, "ns/op")
}

// flat makes a clip of that many seconds in 1080p that is encoded in no time.
func flat(b *testing.B, path string, seconds int) {
	b.Helper()
	run(b, "", "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", fmt.Sprintf("color=gray:s=1920x1080:r=25:d=%d", seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=d=%d", seconds), "-c:v", "libx264", "-preset", "ultrafast", path)
}

// costs ingests the clip and tells what that asked of the others, by name.
func (in *installation) costs(b *testing.B, clip string) map[string]float64 {
	b.Helper()
	before := in.counters(b)
	id := in.submit(b, filepath.Base(clip), "file://"+clip, "fast")
	finished(b, in.client, id)
	spent := in.counters(b)
	for name := range spent {
		spent[name] -= before[name]
	}
	c, err := temporal.Dial(temporal.Options{HostPort: in.temporal})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	described, err := c.DescribeWorkflowExecution(b.Context(), id, "")
	if err != nil {
		b.Fatal(err)
	}
	info := described.GetWorkflowExecutionInfo()
	spent["Temporal events"], spent["Temporal bytes of history"] = float64(info.GetHistoryLength()), float64(info.GetHistorySizeBytes())
	return spent
}

// counters gives what all processes have asked of object storage and of
// Postgres so far.
func (in *installation) counters(b *testing.B) map[string]float64 {
	b.Helper()
	counted := map[string]float64{}
	for _, m := range append(in.Workers, in.Server) {
		addS3(b, m.Metrics, counted)
	}
	conn, err := pgx.Connect(b.Context(), in.postgres)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	var transactions, inserted, updated, wal float64
	err = conn.QueryRow(b.Context(), `
		SELECT xact_commit, tup_inserted, tup_updated, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8
		FROM pg_stat_database WHERE datname = current_database()`).Scan(&transactions, &inserted, &updated, &wal)
	if err != nil {
		b.Fatal(err)
	}
	counted["Postgres transactions"], counted["Postgres rows inserted"] = transactions, inserted
	counted["Postgres rows updated"], counted["Postgres bytes of WAL"] = updated, wal
	return counted
}

// addS3 adds what a process has asked of object storage.
func addS3(b *testing.B, metrics string, counted map[string]float64) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, metrics, nil)
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue
		}
		if method, ok := label(name, "orchestrate_s3_requests_total", "method"); ok {
			counted["S3 "+method] += n
		}
		if direction, ok := label(name, "orchestrate_s3_bytes_total", "direction"); ok {
			counted["S3 bytes "+direction] += n
		}
	}
}

// label gives the value of the label, if the series is one of that name.
func label(series, name, label string) (value string, ok bool) {
	_, rest, found := strings.Cut(series, label+`="`)
	value, _, ends := strings.Cut(rest, `"`)
	return value, strings.HasPrefix(series, name+"{") && found && ends
}
