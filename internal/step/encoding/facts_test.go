package encoding

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestTheSourceIsTold of files that ffmpeg made and ffprobe reads.
func TestTheSourceIsTold(t *testing.T) {
	t.Parallel()
	subtitles := filepath.Join(t.TempDir(), "text.srt")
	if err := os.WriteFile(subtitles, []byte("1\n00:00:00,000 --> 00:00:01,000\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const ntsc = "30000/1001"
	for name, test := range map[string]struct {
		fields map[string]any
		file   string
		args   []string
		want   vod.SourceReport
	}{
		"film": {
			file: "film.mp4",
			args: cat(pattern("320x180", ntsc, "2"), tone(440, "2"), []string{"-i", subtitles, "-map", "0", "-map", "1", "-map", "1", "-map", "2"},
				x264("-level", "3.1", "-c:a", "aac", "-ar", "44100", "-ac:a:0", "2", "-ac:a:1", "6", "-c:s", "mov_text",
					"-metadata:s:a:0", "language=nor", "-metadata:s:s:0", "language=eng")),
			want: vod.SourceReport{
				Container: "mp4",
				Video: &vod.SourceVideo{
					Codec: "h264", Profile: "Constrained Baseline", Level: "3.1", Width: 320, Height: 180, Aspect: "16:9", FrameRate: ntsc,
					BitDepth: 8, PixelFormat: "yuv420p", VideoRange: "SDR",
				},
				Audio: []vod.SourceAudio{
					{Codec: "aac", Profile: "LC", Channels: 2, Layout: "stereo", SampleRate: 44100, Language: "nor"},
					{Codec: "aac", Profile: "LC", Channels: 6, Layout: "5.1", SampleRate: 44100},
				},
				Subtitles: []vod.SourceSubtitle{{Codec: "mov_text", Language: "eng"}},
			},
		},
		"passed through": {
			fields: map[string]any{"passThrough": true},
			file:   "ready.mp4",
			args:   cat(pattern("320x180", "25", "4"), x264("-g", "50", "-keyint_min", "50", "-sc_threshold", "0")),
			want: vod.SourceReport{Container: "mp4", Video: &vod.SourceVideo{
				Codec: "h264", Profile: "Constrained Baseline", Level: "1.2", Width: 320, Height: 180, Aspect: "16:9", FrameRate: "25/1",
				BitDepth: 8, PixelFormat: "yuv420p", VideoRange: "SDR",
			}},
		},
		"interlaced": {
			file: "fields.ts",
			args: cat(pattern("720x576", "50", "2"),
				[]string{"-vf", "tinterlace=interleave_top,setfield=tff,setsar=64/45", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "8M"}),
			want: vod.SourceReport{Container: "mpegts", Video: &vod.SourceVideo{
				Codec: "mpeg2video", Profile: "Main", Width: 720, Height: 576, Aspect: "16:9", FrameRate: "25/1", Interlaced: true,
				BitDepth: 8, PixelFormat: "yuv420p", VideoRange: "SDR",
			}},
		},
		"high dynamic range": {
			file: "hdr.mkv",
			args: cat(pattern("320x180", "24", "1"), []string{
				"-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
				"-x265-params", "log-level=error:level-idc=3.1", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc",
			}),
			want: vod.SourceReport{Container: "matroska", Video: &vod.SourceVideo{
				Codec: "hevc", Profile: "Main 10", Level: "3.1", Width: 320, Height: 180, Aspect: "16:9", FrameRate: "24/1",
				BitDepth: 10, PixelFormat: "yuv420p10le", VideoRange: "PQ", Primaries: "bt2020", Transfer: "smpte2084", Matrix: "bt2020nc",
			}},
		},
		"sound alone": {
			file: "song.wav",
			args: cat(tone(440, "2"), []string{"-ar", "48000", "-ac", "1"}),
			want: vod.SourceReport{
				Container: "wav",
				Audio:     []vod.SourceAudio{{Codec: "pcm_s16le", Channels: 1, SampleRate: 48000}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := generate(t, test.file, test.args...)
			fields := map[string]any{"preset": "ultrafast", "quality": false}
			for k, v := range test.fields {
				fields[k] = v
			}
			got := reported(t, setup(t, ffmpeg.Config{}), fields, path).Source
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if got == nil || got.Size != info.Size() || got.Duration < 990 || got.Duration > 4100 {
				t.Fatalf("%+v of %d bytes", got, info.Size())
			}
			var zero vod.SourceReport
			got.Size, got.Duration = zero.Size, zero.Duration
			if d := cmp.Diff(test.want, *got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(vod.SourceVideo{}, "Bitrate"),
				cmpopts.IgnoreFields(vod.SourceAudio{}, "Bitrate")); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestLevelsAreWrittenAsInTheirStandards(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		codec string
		n     int
		want  string
	}{
		{"h264", 41, "4.1"},
		{"h264", 9, "1b"},
		{"h264", -99, ""},
		{"hevc", 153, "5.1"},
		{"av1", 0, "2.0"},
		{"av1", 13, "5.1"},
		{"av1", 31, ""},
		{"av1", -99, ""},
		{"mpeg2video", 8, ""},
	} {
		if got := level(test.codec, test.n); got != test.want {
			t.Errorf("%s %d: %q", test.codec, test.n, got)
		}
	}
}

func TestAspectIsAsShown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		v    media.VideoSource
		want string
	}{
		{media.VideoSource{Width: 1920, Height: 1080}, "16:9"},
		{media.VideoSource{Width: 1920, Height: 1080, Rotation: -90}, "9:16"},
		{media.VideoSource{Width: 720, Height: 576, SAR: media.Rational{Num: 64, Den: 45}}, "16:9"},
		{media.VideoSource{Width: 640, Height: 480, SAR: media.Rational{Num: 1000, Den: 1}}, "4:3"}, // no such picture
		{media.VideoSource{Width: 1920, Height: 1080, SAR: media.Rational{Num: 999983, Den: 1000003}}, "1.78:1"},
	} {
		if got := aspect(test.v); got != test.want {
			t.Errorf("%+v: %s", test.v, got)
		}
	}
}
