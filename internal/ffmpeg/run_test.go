package ffmpeg

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestRunReportsProgressAndTrace(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	source, out := clip(t), filepath.Join(t.TempDir(), "out %d #1.mp4")
	var shares []float64
	var argv []string
	var log string
	err := tools.Run(context.Background(), Command{
		Args:     append(Input(source), "-c", "copy", FileURL(out)),
		Duration: 2 * time.Second,
		Progress: func(share float64) { shares = append(shares, share) },
		Trace:    func(command []string, text string) { argv, log = command, text },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(shares) == 0 || shares[len(shares)-1] < 0.95 || !slices.IsSorted(shares) {
		t.Errorf("progress %v, want it to grow to about 1", shares)
	}
	if !slices.Contains(argv, "-nostdin") || argv[len(argv)-1] != FileURL(out) {
		t.Errorf("traced %q", argv)
	}
	if strings.Contains(log, "[error]") {
		t.Errorf("log %q", log)
	}
	if _, err := os.Stat(out); err != nil {
		t.Error(err)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	for _, stopped := range []bool{false, true} {
		t.Run("SIGSTOP="+strconv.FormatBool(stopped), func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out.ts")
			ctx, cancel := context.WithCancelCause(context.Background())
			var once sync.Once
			var asked time.Time
			err := tools.Run(ctx, Command{
				Args: append(endless(), FileURL(out)), Duration: time.Hour,
				Progress: func(float64) {
					once.Do(func() {
						if stopped {
							signalAll(t, out, syscall.SIGSTOP)
						}
						asked = time.Now()
						cancel(vod.ErrCancelled)
					})
				},
			})
			took := time.Since(asked)
			se := stepError(t, err, vod.ClassCancelled, vod.ReasonCancelled)
			if se.Cause != vod.ErrCancelled { //nolint:errorlint // the very value is passed on
				t.Errorf("cause %v", se.Cause)
			}
			if took > 1500*time.Millisecond {
				t.Errorf("took %v to stop", took)
			}
			if left := processes(t, out); len(left) > 0 {
				t.Errorf("processes %v are left", left)
			}
		})
	}
}

func TestRunKillsWhatHangs(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{StallAfter: 1500 * time.Millisecond})
	out := filepath.Join(t.TempDir(), "out.ts")
	var once sync.Once
	err := tools.Run(context.Background(), Command{
		Args: append(endless(), FileURL(out)), Duration: time.Hour,
		Progress: func(float64) { once.Do(func() { signalAll(t, out, syscall.SIGSTOP) }) },
	})
	se := stepError(t, err, vod.ClassInfra, vod.ReasonStalled)
	if !strings.Contains(se.Message, "1.5s") {
		t.Error(se.Message)
	}
	if left := processes(t, out); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

func TestRunKillsWhatIsDoneButDoesNotEnd(t *testing.T) {
	t.Parallel()
	fake := filepath.Join(t.TempDir(), "ffmpeg")
	script := "#!/bin/sh\ntrap '' TERM\nprintf 'out_time_us=2000000\\nprogress=end\\n'\nsleep 3600\n"
	if err := os.WriteFile(fake, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	tools := newTools(t, Config{StallAfter: 2 * time.Second})
	tools.config.FFmpeg = fake
	var last float64
	start := time.Now()
	err := tools.Run(context.Background(), Command{Duration: 2 * time.Second, Progress: func(s float64) { last = s }})
	stepError(t, err, vod.ClassInfra, vod.ReasonStalled)
	if last != 1 {
		t.Errorf("progress %v, want 1", last)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestServerKilledLeavesNoFFmpeg(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out.ts")
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), serverEnv+"="+out)
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() || lines.Text() != "running" {
		t.Fatalf("server said %q", lines.Text())
	}
	if len(processes(t, out)) == 0 {
		t.Fatal("ffmpeg is not seen before the kill")
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, 2*time.Second, "ffmpeg gone", func() bool { return len(processes(t, out)) == 0 })
	if err := server.Wait(); err == nil {
		t.Error("the server ended by itself")
	}
}

func TestRunFailures(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	source := clip(t)
	gone := filepath.Join(t.TempDir(), "gone.mp4")
	small := newTools(t, Config{})
	small.config.MaxMemory, small.config.MaxFileSize = 200<<20, 4096
	noise := []string{"-f", "lavfi", "-i", "nullsrc=size=640x360:duration=5,geq=random(1)*255:128:128"}
	for _, test := range []struct {
		name   string
		tools  *Tools
		args   []string
		class  vod.Class
		reason vod.Reason
		says   string
	}{
		{"disk full", tools, append(Input(source), "-f", "mpegts", FileURL("/dev/full")), vod.ClassInfra, vod.ReasonDiskFull, "disk was full"},
		{"disk full at the last write", tools, append(Input(source), "-c", "copy", "-f", "mp4", "-movflags", "frag_keyframe", FileURL("/dev/full")), vod.ClassInfra, vod.ReasonDiskFull, "disk was full"},
		{"memory", small, append(noise, "-c:v", "libx264", "-threads", "16", "-f", "null", "-"), vod.ClassInfra, vod.ReasonEncoder, ""},
		{"source gone", tools, append(Input(gone), "-f", "null", "-"), vod.ClassInfra, vod.ReasonSourceMissing, `"gone.mp4"`},
		{"unknown option", tools, []string{"-nonsense", "1"}, vod.ClassInfra, vod.ReasonEncoder, "Option not found"},
		{"no such stream", tools, append(Input(source), "-map", "0:s:0", "-f", "null", "-"), vod.ClassMedia, vod.ReasonBadMedia, "clip.mp4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := test.tools.Run(context.Background(), Command{Args: test.args})
			if se := stepError(t, err, test.class, test.reason); !strings.Contains(se.Message, test.says) {
				t.Errorf("message %q", se.Message)
			}
		})
	}
}

func TestRunLimitsFileSize(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{MaxFileSize: 4096})
	out := filepath.Join(t.TempDir(), "out.ts")
	err := tools.Run(context.Background(), Command{Args: append(Input(clip(t)), FileURL(out))})
	se := stepError(t, err, vod.ClassInfra, vod.ReasonEncoder)
	if !strings.Contains(se.Message, "larger than it may") {
		t.Error(se.Message)
	}
}

func TestProcessKeepsNoSecretsAndKillsTheGroup(t *testing.T) {
	t.Setenv("ORCHESTRATE_SECRET_X", "hidden")
	mark := filepath.Join(t.TempDir(), "mark")
	log := &tail{max: maxLog}
	p := process{
		argv:   []string{"/bin/sh", "-c", `env; sh -c 'trap "" TERM; sleep 3600; : "$0"' "$0" & echo started`, mark},
		stdout: log, stderr: log, limits: limits{memory: 1 << 30, fileSize: 1 << 20},
	}
	if err := p.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, "hidden") || !strings.Contains(text, "started") {
		t.Errorf("output %q", text)
	}
	eventually(t, time.Second, "the child gone", func() bool { return len(processes(t, mark)) == 0 })
}

// signalAll signals the ffmpeg that writes out.
func signalAll(t *testing.T, out string, signal syscall.Signal) {
	t.Helper()
	found := processes(t, out)
	if len(found) == 0 {
		t.Error("no ffmpeg to signal")
	}
	for _, id := range found {
		pid, err := strconv.Atoi(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, signal); err != nil {
			t.Error(err)
		}
	}
}
