package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// serverEnv makes the test binary play the server that runs ffmpeg and is
// killed.
const serverEnv = "ORCHESTRATE_TEST_FFMPEG_SERVER"

func TestMain(m *testing.M) {
	if out := os.Getenv(serverEnv); out != "" {
		playServer(out)
		return
	}
	os.Exit(m.Run())
}

// playServer encodes for ever and says when ffmpeg has begun.
func playServer(out string) {
	tools, err := New(Config{})
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	err = tools.Run(context.Background(), Command{
		Args: append(endless(), FileURL(out)), Duration: time.Hour,
		Progress: func(float64) { fmt.Println("running") },
	})
	fmt.Println("error:", err)
}

// endless are the arguments of an encode that takes an hour of real time.
func endless() []string {
	return []string{"-re", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=3600", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-f", "mpegts"}
}

func newTools(t *testing.T, config Config) *Tools {
	t.Helper()
	tools, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return tools
}

// generate makes a file with the real ffmpeg.
func generate(t *testing.T, path string, args ...string) string {
	t.Helper()
	argv := append([]string{"-v", "error", "-nostdin", "-y"}, args...)
	out, err := exec.Command("ffmpeg", append(argv, FileURL(path))...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
	return path
}

// clip makes a short MP4 with picture and sound.
func clip(t *testing.T, extra ...string) string {
	t.Helper()
	args := append([]string{
		"-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2", "-f", "lavfi", "-i", "sine=duration=2",
		"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac",
	}, extra...)
	return generate(t, filepath.Join(t.TempDir(), "clip.mp4"), args...)
}

func stepError(t *testing.T, err error, class vod.Class, reason vod.Reason) *vod.StepError {
	t.Helper()
	var se *vod.StepError
	if !errors.As(err, &se) {
		t.Fatalf("got %v, want a StepError", err)
	}
	if se.Class != class || se.Reason != reason {
		t.Fatalf("got %s, %s (%v), want %s, %s", se.Class, se.Reason, se, class, reason)
	}
	return se
}

// processes gives the ids of the processes whose command line holds the text.
func processes(t *testing.T, text string) []string {
	t.Helper()
	var found []string
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(line), text) {
			found = append(found, filepath.Base(filepath.Dir(file)))
		}
	}
	return found
}

// eventually waits until the condition holds.
func eventually(t *testing.T, within time.Duration, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(within)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", within, what)
		case <-tick.C:
		}
	}
}
