package bench

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// installation runs a server and workers on Postgres, Temporal and S3.
func installation(b *testing.B, o clustertest.Options) (*client.Client, *clustertest.Cluster) {
	b.Helper()
	var err error
	if o.Binary, err = clustertest.Build(b.Context(), b.TempDir()); err != nil {
		b.Fatal(err)
	}
	o.Postgres = pgtest.Start(b, pgtest.Options{Durable: true}).URL("postgres")
	o.Temporal, o.S3 = temporaltest.Start(b).Address, s3test.Start(b)
	o.Flags = append(o.Flags, "--drain", "0s", "--rate-limit", "0")
	cluster := clustertest.Start(b, o)
	c, err := client.New(cluster.URL, client.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return c, cluster
}

// quick is the built-in pipeline with two renditions.
const quick = `
name: quick
retrieval:
- filesetFilter: initialInput
  retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
  filesetLabelOut: retrieved
encoding:
- filesetFilter: retrieved
  encodingProfile: {name: two, type: FFMPEG, targetLocation: {name: store}, ladder: [{height: 360}, {height: 720}]}
  filesetLabelOut: encoded
packaging:
- filesetFilter: encoded
  packagingProfile: {name: cmaf, type: CMAF, targetLocation: {name: store}}
  filesetLabelOut: packaged
distribution:
- filesetFilter: packaged
  distributionProfile: {name: copy, type: COPY, targetLocation: {name: media}}
  filesetLabelOut: copied
`

// mezzanine makes a clip of that many seconds in 720p.
func mezzanine(b *testing.B, seconds int) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "mezzanine.mp4")
	run(b, "", "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=1280x720:r=25:d=%d,noise=alls=6:allf=t", seconds),
		"-f", "lavfi", "-i", fmt.Sprintf("sine=d=%d", seconds), "-c:v", "libx264", "-preset", "veryfast", "-b:v", "8M", path)
	return path
}

// BenchmarkScaleWorkers ingests two clips at once on one and on two workers, of
// which each has one processor, and prints how many times the throughput the
// second one gives. Aim: 1.9, on two processors that nobody else uses; server,
// Postgres, Temporal and S3 take their part of them.
func BenchmarkScaleWorkers(b *testing.B) {
	source := mezzanine(b, 30)
	took := map[int]time.Duration{}
	for b.Loop() {
		for _, workers := range []int{1, 2} {
			c, _ := installation(b, clustertest.Options{
				Workers: workers, Flags: []string{"--allow-source-dir", filepath.Dir(source)}, WorkerFlags: []string{"--slots", "encoding=1"},
				Within: func(n int) []string { return []string{"taskset", "--cpu-list", fmt.Sprint(n)} },
			})
			if _, err := c.ApplyProfile(b.Context(), "quick", []byte(quick)); err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			var both sync.WaitGroup
			for i := range 2 {
				both.Go(func() {
					accepted, err := c.Submit(b.Context(), client.Submission{AssetID: fmt.Sprint(i), URI: "file://" + source, Profile: "quick"}, "")
					if err != nil {
						b.Error(err)
						return
					}
					finished(b, c, accepted.IngestID)
				})
			}
			both.Wait()
			took[workers] += time.Since(began)
		}
	}
	b.Logf("two ingests: %v on one worker, %v on two", took[1]/time.Duration(b.N), took[2]/time.Duration(b.N))
	b.ReportMetric(took[1].Seconds()/took[2].Seconds(), "times-the-throughput")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkScaleControlPlane is [BenchmarkControlPlane] on a server and two
// workers with Postgres and Temporal. BenchmarkScaleTemporal beside it tells
// what Temporal gives at most.
func BenchmarkScaleControlPlane(b *testing.B) {
	c, _ := installation(b, clustertest.Options{Workers: 2, WorkerFlags: []string{"--slots", "distribution=64"}})
	if _, err := c.ApplyProfile(b.Context(), "five", []byte(fiveSteps)); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	b.ResetTimer()
	many(b, func(i int64) error {
		_, err := c.Submit(b.Context(), client.Submission{AssetID: fmt.Sprint(i), URI: "https://origin.example/film.mp4", Profile: "five"}, "")
		return err
	})
	drained(b, c)
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "ingests/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkScaleDeath kills the worker that encodes, and measures until another
// one does: the heartbeat that is missing, and the way of the task. Limit: 30 s.
func BenchmarkScaleDeath(b *testing.B) {
	source := mezzanine(b, 60)
	for b.Loop() {
		c, cluster := installation(b, clustertest.Options{Workers: 2, Flags: []string{"--allow-source-dir", filepath.Dir(source)}})
		if _, err := c.ApplyProfile(b.Context(), "quick", []byte(quick)); err != nil {
			b.Fatal(err)
		}
		accepted, err := c.Submit(b.Context(), client.Submission{AssetID: "long", URI: "file://" + source, Profile: "quick"}, "")
		if err != nil {
			b.Fatal(err)
		}
		encoding(b, c, accepted.IngestID, 1)
		killed := time.Now()
		for _, w := range cluster.Workers {
			if encodes(b, w) {
				w.Kill()
			}
		}
		encoding(b, c, accepted.IngestID, 2)
		b.ReportMetric(time.Since(killed).Seconds(), "s-to-run-again")
	}
	b.ReportMetric(0, "ns/op")
}
