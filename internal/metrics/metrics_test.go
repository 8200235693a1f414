package metrics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/httpd"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// watched are metrics with sources that have something to tell.
func watched(t *testing.T) *Metrics {
	t.Helper()
	m := New("1.2.3")
	dir := t.TempDir()
	for name, text := range map[string]string{"db": "12345", "backups/old": "x", "backups/new": "x", "backups/empty": "", "backups/new.part": "x"} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Unix(1_700_000_000, 0)
	if err := errors.Join(os.Chtimes(filepath.Join(dir, "backups/old"), at, at.Add(-time.Hour)),
		os.Chtimes(filepath.Join(dir, "backups/new"), at, at)); err != nil {
		t.Fatal(err)
	}
	m.Watch(Sources{
		Load: func() map[vod.Stage]engine.Load {
			return map[vod.Stage]engine.Load{
				vod.Encoding: {Slots: 2, Running: 1, Ready: 3, Delayed: 4, Oldest: time.Now().Add(-time.Hour)},
				vod.Playout:  {Slots: 4, Held: 5},
			}
		},
		Unfinished: func(context.Context) (map[vod.IngestStatus]int, error) {
			return map[vod.IngestStatus]int{vod.Queued: 7, vod.Running: 1}, nil
		},
		Database: filepath.Join(dir, "db"), Folders: map[string]string{"data": "d", "media": "m"},
		FreeSpace: func(folder string) (int64, error) { return int64(folder[0]), nil }, MinFree: 5e9,
		Backups: filepath.Join(dir, "backups"),
	})
	m.WatchCluster(clusterOf(nil))
	return m
}

func scrape(t *testing.T, m *Metrics) (values map[string]string) {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler(slog.New(slog.DiscardHandler)).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	values = map[string]string{}
	for line := range strings.Lines(answer.Body.String()) {
		if !strings.HasPrefix(line, "#") {
			i := strings.LastIndexByte(line, ' ')
			values[line[:i]] = strings.TrimSpace(line[i:])
		}
	}
	return values
}

func check(t *testing.T, values map[string]string, want map[string]string) {
	t.Helper()
	got := maps.Clone(values)
	maps.DeleteFunc(got, func(name, _ string) bool { return want[name] == "" })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	values := scrape(t, watched(t))
	check(t, values, map[string]string{
		`orchestrate_tasks{stage="ENCODING",state="running"}`: "1", `orchestrate_tasks{stage="ENCODING",state="ready"}`: "3",
		`orchestrate_tasks{stage="ENCODING",state="delayed"}`: "4", `orchestrate_tasks{stage="PLAYOUT",state="held"}`: "5",
		`orchestrate_task_slots{stage="ENCODING"}`: "2", `orchestrate_task_oldest_wait_seconds{stage="PLAYOUT"}`: "0",
		`orchestrate_ingests_unfinished{status="QUEUED"}`: "7", `orchestrate_ingests_unfinished{status="CANCELLING"}`: "0",
		`orchestrate_store_file_bytes{file="database"}`: "5", `orchestrate_store_file_bytes{file="wal"}`: "0",
		`orchestrate_disk_free_bytes{folder="media"}`: fmt.Sprint('m'), `orchestrate_disk_min_free_bytes`: "5e+09",
		`orchestrate_backup_last_timestamp_seconds`: "1.7e+09",
	})
	if wait := values[`orchestrate_task_oldest_wait_seconds{stage="ENCODING"}`]; !strings.HasPrefix(wait, "3600.") {
		t.Errorf("oldest waits %s s", wait)
	}
	if values["go_goroutines"] == "" || values["process_open_fds"] == "" {
		t.Error("the collectors of Go and the process are missing")
	}
}

// TestBrokenSource: what cannot be told is left out, and all else is there.
func TestBrokenSource(t *testing.T) {
	t.Parallel()
	m := New("1.2.3")
	m.Watch(Sources{
		Load:       func() map[vod.Stage]engine.Load { return nil },
		Unfinished: func(context.Context) (map[vod.IngestStatus]int, error) { return nil, errors.New("the disk is gone") },
		FreeSpace:  func(string) (int64, error) { return 0, errors.New("the disk is gone") },
		Folders:    map[string]string{"data": "/"}, Database: "/nowhere/db", Backups: "/nowhere", MinFree: 1,
	})
	values := scrape(t, m)
	check(t, values, map[string]string{`orchestrate_disk_min_free_bytes`: "1", `orchestrate_ingests_ended_total{status="FAILED"}`: "0"})
	for name := range values {
		for _, absent := range []string{"orchestrate_ingests_unfinished", "orchestrate_disk_free", "orchestrate_backup"} {
			if strings.HasPrefix(name, absent) {
				t.Errorf("there is %s", name)
			}
		}
	}
}

func TestEngine(t *testing.T) {
	t.Parallel()
	m := New("")
	kind := engine.Kind{Stage: vod.Encoding, Type: "FFMPEG"}
	m.AttemptEnded(engine.AttemptEnd{
		Kind: kind, Profile: "hd", Result: engine.ResultCompleted, Took: 50 * time.Second,
		Work: step.Work{Bytes: 10, Media: 100 * time.Second},
	})
	m.AttemptEnded(engine.AttemptEnd{
		Kind: kind, Profile: "hd", Result: engine.ResultFailed, Took: time.Hour,
		Err: &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia},
	})
	m.AttemptLost(vod.Packaging)
	m.IngestEnded(vod.Ingest{Status: vod.Skipped})
	check(t, scrape(t, m), map[string]string{
		`orchestrate_task_attempts_total{result="completed",stage="ENCODING",type="FFMPEG"}`:            "1",
		`orchestrate_task_attempts_total{result="failed",stage="ENCODING",type="FFMPEG"}`:               "1",
		`orchestrate_task_duration_seconds_count{profile="hd",stage="ENCODING",type="FFMPEG"}`:          "1",
		`orchestrate_task_duration_seconds_bucket{profile="hd",stage="ENCODING",type="FFMPEG",le="30"}`: "0",
		`orchestrate_task_duration_seconds_bucket{profile="hd",stage="ENCODING",type="FFMPEG",le="60"}`: "1",
		`orchestrate_task_failures_total{class="MEDIA",reason="bad_media",stage="ENCODING"}`:            "1",
		`orchestrate_task_attempts_lost_total{stage="PACKAGING"}`:                                       "1",
		`orchestrate_task_attempts_lost_total{stage="ENCODING"}`:                                        "0",
		`orchestrate_ingests_ended_total{status="SKIPPED"}`:                                             "1",
		`orchestrate_ingests_ended_total{status="COMPLETED"}`:                                           "0",
		`orchestrate_retrieved_bytes_total`:                                                             "10",
		`orchestrate_encoded_media_seconds_total`:                                                       "100",
		`orchestrate_encoding_speed_ratio_sum`:                                                          "2",
	})
}

// TestManyProfiles: names past the limit share one, and known ones stay.
func TestManyProfiles(t *testing.T) {
	t.Parallel()
	m := New("")
	for i := range 2 * maxProfiles {
		for range 2 {
			m.AttemptEnded(engine.AttemptEnd{
				Kind: engine.Kind{Stage: vod.Playout, Type: "CATALOG"}, Profile: fmt.Sprint("p", i), Result: engine.ResultCompleted,
			})
		}
	}
	count := func(profile string) string {
		return `orchestrate_task_duration_seconds_count{profile="` + profile + `",stage="PLAYOUT",type="CATALOG"}`
	}
	values := scrape(t, m)
	check(t, values, map[string]string{count("p0"): "2", count(fmt.Sprint("p", maxProfiles-1)): "2", count("other"): fmt.Sprint(2 * maxProfiles)})
	if got := values[count(fmt.Sprint("p", maxProfiles))]; got != "" {
		t.Errorf("one too many is counted: %s", got)
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	m := New("")
	for range 3 {
		m.RequestBegan()
	}
	m.RequestEnded(httpd.RequestEnd{Method: "GET", Route: "/ingests", Status: 200, Bytes: 7, Took: 2 * time.Millisecond})
	m.RequestEnded(httpd.RequestEnd{Method: "BREW", Route: "none", Status: 429, Took: time.Second})
	check(t, scrape(t, m), map[string]string{
		`orchestrate_http_requests_in_flight`: "1",
		`orchestrate_http_request_duration_seconds_bucket{method="GET",route="/ingests",status="2xx",le="0.001"}`:  "0",
		`orchestrate_http_request_duration_seconds_bucket{method="GET",route="/ingests",status="2xx",le="0.0025"}`: "1",
		`orchestrate_http_request_duration_seconds_count{method="other",route="none",status="4xx"}`:                "1",
		`orchestrate_http_errors_total{status="429"}`:                                                              "1",
		`orchestrate_http_errors_total{status="500"}`:                                                              "0",
		`orchestrate_http_response_bytes_total{route="/ingests"}`:                                                  "7",
	})
}

func TestUploads(t *testing.T) {
	t.Parallel()
	m := New("")
	h := m.Uploads(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		part := make([]byte, 4)
		if n, err := r.Body.Read(part); n != 4 || err != nil {
			t.Errorf("read %d, %v", n, err)
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/uploads/x", strings.NewReader("abcdef")))
	check(t, scrape(t, m), map[string]string{`orchestrate_upload_bytes_total`: "4"}) // What was left unread does not count.
}

func TestStore(t *testing.T) {
	t.Parallel()
	m := New("")
	m.Batch(3, 3*time.Millisecond, nil)
	m.Batch(200, time.Second, errors.New("disk full"))
	m.Swept(retention.Orphan, 2)
	for _, state := range []string{"40001", "40P01", "55P03", "57P01", "", ""} {
		m.StoreRetried(state)
	}
	m.ListenerLost()
	check(t, scrape(t, m), map[string]string{
		`orchestrate_store_batch_size_sum`: "3", `orchestrate_store_batch_duration_seconds_bucket{le="0.005"}`: "1",
		`orchestrate_store_batch_duration_seconds_bucket{le="0.0025"}`: "0", `orchestrate_store_batch_failures_total`: "1",
		`orchestrate_swept_total{kind="orphan"}`: "2", `orchestrate_swept_total{kind="upload"}`: "0",
		`orchestrate_store_retries_total{reason="serialization"}`: "1", `orchestrate_store_retries_total{reason="deadlock"}`: "1",
		`orchestrate_store_retries_total{reason="lock"}`: "1", `orchestrate_store_retries_total{reason="connection"}`: "3",
		`orchestrate_store_listener_losses_total`: "1",
	})
}

// TestLint: names, units and help texts are as Prometheus wants them.
func TestLint(t *testing.T) {
	t.Parallel()
	m := watched(t)
	m.AttemptEnded(engine.AttemptEnd{Result: engine.ResultCompleted, Err: &vod.StepError{}})
	m.RequestEnded(httpd.RequestEnd{})
	problems, err := testutil.GatherAndLint(m.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

// BenchmarkRequest is what counting costs each request.
func BenchmarkRequest(b *testing.B) {
	m := New("")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.RequestBegan()
			m.RequestEnded(httpd.RequestEnd{Method: "GET", Route: "/ingests/{id}", Status: 200, Bytes: 2000, Took: 1500 * time.Microsecond})
		}
	})
}

// BenchmarkScrape is what a scrape costs with a full house of profiles.
func BenchmarkScrape(b *testing.B) {
	m := New("")
	for i := range maxProfiles {
		for _, stage := range vod.Stages() {
			m.AttemptEnded(engine.AttemptEnd{Kind: engine.Kind{Stage: stage, Type: "T"}, Profile: fmt.Sprint("p", i), Result: engine.ResultCompleted})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.registry.Gather(); err != nil {
			b.Fatal(err)
		}
	}
}
