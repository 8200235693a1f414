package bench

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/clustertest"
)

// BenchmarkScaleWorkers ingests two clips at once on one and on two workers, in
// turn, and prints how many times the throughput the second one gives. A worker
// has one processor, one slot and one thread for each encoder. Aim: 1.9, though
// server, Postgres, Temporal and S3 take their part of the same two processors.
func BenchmarkScaleWorkers(b *testing.B) {
	source := mezzanine(b, 30)
	in := install(b, clustertest.Options{
		Workers: 2, Flags: []string{"--allow-source-dir", filepath.Dir(source)}, WorkerFlags: []string{"--slots", "encoding=1"},
		Within: func(n int) []string { return []string{"taskset", "--cpu-list", fmt.Sprint(n)} },
	})
	in.profile(b, "single", single)
	var times []float64
	for b.Loop() {
		if err := in.Workers[1].Stop(); err != nil {
			b.Fatal(err)
		}
		one := in.pair(b, source)
		if err := in.Workers[1].Restart(b.Context()); err != nil {
			b.Fatal(err)
		}
		two := in.pair(b, source)
		b.Logf("two ingests: %.2f s on one worker, %.2f s on two", one.Seconds(), two.Seconds())
		times = append(times, one.Seconds()/two.Seconds())
	}
	against(b, "throughput of two workers in that of one", "times-the-throughput", 1.9, times)
}

// pair tells how long two ingests take that are submitted at once.
func (in *installation) pair(b *testing.B, source string) time.Duration {
	b.Helper()
	began := time.Now()
	var both sync.WaitGroup
	for _, asset := range []string{"left", "right"} {
		id := in.submit(b, asset, "file://"+source, "single")
		both.Go(func() { finished(b, in.client, id) })
	}
	both.Wait()
	return time.Since(began)
}

// mezzanine makes a clip of that many seconds in 720p.
func mezzanine(b *testing.B, seconds int) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "mezzanine.mp4")
	run(b, "", "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=1280x720:r=25:d=%d,noise=alls=6:allf=t", seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=d=%d", seconds), "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "8M", path)
	return path
}
