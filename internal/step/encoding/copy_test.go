package encoding

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// A source that fits is the top rendition as it is, frame for frame, and the
// others have as many frames and keyframes at the same places as it has.
func TestFittingSourceIsPassedThrough(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "film.mp4", cat([]string{"-f", "lavfi", "-i", "color=gray:s=640x360:r=25:d=8,drawbox=x=mod(t*100\\,600):w=40:h=40:color=red:t=fill,format=yuv420p"},
		tone(440, "8"), []string{"-c:v", "libx264", "-preset", "veryfast", "-g", "75", "-keyint_min", "75", "-sc_threshold", "0", "-c:a", "aac", "-shortest"})...)
	out := b.completed(t, map[string]any{"passThrough": true}, source)
	top := out.notes.Video[0]
	if top.Encoder != "copy" || top.Name != "360p" || len(out.notes.Video) != 2 || out.notes.SegmentFrames != 75 {
		t.Fatalf("%+v, remarks %q", out.notes, out.notes.Remarks)
	}
	for _, v := range out.notes.Video {
		if got := keyframes(t, filepath.Join(out.dir, v.File)); v.Frames != 200 || !slices.Equal(got, []int{0, 75, 150}) {
			t.Errorf("%s: %d frames, keyframes %v", v.Name, v.Frames, got)
		}
	}
	if got, want := frameHashes(t, filepath.Join(out.dir, top.File)), frameHashes(t, source); got != want {
		t.Error("the top rendition differs from the source")
	}
	if len(out.notes.Remarks) != 1 || !strings.Contains(out.notes.Remarks[0], "passed through as 360p") {
		t.Errorf("remarks %q", out.notes.Remarks)
	}
}

func TestWhyNotPassedThroughIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	r := reported(t, b, map[string]any{"passThrough": true}, generate(t, "film.mkv", cat(pattern("320x180", "25", "1"), x264())...))
	if len(r.Remarks) != 1 || r.Remarks[0] != "The source was not passed through: it is not an MP4 or MOV file with tables of its frames." {
		t.Errorf("remarks %q", r.Remarks)
	}
}

// frameHashes are the digests of all coded frames.
func frameHashes(t *testing.T, path string) string {
	t.Helper()
	sum := filepath.Join(t.TempDir(), "sum")
	ff(t, "-i", path, "-map", "0:v", "-c", "copy", "-bsf:v", "setts=pts=N:dts=N:duration=1", "-f", "streamhash", sum)
	text, err := os.ReadFile(sum)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
