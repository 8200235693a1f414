package bench

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// BenchmarkIngestOverhead ingests a clip of 60 s in 1080p at 15 Mbit/s under
// the built-in profile and then runs the very ffmpeg command of its ENCODING
// alone, in turn, and prints the median of the ratios. All else counts against
// the ingest: retrieval, probing, checksums, packaging with its check by
// decoding, copying. Limit: 1.05. The ratio of processor time stands beside
// that of wall time, as it varies less on a machine that others use too.
func BenchmarkIngestOverhead(b *testing.B) {
	dir := b.TempDir()
	source := filepath.Join(dir, "bench.mp4")
	run(b, "", "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=25:d=60,noise=alls=6:allf=t",
		"-f", "lavfi", "-i", "sine=d=60", "-c:v", "libx264", "-preset", "veryfast", "-b:v", "15M", source)
	c, _ := apptest.Serve(b, "--allow-source-dir", dir)
	var ratios, cpu []float64
	for b.Loop() {
		began, used := time.Now(), processorTime(b)
		accepted, err := c.Submit(b.Context(), client.Submission{AssetID: "bench", URI: "file://" + source, Force: true}, "")
		if err != nil {
			b.Fatal(err)
		}
		d := finished(b, c, accepted.IngestID)
		whole, wholeUsed := time.Since(began), processorTime(b)-used
		used = processorTime(b)
		bare := bareCommand(b, c, d)
		bareUsed := processorTime(b) - used
		ratios = append(ratios, whole.Seconds()/bare.Seconds())
		cpu = append(cpu, wholeUsed.Seconds()/bareUsed.Seconds())
		b.Logf("whole ingest %.2f s (processors %.2f s), its ffmpeg command alone %.2f s (%.2f s)",
			whole.Seconds(), wholeUsed.Seconds(), bare.Seconds(), bareUsed.Seconds())
		for _, t := range d.Tasks {
			b.Logf("  %s %.2f s", t.Name, float64(t.ElapsedTime)/1000)
		}
	}
	slices.Sort(ratios)
	slices.Sort(cpu)
	b.ReportMetric(cpu[len(cpu)/2], "cpu-ratio-median")
	b.ReportMetric(ratios[len(ratios)/2], "ratio-median")
	b.ReportMetric(ratios[0], "ratio-min")
	b.ReportMetric(ratios[len(ratios)-1], "ratio-max")
}

// processorTime is what this process and the programs that it ran have used.
func processorTime(b *testing.B) (sum time.Duration) {
	b.Helper()
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return sum
}

// bareCommand runs what the ingest's ENCODING ran, writing to a folder of its
// own, and gives the time that took.
func bareCommand(b *testing.B, c *client.Client, d *client.IngestDetail) time.Duration {
	b.Helper()
	for _, t := range d.Tasks {
		if t.Name != client.StageENCODING {
			continue
		}
		task, err := c.Task(b.Context(), d.IngestID, t.ID)
		if err != nil || len(task.Attempts) != 1 {
			b.Fatalf("encoding: %+v, %v", task, err)
		}
		out := b.TempDir()
		return run(b, out, redirected(task.Attempts[0], t.ID, out)...)
	}
	b.Fatal("the ingest has no ENCODING")
	return 0
}

// redirected makes the command write to the folder instead of the attempt's.
func redirected(a client.Attempt, taskID, out string) []string {
	words := slices.Clone(a.Command)
	own := "/" + taskID + "/" + strconv.Itoa(a.Number)
	for i, w := range words {
		if at := strings.Index(w, own); at >= 0 {
			start := strings.Index(w, "/")
			words[i] = w[:start] + out + w[at+len(own):]
		}
		if strings.HasSuffix(w, ".nut") { // the frames of stills, in a scratch folder that is gone
			words[i] = "file:" + filepath.Join(out, path.Base(w))
		}
	}
	return words
}

func run(b *testing.B, dir string, words ...string) time.Duration {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), words[0], words[1:]...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v", cmd, err)
	}
	return time.Since(began)
}
