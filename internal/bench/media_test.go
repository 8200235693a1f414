package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding/quality"
)

// The clip of the media benchmarks: 20 s of 1080p30 at about 16 Mbit/s.
const (
	clipSeconds = 20
	clipRate    = 30
	clipGOP     = 4 * clipRate
)

// BenchmarkMediaIngest ingests a clip under the built-in profile, and then does
// what people write in a script, in turn: one ffmpeg for each rendition, one
// after the other, with the same preset, rate factor and caps, and one that
// packages them. The ratio is the script's time divided by the ingest's, which
// retrieves, measures quality, makes poster and thumbnails, verifies and copies
// besides. Aim: 1.6.
func BenchmarkMediaIngest(b *testing.B) {
	source := realClip(b)
	c, _ := apptest.Serve(b, "--allow-source-dir", filepath.Dir(source))
	var ratios, cpu []float64
	for b.Loop() {
		began, used := time.Now(), processorTime(b)
		d := ingested(b, c, source)
		ours, oursUsed := time.Since(began), processorTime(b)-used
		attempt := encodingAttempt(b, c, d)
		used = processorTime(b)
		script := scriptTime(b, source, attempt.Report.Renditions)
		scriptUsed := processorTime(b) - used
		ratios = append(ratios, script.Seconds()/ours.Seconds())
		cpu = append(cpu, scriptUsed.Seconds()/oursUsed.Seconds())
		b.Logf("ingest %.2f s (processors %.2f s), script %.2f s (%.2f s)", ours.Seconds(), oursUsed.Seconds(), script.Seconds(), scriptUsed.Seconds())
		for _, t := range d.Tasks {
			b.Logf("  %s %.2f s", t.Name, float64(t.ElapsedTime)/1000)
		}
	}
	slices.Sort(ratios)
	slices.Sort(cpu)
	b.ReportMetric(ratios[len(ratios)/2], "times-faster-median")
	b.ReportMetric(ratios[0], "times-faster-min")
	b.ReportMetric(ratios[len(ratios)-1], "times-faster-max")
	b.ReportMetric(cpu[len(cpu)/2], "times-less-cpu-median")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkMediaQuality compares the SSIM of every rendition with that of the
// plainest command for it: once with the same rate factor and cap, once in one
// pass at the bit rate that ours came out with. Limit: no ratio below 0.995.
func BenchmarkMediaQuality(b *testing.B) {
	source := realClip(b)
	c, _ := apptest.Serve(b, "--allow-source-dir", filepath.Dir(source))
	lowest := 1.0
	for b.Loop() {
		d := ingested(b, c, source)
		attempt := encodingAttempt(b, c, d)
		dir := b.TempDir()
		alone := run(b, dir, redirected(attempt, taskOf(b, d).ID, dir)...)
		b.Logf("ENCODING %.2f s, of which its ffmpeg command alone takes %.2f s", float64(taskOf(b, d).ElapsedTime)/1000, alone.Seconds())
		var files []string
		for _, r := range attempt.Report.Renditions {
			same, abr := filepath.Join(dir, r.Name+"_same.mp4"), filepath.Join(dir, r.Name+"_abr.mp4")
			plain(b, source, same, r, "-crf", "23", "-maxrate", kilobits(r.MaxBitrate), "-bufsize", kilobits(2*r.MaxBitrate))
			plain(b, source, abr, r, "-b:v", strconv.FormatInt(r.Bitrate, 10))
			files = append(files, filepath.Join(dir, "video_"+r.Name+".mp4"), same, abr)
		}
		found := compared(b, source, files)
		for i, r := range attempt.Report.Renditions {
			ours, same, abr := found[files[3*i]], found[files[3*i+1]], found[files[3*i+2]]
			b.Logf("%s: SSIM %.4f in %d bytes; same rate factor %.4f in %d (ratio %.4f); same bit rate %.4f in %d (ratio %.4f)",
				r.Name, ours, size(b, files[3*i]), same, size(b, files[3*i+1]), ours/same, abr, size(b, files[3*i+2]), ours/abr)
			lowest = min(lowest, ours/same, ours/abr)
		}
	}
	b.ReportMetric(lowest, "lowest-ratio")
	b.ReportMetric(0, "ns/op")
}

// realClip repeats a short real clip: that of the environment variable
// BENCH_CLIP, else one of Debian's package forensics-samples-original-files,
// else moving noise.
func realClip(b *testing.B) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "clip.mp4")
	input := []string{"-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30,noise=alls=6:allf=t"}
	for _, path := range []string{"/usr/share/forensics-samples/original-files/movie1/VID_20191220_170832.mp4", os.Getenv("BENCH_CLIP")} {
		if _, err := os.Stat(path); err == nil {
			input = []string{"-stream_loop", "-1", "-i", path}
		}
	}
	words := append([]string{"ffmpeg", "-nostdin", "-v", "error"}, input...)
	words = append(words, "-f", "lavfi", "-i", "sine", "-map", "0:v", "-map", "1:a", "-t", strconv.Itoa(clipSeconds),
		"-vf", "fps="+strconv.Itoa(clipRate)+",scale=1920:1080,format=yuv420p",
		"-c:v", "libx264", "-preset", "superfast", "-crf", "12", "-maxrate", "16M", "-bufsize", "32M", "-g", strconv.Itoa(clipRate), "-c:a", "aac", out)
	run(b, "", words...)
	return out
}

func ingested(b *testing.B, c *client.Client, source string) *client.IngestDetail {
	b.Helper()
	accepted, err := c.Submit(b.Context(), client.Submission{AssetID: "bench", URI: "file://" + source, Force: true}, "")
	if err != nil {
		b.Fatal(err)
	}
	return finished(b, c, accepted.IngestID)
}

func taskOf(b *testing.B, d *client.IngestDetail) client.Task {
	b.Helper()
	for _, t := range d.Tasks {
		if t.Name == client.StageENCODING {
			return t
		}
	}
	b.Fatal("the ingest has no ENCODING")
	return client.Task{}
}

// encodingAttempt is what the ingest's ENCODING ran, and told of it.
func encodingAttempt(b *testing.B, c *client.Client, d *client.IngestDetail) client.Attempt {
	b.Helper()
	task, err := c.Task(b.Context(), d.IngestID, taskOf(b, d).ID)
	if err != nil || len(task.Attempts) != 1 || task.Attempts[0].Report == nil {
		b.Fatalf("encoding: %+v, %v", task, err)
	}
	return task.Attempts[0]
}

// scriptTime does what people write.
func scriptTime(b *testing.B, source string, renditions []client.RenditionReport) time.Duration {
	b.Helper()
	dir := b.TempDir()
	began := time.Now()
	pack := []string{"ffmpeg", "-nostdin", "-v", "error"}
	var maps []string
	for i, r := range renditions {
		file := filepath.Join(dir, r.Name+".mp4")
		plain(b, source, file, r, "-c:a", "aac", "-b:a", "128k", "-crf", "23", "-maxrate", kilobits(r.MaxBitrate), "-bufsize", kilobits(2*r.MaxBitrate))
		pack = append(pack, "-i", file)
		maps = append(maps, "-map", fmt.Sprintf("%d:v", i))
	}
	pack = append(append(pack, maps...), "-map", "0:a", "-c", "copy", "-f", "dash", "-seg_duration", "4", "-hls_playlist", "1",
		"-adaptation_sets", "id=0,streams=v id=1,streams=a", "manifest.mpd")
	run(b, dir, pack...)
	return time.Since(began)
}

// plain encodes a rendition with the plainest command.
func plain(b *testing.B, source, file string, r client.RenditionReport, options ...string) {
	b.Helper()
	gop := strconv.Itoa(clipGOP)
	words := []string{
		"ffmpeg", "-nostdin", "-v", "error", "-y", "-i", source, "-vf", fmt.Sprintf("scale=%d:%d", r.Width, r.Height),
		"-c:v", "libx264", "-preset", "veryfast", "-g", gop, "-keyint_min", gop, "-sc_threshold", "0",
	}
	if !slices.Contains(options, "-c:a") {
		words = append(words, "-an")
	}
	run(b, "", append(append(words, options...), file)...)
}

func kilobits(bits int64) string { return fmt.Sprintf("%dk", bits/1000) }

// compared gives the SSIM of three seconds of every file.
func compared(b *testing.B, source string, files []string) map[string]float64 {
	b.Helper()
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		b.Fatal(err)
	}
	comparison := quality.Comparison{
		Source: source, Timing: []string{"fps=fps=30:start_time=0:round=near"}, Rate: media.Rational{Num: clipRate, Den: 1},
		Lead: time.Second, Size: media.Size{Width: 1920, Height: 1080}, Scratch: b.TempDir(),
	}
	for _, first := range []int64{60, 300, 540} {
		comparison.Windows = append(comparison.Windows, quality.Window{Source: first, Rendition: first, Count: clipRate})
	}
	out := map[string]float64{}
	for chunk := range slices.Chunk(files, 3) {
		comparison.References = []quality.Reference{{Picture: []string{"format=yuv420p"}, Format: "yuv420p", Files: chunk}}
		found, err := quality.Measure(b.Context(), tools, comparison)
		if err != nil {
			b.Fatal(err)
		}
		for file, q := range found {
			out[file] = q.SSIM
		}
	}
	return out
}

func size(b *testing.B, path string) int64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
