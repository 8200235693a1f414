package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
)

// BenchmarkScaleDeath kills the worker that encodes, and measures until another
// attempt runs: the heartbeats that are missing, and the way of the task. Aim:
// at most 30 s.
func BenchmarkScaleDeath(b *testing.B) {
	in, source := encoders(b)
	var took []float64
	for b.Loop() {
		id := in.submit(b, "long", source, "single")
		in.encoding(b, id, 1)
		killed := in.encoder(b)
		began := time.Now()
		killed.Kill()
		in.encoding(b, id, 2)
		took = append(took, time.Since(began).Seconds())
		if err := killed.Restart(b.Context()); err != nil {
			b.Fatal(err)
		}
		in.cancel(b, id)
	}
	against(b, "seconds from the death of a worker to the next attempt", "s-to-run-again", 30, took)
}

// BenchmarkScaleCancel cancels an ingest that encodes, and measures until its
// ffmpeg has ended. Aim: at most 5 s.
func BenchmarkScaleCancel(b *testing.B) {
	in, source := encoders(b)
	var took []float64
	for b.Loop() {
		id := in.submit(b, "long", source, "single")
		in.encoding(b, id, 1)
		in.encoder(b)
		began := time.Now()
		in.cancel(b, id)
		took = append(took, time.Since(began).Seconds())
	}
	against(b, "seconds from a cancel to the end of ffmpeg", "s-to-stop", 5, took)
}

// encoders is an installation of two workers, and a clip that takes them long.
func encoders(b *testing.B) (in *installation, source string) {
	b.Helper()
	path := mezzanine(b, 60)
	in = install(b, clustertest.Options{
		Workers: 2, Flags: []string{"--allow-source-dir", filepath.Dir(path)}, WorkerFlags: []string{"--slots", "encoding=1"},
	})
	in.profile(b, "single", single)
	return in, "file://" + path
}

// encoding waits until that attempt of the ingest's ENCODING is under way.
func (in *installation) encoding(b *testing.B, ingestID string, attempt int) {
	b.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for ; ; <-tick.C {
		d, err := in.client.Get(b.Context(), ingestID)
		if err != nil {
			b.Fatal(err)
		}
		if d.EndTime != nil {
			b.Fatalf("ended %s: %v", d.Status, d.Error)
		}
		for _, task := range d.Tasks {
			if task.Name != client.StageENCODING || task.Progress == 0 {
				continue
			}
			detail, err := in.client.Task(b.Context(), ingestID, task.ID)
			if err == nil && detail.Attempt == attempt && detail.Status == client.TaskStatusTASKRUNNING {
				return
			}
		}
	}
}

// encoder gives the worker that encodes.
func (in *installation) encoder(b *testing.B) *clustertest.Member {
	b.Helper()
	for _, w := range in.Workers {
		if encodes(b, w) {
			return w
		}
	}
	b.Fatal("no worker has an ffmpeg")
	return nil
}

// cancel returns when no worker has an ffmpeg any more.
func (in *installation) cancel(b *testing.B, ingestID string) {
	b.Helper()
	if err := in.client.Cancel(b.Context(), ingestID); err != nil {
		b.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for encodes(b, in.Workers[0]) || encodes(b, in.Workers[1]) {
		<-tick.C
	}
}

// encodes tells whether an ffmpeg is the worker's child.
func encodes(b *testing.B, w *clustertest.Member) bool {
	b.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	child := fmt.Sprintf(" %d ", w.PID())
	for _, file := range files {
		text, err := os.ReadFile(file) // "pid (name) state parent …"
		if err != nil {
			continue // It has ended.
		}
		_, rest, ffmpeg := strings.Cut(string(text), "(ffmpeg) ")
		if ffmpeg && !strings.HasPrefix(rest, "Z") && strings.HasPrefix(rest[1:], child) {
			return true
		}
	}
	return false
}
