package encoding

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// allCodecs encodes in all three at one size.
func allCodecs(more map[string]any) map[string]any {
	fields := map[string]any{"codecs": media.VideoCodecs(), "ladder": []Rung{{Height: 180}}}
	for key, value := range more {
		fields[key] = value
	}
	return fields
}

// TestKeyframesOfAllCodecs reads the sample tables of what the real encoders
// wrote: as many frames in each, and sync samples every GOP and nowhere else.
func TestKeyframesOfAllCodecs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rate    string
		segment float64
		gop     int
		cut     bool // a change of scene in the middle of a GOP
	}{
		{"25", 1, 25, true},
		{"30000/1001", 2, 60, false},
		{"24000/1001", 1.5, 36, true},
		{"50", 1, 50, false},
		{"12", 1, 12, true},
	} {
		t.Run(test.rate, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			args := pattern("320x180", test.rate, "3.4")
			if test.cut {
				args = append(args, "-vf", "negate=enable='between(t,1.3,1.9)'")
			}
			source := generate(t, "source.mp4", cat(args, x264())...)
			out := b.completed(t, allCodecs(map[string]any{"segmentDuration": test.segment}), source)
			if out.notes.SegmentFrames != test.gop || len(out.notes.Video) != 3 {
				t.Fatalf("notes %+v", out.notes)
			}
			for _, v := range out.notes.Video {
				var want []int
				for at := 0; at < int(out.notes.Video[0].Frames); at += test.gop {
					want = append(want, at)
				}
				if d := cmp.Diff(want, syncSamples(t, filepath.Join(out.dir, v.File))); d != "" {
					t.Errorf("%s: %s", v.File, d)
				}
			}
		})
	}
}

// syncSamples are the numbers of the sync samples of a file, in decoding order.
func syncSamples(t *testing.T, path string) []int {
	t.Helper()
	var answer struct {
		Packets []struct{ Flags string }
	}
	inspect(t, &answer, "-show_packets", path)
	var found []int
	for i, p := range answer.Packets {
		if strings.HasPrefix(p.Flags, "K") {
			found = append(found, i)
		}
	}
	return found
}

// inspect asks the real ffprobe.
func inspect(t *testing.T, answer any, args ...string) {
	t.Helper()
	out, err := exec.Command("ffprobe", append([]string{"-v", "error", "-of", "json"}, args...)...).Output()
	if err != nil {
		t.Fatalf("ffprobe %q: %v", args, err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}

// looks are facts of a video file and its first frame.
type looks struct {
	Streams []struct {
		Codec     string `json:"codec_name"`
		Tag       string `json:"codec_tag_string"`
		Profile   string
		Level     int
		Width     int
		Height    int
		Pixels    string `json:"pix_fmt"`
		Primaries string `json:"color_primaries"`
		Transfer  string `json:"color_transfer"`
		Matrix    string `json:"color_space"`
		Range     string `json:"color_range"`
	}
	Frames []struct {
		Transfer string           `json:"color_transfer"`
		Side     []map[string]any `json:"side_data_list"`
	}
}

func lookAt(t *testing.T, o output, v media.VideoNotes) looks {
	t.Helper()
	var l looks
	inspect(t, &l, "-show_streams", "-show_frames", "-read_intervals", "%+#1", filepath.Join(o.dir, v.File))
	if len(l.Streams) != 1 || len(l.Frames) != 1 {
		t.Fatalf("%s: %+v", v.File, l)
	}
	return l
}

func (l looks) String() string {
	s := l.Streams[0]
	return fmt.Sprintf("%s %s %s %d %s %s/%s/%s/%s", s.Codec, s.Tag, s.Profile, s.Level, s.Pixels, s.Primaries, s.Transfer, s.Matrix, s.Range)
}

func TestFormatsOfAllCodecs(t *testing.T) {
	t.Parallel()
	const sdr = "bt709/bt709/bt709/tv"
	hdr := []string{"-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-color_range", "tv"}
	x265 := []string{"-c:v", "libx265", "-preset", "ultrafast", "-x265-params"}
	mastering := "log-level=error:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400"
	for _, test := range []struct {
		name   string
		args   []string
		fields map[string]any
		want   []string
		ranges []string
		lights int // of the renditions carry mastering metadata
	}{
		{
			name: "8 bit", args: x264("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"),
			want:   []string{"h264 avc1 Constrained Baseline 13 yuv420p " + sdr, "hevc hvc1 Main 60 yuv420p " + sdr, "av1 av01 Main 0 yuv420p " + sdr},
			ranges: []string{"SDR", "SDR", "SDR"},
		},
		{
			name: "10 bit of 8", args: x264("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"), fields: map[string]any{"bitDepth": 10},
			want:   []string{"h264 avc1 Constrained Baseline 13 yuv420p " + sdr, "hevc hvc1 Main 10 60 yuv420p10le " + sdr, "av1 av01 Main 0 yuv420p10le " + sdr},
			ranges: []string{"SDR", "SDR", "SDR"},
		},
		{
			name: "HDR10", args: cat(hdr, []string{"-color_trc", "smpte2084"}, x265, []string{mastering}),
			want: []string{
				"h264 avc1 Constrained Baseline 13 yuv420p " + sdr, "hevc hvc1 Main 10 60 yuv420p10le bt2020/smpte2084/bt2020nc/tv",
				"av1 av01 Main 0 yuv420p10le bt2020/smpte2084/bt2020nc/tv",
			},
			ranges: []string{"SDR", "PQ", "PQ"}, lights: 2,
		},
		{
			name: "HLG", args: cat(hdr, []string{"-color_trc", "arib-std-b67"}, x265, []string{"log-level=error"}),
			want: []string{
				"h264 avc1 Constrained Baseline 13 yuv420p " + sdr, "hevc hvc1 Main 10 60 yuv420p10le bt2020/arib-std-b67/bt2020nc/tv",
				"av1 av01 Main 0 yuv420p10le bt2020/arib-std-b67/bt2020nc/tv",
			},
			ranges: []string{"SDR", "HLG", "HLG"},
		},
		{
			name: "HDR10 to SDR", args: cat(hdr, []string{"-color_trc", "smpte2084"}, x265, []string{mastering}), fields: map[string]any{"dynamicRange": "SDR", "codecs": []string{"HEVC"}},
			want: []string{"hevc hvc1 Main 10 60 yuv420p10le " + sdr}, ranges: []string{"SDR"},
		},
		{
			name: "HDR10 in 8 bit", args: cat(hdr, []string{"-color_trc", "smpte2084"}, x265, []string{mastering}), fields: map[string]any{"bitDepth": 8, "codecs": []string{"AV1"}},
			want: []string{"av1 av01 Main 0 yuv420p " + sdr}, ranges: []string{"SDR"},
		},
		{
			name: "HDR10 alone", args: cat(hdr, []string{"-color_trc", "smpte2084"}, x265, []string{mastering}), fields: map[string]any{"codecs": []string{"HEVC"}},
			want: []string{"hevc hvc1 Main 10 60 yuv420p10le bt2020/smpte2084/bt2020nc/tv"}, ranges: []string{"PQ"}, lights: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			source := generate(t, "source.mp4", cat(pattern("320x180", "25", "1.2"), test.args)...)
			out := b.completed(t, allCodecs(test.fields), source)
			var got, ranges []string
			lights := 0
			for _, v := range out.notes.Video {
				l := lookAt(t, out, v)
				got, ranges = append(got, l.String()), append(ranges, v.VideoRange)
				if strings.Contains(v.Name, "hevc") != (v.Codec == media.CodecHEVC) || v.Encoder != software(v.Codec) {
					t.Errorf("notes %+v", v)
				}
				if want := strings.Contains(l.Streams[0].Pixels, "10"); (v.BitDepth == 10) != want {
					t.Errorf("%s is said to have %d bits", v.File, v.BitDepth)
				}
				if mastered(l) {
					lights++
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
			if !slices.Equal(ranges, test.ranges) || lights != test.lights {
				t.Errorf("ranges %v, %d with metadata", ranges, lights)
			}
		})
	}
}

// mastered tells whether the metadata of HDR10 are those of the test's source.
func mastered(l looks) bool {
	display, light := false, false
	for _, side := range l.Frames[0].Side {
		switch side["side_data_type"] {
		case "Mastering display metadata":
			display = near(side["red_x"], 0.68) && near(side["green_y"], 0.69) && near(side["white_point_x"], 0.3127) &&
				near(side["max_luminance"], 1000) && near(side["min_luminance"], 0.005)
		case "Content light level metadata":
			light = side["max_content"] == 1000.0 && side["max_average"] == 400.0
		}
	}
	return display && light
}

// near tells whether a fraction is a number within one in a hundred.
func near(fraction any, want float64) bool {
	var num, den float64
	if _, err := fmt.Sscanf(fmt.Sprint(fraction), "%g/%g", &num, &den); err != nil {
		return false
	}
	return num/den > want*0.99 && num/den < want*1.01
}
