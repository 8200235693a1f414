package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
)

// crashProfile is the built-in pipeline made quick.
const crashProfile = `
name: crash
retrieval:
- filesetFilter: initialInput
  retrievalProfile: {name: fetch, type: vimond_file_retriever, skipOnMD5: true, targetLocation: {name: store}}
  filesetLabelOut: retrieved
encoding:
- filesetFilter: retrieved
  encodingProfile: {name: quick, type: FFMPEG, preset: ultrafast, targetLocation: {name: store}, ladder: [{height: 90}, {height: 180}]}
  filesetLabelOut: encoded
packaging:
- filesetFilter: encoded
  packagingProfile: {name: cmaf, type: CMAF, targetLocation: {name: store}}
  filesetLabelOut: packaged
distribution:
- filesetFilter: packaged
  distributionProfile: {name: copy, type: COPY, targetLocation: {name: media}}
  filesetLabelOut: copied
- filesetFilter: copied
  distributionProfile: {name: address, type: URL_REWRITE, sourceLocation: {name: media}, targetLocation: {name: public}}
  filesetLabelOut: distributed
playout:
- filesetFilter: distributed AND HLS
  playoutProfile: {name: hls, type: CATALOG}
  filesetLabelOut: null
- filesetFilter: distributed AND DASH
  playoutProfile: {name: dash, type: CATALOG}
  filesetLabelOut: null
`

// TestCrash kills the server once with SIGKILL at a random moment of an ingest
// of several tasks, many times over. Each time the ingest goes on after the
// restart and ends as one that was left alone; no finished task runs again and
// no ffmpeg is left behind.
func TestCrash(t *testing.T) {
	t.Parallel()
	runs, seed := number(t, "CRASH_RUNS", 50), number(t, "CRASH_SEED", int(time.Now().UnixNano()%1_000_000))
	t.Logf("seed %d (CRASH_SEED), %d runs (CRASH_RUNS)", seed, runs)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	source := clip(t, t.TempDir(), "-f lavfi -i testsrc2=s=320x180:r=25:d=3 -f lavfi -i sine=d=3 -c:v libx264 -preset ultrafast source.mp4")
	began := time.Now()
	want := normalised(t, crashRun(t, source, 0))
	whole := time.Since(began)
	for i := range runs {
		after := time.Duration(random.Float64() * float64(whole))
		t.Run(fmt.Sprintf("%d after %v", i, after.Round(time.Millisecond)), func(t *testing.T) {
			if d := cmp.Diff(want, normalised(t, crashRun(t, source, after))); d != "" {
				t.Errorf("the detail differs from that of an undisturbed run (-want +got):\n%s", d)
			}
		})
	}
}

// crashRun ingests the source on a fresh server that is killed after the time
// (0: never) and started again, and gives the final detail.
func crashRun(t *testing.T, source string, after time.Duration) *client.IngestDetail {
	t.Helper()
	data := t.TempDir()
	flags := []string{"--allow-source-dir", filepath.Dir(source)}
	p := start(t, data, flags...)
	if _, err := p.client.ApplyProfile(t.Context(), "crash", []byte(crashProfile)); err != nil {
		t.Fatal(err)
	}
	id := submit(t, p.client, client.Submission{AssetID: "crash", URI: "file://" + source, Profile: "crash"})
	if after > 0 {
		<-time.After(after)
		p.end(t, syscall.SIGKILL)
		if left := waitGone(t, data); len(left) > 0 {
			t.Fatalf("left behind by the kill: %q", left)
		}
		p = start(t, data, flags...)
	}
	d := waitFor(t, p.client, id, time.Minute, over)
	if d.Status != client.IngestStatusCOMPLETED {
		t.Fatalf("ended %s: %s", d.Status, deref(d.Error))
	}
	for _, task := range d.Tasks {
		checkAttempts(t, p.client, id, task.ID)
	}
	checkServed(t, p.client)
	p.end(t, syscall.SIGTERM)
	return d
}

// waitGone waits for processes that work on the folder to end, as the kernel
// takes a moment for it, and gives those that do not.
func waitGone(t *testing.T, folder string) (left []string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 100 {
		if left = children(t, folder); len(left) == 0 {
			return nil
		}
		<-tick.C
	}
	return left
}

func checkAttempts(t *testing.T, c *client.Client, ingestID, taskID string) {
	t.Helper()
	task, err := c.Task(t.Context(), ingestID, taskID)
	if err != nil {
		t.Fatal(err)
	}
	completed := 0
	for _, a := range task.Attempts {
		if a.Status == client.TaskStatusTASKCOMPLETED {
			completed++
		}
	}
	if completed != 1 || task.Attempt > 2 {
		t.Errorf("%s completed %d times in %d attempts", task.Name, completed, task.Attempt)
	}
}

// checkServed fetches the manifests of what the catalogue says plays.
func checkServed(t *testing.T, c *client.Client) {
	t.Helper()
	playback, err := c.Playback(t.Context(), "crash")
	if err != nil {
		t.Fatal(err)
	}
	if playback.HLS == nil || playback.DASH == nil {
		t.Errorf("playback = %+v, want HLS and DASH", playback)
	}
}

var (
	anyID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}`)
	anyTime   = regexp.MustCompile(`"(startTime|endTime)": ?"[^"]*"|"(elapsedTime|versionId|profileVersionId|id)": ?\d+`)
	anyPort   = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	anyFolder = regexp.MustCompile(`/ID/\d+/`)               // the attempt's number
	anyData   = regexp.MustCompile(`/[^"]*/(store|media)\b`) // the data folder
)

// normalised drops ids, times, attempts, ports and folders from a detail, and
// puts the tasks, some of which run side by side, into one order.
func normalised(t *testing.T, d *client.IngestDetail) string {
	t.Helper()
	tasks := make([]string, len(d.Tasks))
	for i, task := range d.Tasks {
		tasks[i] = plainJSON(t, task)
	}
	slices.Sort(tasks)
	rest := *d
	rest.Tasks = nil
	return plainJSON(t, rest) + strings.Join(tasks, "\n")
}

func plainJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		form *regexp.Regexp
		with string
	}{
		{anyID, "ID"}, {anyTime, `"$1$2":0`}, {anyPort, "http://HOST"}, {anyFolder, "/ID/N/"}, {anyData, "/DATA/$1"},
	} {
		text = r.form.ReplaceAll(text, []byte(r.with))
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", " "); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func number(t *testing.T, env string, otherwise int) int {
	t.Helper()
	text := os.Getenv(env)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", env, err)
	}
	return n
}
