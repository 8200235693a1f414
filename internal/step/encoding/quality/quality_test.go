package quality

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	rate := media.Rational{Num: 25, Den: 1}
	for frames, want := range map[int64][]Window{
		0:    nil,
		1:    {{0, 0, 1}},
		9:    {{0, 0, 9}},
		100:  {{9, 9, 3}, {48, 48, 3}, {87, 87, 3}},
		2000: {{100, 100, 25}, {900, 900, 25}, {1700, 1700, 25}}, // at keyframes
	} {
		if d := cmp.Diff(want, plan(frames, rate, 100)); d != "" {
			t.Errorf("%d frames: %s", frames, d)
		}
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for display, want := range map[media.Size]media.Size{
		{Width: 3840, Height: 2160}: {Width: 1920, Height: 1080},
		{Width: 2160, Height: 3840}: {Width: 1080, Height: 1920},
		{Width: 641, Height: 359}:   {Width: 642, Height: 360},
		{Width: 1, Height: 1}:       {Width: 2, Height: 2},
	} {
		if got := Size(display); got != want {
			t.Errorf("%v: %v, want %v", display, got, want)
		}
	}
}

// A rendition that is one frame late differs clearly in every window and
// format: the windows of both sides line up to the frame.
func TestFramesLineUp(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"mp4": {"-c:v", "libx264", "-preset", "veryfast", "-crf", "10", "-g", "77"},
		"mkv": {"-c:v", "libx264", "-preset", "veryfast", "-crf", "10", "-g", "77"},
		"ts":  {"-c:v", "mpeg2video", "-q:v", "2", "-bf", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			source := filepath.Join(dir, "source."+name)
			ff(t, append([]string{"-f", "lavfi", "-i", "testsrc2=s=640x360:r=30000/1001:d=12", "-pix_fmt", "yuv420p"}, append(args, source)...)...)
			good, late := filepath.Join(dir, "good.mp4"), filepath.Join(dir, "late.mp4")
			encode := []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"}
			timing := "fps=fps=30000/1001:start_time=0:round=near"
			ff(t, cat([]string{"-i", source, "-vf", timing}, encode, []string{good})...)
			ff(t, cat([]string{"-i", source, "-vf", timing + ",tpad=start=1:start_mode=clone"}, encode, []string{late})...)
			got := measure(t, Comparison{
				Source: source, Timing: []string{timing}, Rate: media.Rational{Num: 30000, Den: 1001}, GOP: 60, Frames: 360,
				Lead: 3 * time.Second, Size: media.Size{Width: 640, Height: 360}, Scratch: dir,
				References: []Reference{{Picture: []string{"format=yuv420p"}, Format: "yuv420p", Files: []string{good, late}}},
			})
			if q := got[good]; q.SSIM < 0.98 || q.Worst < 0.97 || q.Frames != 18 {
				t.Errorf("the same frames: %+v", q)
			}
			if q := got[late]; q.SSIM > got[good].SSIM-0.02 {
				t.Errorf("a frame late: %+v, in time: %+v", q, got[good])
			}
		})
	}
}

// A rendition of fewer bits, or of fewer pixels, is worse; each is compared in
// the colours of its own reference.
func TestTellsQualitiesApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := filepath.Join(dir, "source.mp4")
	ff(t, "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=4,noise=alls=10:allf=t", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "5", source)
	var files []string
	for i, args := range [][]string{{"-crf", "15"}, {"-crf", "40"}, {"-crf", "15", "-vf", "scale=160:90"}, {"-crf", "15", "-pix_fmt", "yuv420p10le"}} {
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d.mp4", i)))
		ff(t, cat([]string{"-i", source, "-c:v", "libx264", "-preset", "veryfast"}, args, files[i:])...)
	}
	got := measure(t, Comparison{
		Source: source, Timing: []string{"fps=fps=25:start_time=0:round=near"}, Rate: media.Rational{Num: 25, Den: 1}, GOP: 100, Frames: 100,
		Lead: time.Second, Size: media.Size{Width: 640, Height: 360}, Scratch: dir,
		References: []Reference{
			{Picture: []string{"format=yuv420p"}, Format: "yuv420p", Files: files[:3]},
			{Picture: []string{"format=yuv420p10le"}, Format: "yuv420p10le", Files: files[3:]},
		},
	})
	good, coarse, small, deep := got[files[0]], got[files[1]], got[files[2]], got[files[3]]
	if good.SSIM < 0.95 || deep.SSIM < 0.95 || coarse.SSIM > good.SSIM-0.05 || small.SSIM > good.SSIM-0.05 {
		t.Errorf("good %+v, in 10 bit %+v, coarse %+v, small %+v", good, deep, coarse, small)
	}
}

func TestTooFewFramesAreAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source := filepath.Join(dir, "source.mp4")
	ff(t, "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", source)
	_, err := Measure(t.Context(), newTools(t), Comparison{
		Source: source, Timing: []string{"fps=fps=25:start_time=0:round=near"}, Rate: media.Rational{Num: 25, Den: 1}, GOP: 100, Frames: 500,
		Size: media.Size{Width: 160, Height: 90}, Scratch: dir,
		References: []Reference{{Picture: []string{"format=yuv420p"}, Format: "yuv420p", Files: []string{source}}},
	})
	if err == nil {
		t.Error("a rendition that ends early was measured")
	}
}

func FuzzLuma(f *testing.F) {
	f.Add("n:1 Y:0.987654 All:0.987654 (19.084920)")
	f.Add("Y:NaN")
	f.Fuzz(func(t *testing.T, line string) {
		if value, ok := luma(line); ok && !(value >= -1 && value <= 1) {
			t.Errorf("%q: %v", line, value)
		}
	})
}

func measure(t *testing.T, c Comparison) map[string]vod.Quality {
	t.Helper()
	got, err := Measure(t.Context(), newTools(t), c)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func newTools(t *testing.T) *ffmpeg.Tools {
	t.Helper()
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return tools
}

func ff(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
}

func cat(parts ...[]string) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
