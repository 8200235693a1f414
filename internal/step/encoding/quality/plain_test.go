package quality

import (
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// A smaller rendition gets the figure that the plainest command gives for it, in
// dark pictures, too, where a wrong range of grey shows most.
func TestAsPlainlyMeasured(t *testing.T) {
	t.Parallel()
	for name, picture := range map[string]string{
		"bright": "testsrc2=s=640x360:r=25:d=4",
		"dark":   "testsrc2=s=640x360:r=25:d=4,eq=brightness=-0.8:contrast=0.3",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			source, small := filepath.Join(dir, "source.mp4"), filepath.Join(dir, "small.mp4")
			ff(t, "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "10", source)
			ff(t, "-i", source, "-vf", "scale=320:180:flags=bicubic", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", small)
			got := measure(t, Comparison{
				Source: source, Timing: []string{"fps=fps=25:start_time=0:round=near"}, Rate: media.Rational{Num: 25, Den: 1},
				Lead: time.Second, Size: media.Size{Width: 640, Height: 360}, Scratch: dir, Windows: []Window{{Count: 100}},
				References: []Reference{{Picture: []string{"scale=640:360:flags=bicubic:in_color_matrix=bt709:out_color_matrix=bt709:out_range=tv", "format=yuv420p"}, Format: "yuv420p", Files: []string{small}}},
			})[small]
			if want := plainSSIM(t, source, small); math.Abs(got.SSIM-want) > 0.003 {
				t.Errorf("SSIM is %.4f, ffmpeg's own %.4f", got.SSIM, want)
			}
		})
	}
}

// plainSSIM is the mean of luma that ffmpeg prints.
func plainSSIM(t *testing.T, source, file string) float64 {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-nostdin", "-i", file, "-i", source,
		"-filter_complex", "[0:v]scale=640:360:flags=bicubic[a];[a][1:v]ssim", "-f", "null", "-").CombinedOutput()
	m := regexp.MustCompile(`SSIM Y:([0-9.]+)`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	ssim, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return ssim
}
