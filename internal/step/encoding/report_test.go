package encoding

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestQualityIsReported measures sources whose frames are easily counted wrong.
// Quality is high only where both sides show the same frames.
func TestQualityIsReported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		args []string
	}{
		"plain":         {"film.mp4", cat(pattern("640x360", "25", "4"), x264())},
		"longer sound":  {"long.mp4", cat(pattern("320x180", "25", "2"), tone(440, "4"), x264("-c:a", "aac"))},
		"late picture":  {"late.mkv", cat([]string{"-itsoffset", "0.48"}, pattern("320x180", "25", "3"), tone(440, "3.5"), []string{"-map", "0", "-map", "1"}, x264("-c:a", "aac"))},
		"variable rate": {"vfr.mp4", cat(pattern("320x180", "30", "4"), []string{"-vf", "select='not(between(t,1,2)*mod(n,3))'", "-vsync", "vfr"}, x264())},
		"interlaced": {"fields.ts", cat(pattern("720x576", "50", "3"),
			[]string{"-vf", "tinterlace=interleave_top,setfield=tff,setsar=64/45", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "8M"})},
		"halved rate": {"fast.mp4", cat(pattern("320x180", "120", "3"), x264())},
		"one frame":   {"still.mp4", cat(pattern("320x180", "25", "1"), []string{"-frames:v", "1"}, x264())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			r := reported(t, b, map[string]any{"preset": "veryfast"}, generate(t, test.file, test.args...))
			if len(r.Renditions) == 0 {
				t.Fatalf("%+v", r)
			}
			for i, v := range r.Renditions {
				least := 0.9
				if i > 0 {
					least = 0.5 // fewer pixels show less
				}
				if v.Quality == nil || v.Quality.SSIM < least || v.Quality.Worst > v.Quality.SSIM || v.Quality.Frames < 1 || v.Bitrate == 0 || v.Encoder == "" {
					t.Errorf("%+v, quality %+v, remarks %q", v, v.Quality, r.Remarks)
				}
			}
		})
	}
}

func TestQualityCanBeLeftOut(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	r := reported(t, b, map[string]any{"quality": false}, generate(t, "film.mp4", cat(pattern("320x180", "25", "1"), x264())...))
	if len(r.Renditions) != 1 || r.Renditions[0].Quality != nil {
		t.Errorf("%+v", r)
	}
}

// reported runs the step and gives what it tells.
func reported(t *testing.T, b *bench, fields map[string]any, paths ...string) vod.Report {
	t.Helper()
	result, err := b.encode(t.Context(), t, b.retrieved(t, paths...), fields)
	if err != nil {
		t.Fatal(err)
	}
	return *result.Report
}
