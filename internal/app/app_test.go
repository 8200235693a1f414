package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestOneServer: of a data folder, and of a database.
func TestOneServer(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	first := newApp(t, c)
	sameDatabase := configIn(t.TempDir())
	sameDatabase.DB = c.DB
	for name, other := range map[string]string{"folder": c.Data, "database": sameDatabase.Data} {
		second := sameDatabase
		second.Data = other
		a, err := New(t.Context(), second, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "exactly one process serves") {
			t.Errorf("the same %s: %v", name, err)
		}
		if a != nil {
			t.Error("there is a second server")
		}
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	newApp(t, c) // The first has let go of both.
}

// TestNewRollsBack: what failed to start holds nothing.
func TestNewRollsBack(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	broken := c
	broken.FFmpeg = filepath.Join(c.Data, "missing")
	if _, err := New(t.Context(), broken, slog.New(slog.DiscardHandler)); err == nil {
		t.Fatal("a server without ffmpeg")
	}
	newApp(t, c)
}

// TestStart: a server takes up what its predecessor left, answers, and stops
// more than once.
func TestStart(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	first := newApp(t, c)
	id, _ := first.create(t, `not a snapshot`, func(run *vod.Run, task *vod.Task) {
		run.Ingest.Status, task.Status = vod.Running, vod.TaskRunning
	})
	left := filepath.Join(c.Scratch, "task-1", "half.mp4")
	if err := os.MkdirAll(left, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	a := newApp(t, c)
	if exists(left) {
		t.Error("the scratch folder was not cleared")
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status := a.waitFinal(t, id); status != vod.Failed { // What cannot be read ends it.
		t.Errorf("taken up as %s", status)
	}
	status, body := get(t, a.URL()+"/readyz")
	if status != http.StatusOK || body != `{"status":"ok"}` {
		t.Errorf("ready: %d %s", status, body)
	}
	for range 2 {
		if err := a.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// signalled tells when a log has a text.
type signalled struct {
	text string
	once sync.Once
	seen chan struct{}
}

func (s *signalled) Write(p []byte) (int, error) {
	if strings.Contains(string(p), s.text) {
		s.once.Do(func() { close(s.seen) })
	}
	return len(p), nil
}

// TestServe: until the context is done, and then in order.
func TestServe(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := &signalled{text: "msg=serving", seen: make(chan struct{})}
	c := configIn(t.TempDir())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, c, log) }()
	select {
	case <-log.seen:
		cancel()
	case err := <-ended:
		t.Fatalf("ended before it served: %v", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	newApp(t, c) // Nothing is held any more.
}

func TestDiskShort(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	a := newApp(t, c)
	if why := a.hold(); why != "" {
		t.Errorf("there is space, but: %s", why)
	}
	a.config.MinFree = 1 << 62
	if why := a.hold(); !strings.Contains(why, "new work waits") || !strings.Contains(why, c.Data) {
		t.Errorf("there is no space: %q", why)
	}
}

// TestVanishedMediaFolder: what was served is gone, but new work goes on.
func TestVanishedMediaFolder(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	a := newApp(t, c)
	if err := os.RemoveAll(c.MediaRoot); err != nil {
		t.Fatal(err)
	}
	if why := a.hold(); why != "" {
		t.Errorf("work waits: %s", why)
	}
}
