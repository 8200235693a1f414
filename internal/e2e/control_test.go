package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/disktest"
)

// longClip takes a good while to encode.
func longClip(t *testing.T) string {
	t.Helper()
	return clip(t, t.TempDir(), "-f lavfi -i testsrc2=s=1280x720:r=25:d=60 -c:v libx264 -preset ultrafast -g 250 long.mp4")
}

func encodes(d *client.IngestDetail) bool {
	return taskOf(d, client.StageENCODING).Progress > 0
}

// TestCancel: within 2 s of the 204, or 5 s if another machine does it, no process of the ingest runs and its
// partial files are gone; a retry then does only what is missing. It does not
// run beside the other tests of this package, as it is held to a time.
func TestCancel(t *testing.T) {
	source, limit := longClip(t), 2*time.Second
	if onFullStack() {
		limit = 5 * time.Second // It is on its way to another machine.
	}
	in := serve(t, "--allow-source-dir", filepath.Dir(source))
	id := submit(t, in.client, client.Submission{AssetID: "long", URI: "file://" + source})
	waitFor(t, in.client, id, time.Minute, encodes)
	if len(children(t, in.folder)) == 0 {
		t.Fatal("no ffmpeg runs: the test does not see what it has to")
	}
	asked := time.Now()
	if err := in.client.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	d := waitFor(t, in.client, id, limit, over)
	if left := children(t, in.folder); d.Status != client.IngestStatusCANCELLED || len(left) > 0 {
		t.Errorf("%s with %q", d.Status, left)
	}
	t.Logf("cancelled after %v", time.Since(asked))
	encoding := taskOf(d, client.StageENCODING)
	if encoding.Status != client.TaskStatusTASKCANCELLED || d.Tasks[0].Status != client.TaskStatusTASKCOMPLETED {
		t.Errorf("tasks are %s, %s", d.Tasks[0].Status, encoding.Status)
	}
	if partial := in.files(t, encoding.ID); len(partial) > 0 {
		t.Errorf("partial files: %q", partial)
	}
	for range 2 {
		if err := in.client.Cancel(t.Context(), id); err != nil {
			t.Errorf("cancel again: %v", err)
		}
	}
	if _, err := in.client.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	d = waitFor(t, in.client, id, time.Minute, encodes)
	task, err := in.client.Task(t.Context(), id, d.Tasks[0].ID)
	if err != nil || task.Attempt != 1 {
		t.Errorf("retrieval has attempt %d (%v), want 1: its files were there", task.Attempt, err)
	}
}

// filesBelow lists the files in folders named by a task's id.
func filesBelow(t *testing.T, data, taskID string) (found []string) {
	t.Helper()
	err := filepath.Walk(data, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && strings.Contains(path, taskID) {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestTerm: SIGTERM ends the server within 10 s although an encode runs; the
// next start takes it up without counting a failure.
func TestTerm(t *testing.T) {
	t.Parallel()
	source := longClip(t)
	data := t.TempDir()
	p := start(t, data, "--allow-source-dir", filepath.Dir(source), "--drain", "1s")
	id := submit(t, p.client, client.Submission{AssetID: "long", URI: "file://" + source})
	waitFor(t, p.client, id, time.Minute, encodes)
	asked := time.Now()
	log := p.end(t, syscall.SIGTERM)
	if took := time.Since(asked); took > 10*time.Second || p.ProcessState.ExitCode() != 0 {
		t.Errorf("took %v, exit code %d:\n%s", took, p.ProcessState.ExitCode(), log)
	}
	if left := children(t, data); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	p = start(t, data, "--allow-source-dir", filepath.Dir(source))
	var task *client.TaskDetail
	waitFor(t, p.client, id, time.Minute, func(d *client.IngestDetail) bool {
		var err error
		task, err = p.client.Task(t.Context(), id, taskOf(d, client.StageENCODING).ID)
		return err == nil && task.Status == client.TaskStatusTASKRUNNING
	})
	if task.Attempt != 2 || task.Failures != 0 || task.Lost != 0 {
		t.Errorf("attempt %d, failures %d, lost %d; want 2, 0, 0", task.Attempt, task.Failures, task.Lost)
	}
}

// TestHang: an ffmpeg that stands still (here: SIGSTOP) is ended and the task
// tried again.
func TestHang(t *testing.T) {
	t.Parallel()
	source := longClip(t)
	data := t.TempDir()
	p := start(t, data, "--allow-source-dir", filepath.Dir(source), "--stall-after", "8s")
	id := submit(t, p.client, client.Submission{AssetID: "long", URI: "file://" + source})
	waitFor(t, p.client, id, time.Minute, encodes)
	stopEncoder(t, data)
	d := waitFor(t, p.client, id, time.Minute, func(d *client.IngestDetail) bool {
		task, err := p.client.Task(t.Context(), id, taskOf(d, client.StageENCODING).ID)
		return err == nil && task.Attempt == 2
	})
	task, err := p.client.Task(t.Context(), id, taskOf(d, client.StageENCODING).ID)
	if err != nil {
		t.Fatal(err)
	}
	if e := task.Attempts[0].Error; e == nil || e.Reason != "stalled" {
		t.Errorf("first attempt: %+v, want stalled", e)
	}
}

func stopEncoder(t *testing.T, data string) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stats {
		text, err := os.ReadFile(f)
		if err != nil || !strings.Contains(string(text), data) || !strings.HasSuffix(strings.SplitN(string(text), "\x00", 2)[0], "ffmpeg") {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("no ffmpeg runs")
}

// TestMinFree: below --min-free new work waits and the plan says why.
func TestMinFree(t *testing.T) {
	t.Parallel()
	onOneProcess(t)
	c := serve(t, "--min-free", "1000PB").client
	id := submit(t, c, client.Submission{AssetID: "waits", URI: "http://127.0.0.1:1/x.mp4"})
	plan, err := c.Plan(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if s := plan.Steps[0]; s.State != "ready" || !strings.Contains(s.Reason, "--min-free") {
		t.Errorf("first step: %s, %q", s.State, s.Reason)
	}
	if d := waitFor(t, c, id, time.Second, func(*client.IngestDetail) bool { return true }); d.Status != client.IngestStatusQUEUED || len(d.Tasks) != 0 {
		t.Errorf("%s with %d tasks", d.Status, len(d.Tasks))
	}
	if err := c.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	waitFor(t, c, id, time.Second, over)
}

// TestVanishedSource: a source that breaks off and is gone afterwards ends in
// a classified error.
func TestVanishedSource(t *testing.T) {
	t.Parallel()
	first := true
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !first {
			http.NotFound(w, nil)
			return
		}
		first = false
		w.Header().Set("Content-Length", "1000000")
		w.Header().Set("ETag", `"one"`)
		_, _ = fmt.Fprint(w, strings.Repeat("x", 1000))
	}))
	t.Cleanup(source.Close)
	c := serve(t).client
	id := submit(t, c, client.Submission{AssetID: "gone", URI: source.URL + "/film.mp4"})
	d := waitFor(t, c, id, time.Minute, over)
	if d.Status != client.IngestStatusFAILED || !strings.Contains(deref(d.Error), "404") {
		t.Errorf("%s: %s", d.Status, deref(d.Error))
	}
}

// TestDiskFull: a disk that fills up ends in a classified error; nothing of
// the attempt is left, and the server goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	onOneProcess(t)
	data := disktest.Mount(t, "16m")
	sources := t.TempDir()
	write(t, filepath.Join(sources, "big.mp4"), make([]byte, 32<<20))
	c, _ := apptest.Serve(t, "--data", data, "--allow-source-dir", sources)
	id := submit(t, c, client.Submission{AssetID: "big", URI: "file://" + sources + "/big.mp4"})
	d := waitFor(t, c, id, time.Minute, over)
	if d.Status != client.IngestStatusFAILED || !strings.Contains(deref(d.Error), "no space left") {
		t.Errorf("%s: %s", d.Status, deref(d.Error))
	}
	if left := filesBelow(t, data, d.Tasks[0].ID); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
