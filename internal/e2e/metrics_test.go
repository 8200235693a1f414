package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// scraped are the values of a scrape by name and labels, as they are written.
type scraped map[string]float64

// scrape asks for the metrics as Prometheus does. What it sees is linted.
func scrape(t *testing.T, url string) scraped {
	t.Helper()
	body := fetch(t, url, http.StatusOK)
	problems, err := promlint.New(bytes.NewReader(body)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	values := scraped{}
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			i := strings.LastIndexByte(line, ' ')
			if values[line[:i]], err = strconv.ParseFloat(line[i+1:], 64); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	return values
}

func fetch(t *testing.T, url string, want int) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		t.Fatalf("GET %s: %s, want %d, %v\n%s", url, resp.Status, want, err, body)
	}
	return body
}

// TestMetrics scrapes a server that has really worked, and holds what it
// counts against what was done.
func TestMetrics(t *testing.T) {
	onOneProcess(t)
	t.Parallel()
	sources := httptest.NewServer(http.FileServer(http.Dir("../../testdata")))
	defer sources.Close()
	c, a := apptest.Serve(t, "--metrics-addr", "127.0.0.1:0", "--slots", "encoding=1,retrieval=3")
	if ok := string(fetch(t, strings.TrimSuffix(a.MetricsURL(), "metrics")+"healthz", http.StatusOK)); ok != "ok\n" {
		t.Errorf("healthz says %q", ok)
	}
	fetch(t, a.URL()+"/metrics", http.StatusNotFound)

	film := client.Submission{AssetID: "4711", URI: sources.URL + "/demo.mp4"}
	first := waitFor(t, c, submit(t, c, film), time.Minute, over)
	again := waitFor(t, c, submit(t, c, film), time.Minute, over)
	absent := waitFor(t, c, submit(t, c, client.Submission{AssetID: "4712", URI: sources.URL + "/absent.mp4"}), time.Minute, over)
	if first.Status != client.IngestStatusCOMPLETED || again.Status != client.IngestStatusSKIPPED || absent.Status != client.IngestStatusFAILED {
		t.Fatalf("ended %s, %s, %s", first.Status, again.Status, absent.Status)
	}
	imported, err := client.New(a.URL(), client.Options{Tenant: "vimond"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := imported.Import(t.Context(), read(t, filepath.Join("..", "httpd", "testdata", "list.json"))); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Upload(t.Context(), "a.mp4", strings.NewReader("0123456789"), 10, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Get(t.Context(), "00000000-0000-0000-0000-000000000000"); err == nil {
		t.Fatal("there is an ingest 0")
	}

	values := scrape(t, a.MetricsURL())
	clip, err := os.Stat("../../testdata/demo.mp4")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		`orchestrate_ingests_ended_total{status="COMPLETED"}`: 1, // Imports are not counted.
		`orchestrate_ingests_ended_total{status="SKIPPED"}`:   1,
		`orchestrate_ingests_ended_total{status="FAILED"}`:    1,
		`orchestrate_ingests_unfinished{status="RUNNING"}`:    0,

		`orchestrate_task_duration_seconds_count{profile="default",stage="ENCODING",type="FFMPEG"}`:          1,
		`orchestrate_task_duration_seconds_count{profile="default",stage="DISTRIBUTION",type="URL_REWRITE"}`: 1,
		`orchestrate_task_failures_total{class="MEDIA",reason="source_missing",stage="RETRIEVAL"}`:           1,
		`orchestrate_task_attempts_lost_total{stage="ENCODING"}`:                                             0,
		`orchestrate_retrieved_bytes_total`:                                                                  float64(clip.Size()),
		`orchestrate_encoding_speed_ratio_count`:                                                             1,
		`orchestrate_task_slots{stage="ENCODING"}`:                                                           1,
		`orchestrate_task_slots{stage="RETRIEVAL"}`:                                                          3,
		`orchestrate_tasks{stage="ENCODING",state="running"}`:                                                0,
		`orchestrate_upload_bytes_total`:                                                                     10,
		`orchestrate_http_errors_total{status="404"}`:                                                        2, // /metrics, and ingest 0
		`orchestrate_http_request_duration_seconds_count{method="POST",route="/ingests",status="2xx"}`:       3,
		`orchestrate_http_request_duration_seconds_count{method="GET",route="none",status="4xx"}`:            1,
		`orchestrate_http_requests_in_flight`:                                                                0,
		`orchestrate_store_batch_failures_total`:                                                             0,
	} {
		if got, there := values[name]; got != want || !there {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for name, least := range map[string]float64{
		`orchestrate_encoded_media_seconds_total`:       1,
		`orchestrate_store_batch_size_count`:            10,
		`orchestrate_store_file_bytes{file="database"}`: 4096,
		`orchestrate_disk_free_bytes{folder="data"}`:    1,
		`orchestrate_disk_free_bytes{folder="media"}`:   1,
		`process_resident_memory_bytes`:                 1 << 20,
	} {
		if got := values[name]; got < least {
			t.Errorf("%s is %v, want %v or more", name, got, least)
		}
	}
}

// TestMetricsAfterCrash: what was lost with its process is counted by the next
// one.
func TestMetricsAfterCrash(t *testing.T) {
	t.Parallel()
	source, data := longClip(t), t.TempDir()
	p := start(t, data, "--allow-source-dir", filepath.Dir(source))
	id := submit(t, p.client, client.Submission{AssetID: "long", URI: fileURI(source)})
	waitFor(t, p.client, id, time.Minute, encodes)
	p.end(t, syscall.SIGKILL)
	c, a := apptest.Serve(t, "--data", data, "--metrics-addr", "127.0.0.1:0", "--allow-source-dir", filepath.Dir(source))
	waitFor(t, c, id, time.Minute, encodes)
	values := scrape(t, a.MetricsURL())
	for name, want := range map[string]float64{
		`orchestrate_task_attempts_lost_total{stage="ENCODING"}`: 1,
		`orchestrate_tasks{stage="ENCODING",state="running"}`:    1,
		`orchestrate_ingests_unfinished{status="RUNNING"}`:       1,
	} {
		if got := values[name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}
