package encoding

import (
	"encoding/csv"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

func TestLadderHasAlignedKeyframes(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	// Scene changes every half second tempt an encoder to set keyframes there.
	source := generate(t, "film.mp4", cat(pattern("852x480", "30000/1001", "5"), tone(440, "5"),
		[]string{"-vf", "hue=h='180*floor(2*t)',negate=enable='mod(floor(2*t),2)'"}, x264("-c:a", "aac"))...)
	out := b.completed(t, map[string]any{"segmentDuration": 2, "ladder": []map[string]any{{"height": 240}, {"height": 480, "videoBitrate": 3000}, {"height": 720}, {"height": 360}}}, source)
	var sizes []string
	for _, v := range out.notes.Video {
		sizes = append(sizes, v.Name)
		if got := keyframes(t, filepath.Join(out.dir, v.File)); !slices.Equal(got, []int{0, 60, 120}) {
			t.Errorf("%s has keyframes at %v", v.File, got)
		}
		if v.Frames != 150 {
			t.Errorf("%s has %d frames", v.File, v.Frames)
		}
	}
	if d := cmp.Diff([]string{"480p", "360p", "240p"}, sizes); d != "" {
		t.Error(d)
	}
	if got := out.notes.SegmentDuration.String(); got != "60060/30000" {
		t.Errorf("segments of %s s", got)
	}
	out.sized(t, 852, 480)
	out.lasts(t, 5005*time.Millisecond)
	out.similar(t, source, "")
	if n := len(b.shares); n == 0 || b.shares[n-1] != 1 || !slices.IsSorted(b.shares) {
		t.Errorf("progress %v", b.shares)
	}
	if len(b.command) == 0 || !strings.HasSuffix(b.command[0], "ffmpeg") {
		t.Errorf("traced %q", b.command)
	}
}

func TestPosterIsShownUndistorted(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "wide.mp4", cat([]string{"-f", "lavfi", "-i", "color=black:size=1440x1080:rate=25:duration=2,format=gbrp,drawbox=color=red:t=fill:enable='gte(t,0.2)'"},
		x264("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=4/3"))...)
	out := b.completed(t, map[string]any{"ladder": []map[string]any{{"height": 240}}}, source)
	file, err := os.Open(filepath.Join(out.dir, "poster.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := jpeg.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if s := picture.Bounds().Size(); s.X != 1280 || s.Y != 720 {
		t.Errorf("size %v", s)
	}
	if r, g, bl, _ := picture.At(640, 360).RGBA(); r>>8 < 240 || g>>8 > 15 || bl>>8 > 15 {
		t.Errorf("the middle is %d %d %d, want the red of a tenth into the film", r>>8, g>>8, bl>>8)
	}
}

func TestHighDynamicRangeIsToneMapped(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	sdr := generate(t, "sdr.mp4", cat(pattern("320x180", "25", "1"),
		x264("-vf", "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"))...)
	hdr := generate(t, "hdr.mp4", "-i", sdr, "-vf",
		"zscale=pin=bt709:tin=bt709:min=bt709:rin=tv:t=linear:npl=100,zscale=p=bt2020:t=smpte2084:m=bt2020nc:r=tv,format=yuv420p10le",
		"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited")
	out := b.completed(t, nil, hdr)
	if v := out.notes.Source.Video; !v.HDR() || v.BitDepth != 10 {
		t.Fatalf("source %+v", v)
	}
	tags := entries(t, filepath.Join(out.dir, out.notes.Video[0].File), "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries")
	if d := cmp.Diff([]string{"yuv420p", "tv", "bt709", "bt709", "bt709"}, tags[0]); d != "" {
		t.Error(d)
	}
	if len(out.notes.Remarks) != 1 || !strings.Contains(out.notes.Remarks[0], "tone-mapped") {
		t.Errorf("remarks %q", out.notes.Remarks)
	}
	// Left as it is, HDR looks pale.
	pale, got := saturation(t, hdr), saturation(t, filepath.Join(out.dir, out.notes.Video[0].File))
	if got < 1.5*pale {
		t.Errorf("saturation %.1f, unmapped it is %.1f", got, pale)
	}
}

var averageSaturation = regexp.MustCompile(`SATAVG=([0-9.]+)`)

func saturation(t *testing.T, path string) float64 {
	t.Helper()
	log := ff(t, "-i", path, "-frames:v", "1", "-vf", "format=yuv420p,signalstats,metadata=print", "-f", "null", "-")
	m := averageSaturation.FindStringSubmatch(log)
	if m == nil {
		t.Fatalf("no saturation:\n%s", log)
	}
	return parseFloat(t, m[1])
}

// keyframes gives the numbers of the IDR frames of a file, in order of
// presentation.
func keyframes(t *testing.T, path string) []int {
	t.Helper()
	var found []int
	for i, row := range entries(t, path, "frame=key_frame") {
		if row[0] == "1" {
			found = append(found, i)
		}
	}
	return found
}

func entries(t *testing.T, path, what string) [][]string {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", what, "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(strings.NewReader(string(out)))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
