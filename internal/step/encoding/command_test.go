package encoding

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCommandLines compares whole command lines, from the facts of a probe on,
// with golden files.
func TestCommandLines(t *testing.T) {
	t.Parallel()
	video := func(change func(*ffmpeg.Stream)) ffmpeg.Stream {
		s := ffmpeg.Stream{Index: 0, Kind: ffmpeg.Video, Codec: "h264", Duration: 60 * time.Second, VideoStream: ffmpeg.VideoStream{
			Width: 1920, Height: 1080, PixelFormat: "yuv420p", BitDepth: 8, FieldOrder: "progressive",
			RealRate: ffmpeg.Rational{Num: 25, Den: 1}, AverageRate: ffmpeg.Rational{Num: 25, Den: 1},
			Primaries: "bt709", Transfer: "bt709", Matrix: "bt709", Range: "tv",
		}}
		if change != nil {
			change(&s)
		}
		return s
	}
	sound := func(index, channels int, layout, language string, duration time.Duration) ffmpeg.Stream {
		return ffmpeg.Stream{
			Index: index, Kind: ffmpeg.Audio, Codec: "aac", Language: language, Duration: duration,
			AudioStream: ffmpeg.AudioStream{SampleRate: 48000, Channels: channels, Layout: layout},
		}
	}
	minute := 60 * time.Second
	two := []Rung{{Height: 1080}, {Height: 480}}
	for name, test := range map[string]struct {
		streams []ffmpeg.Stream
		profile Profile
		plain   bool // ffmpeg without zscale and tonemap
		change  func(*plan)
	}{
		"1080p25_stereo":        {streams: []ffmpeg.Stream{video(nil), sound(1, 2, "stereo", "eng", minute)}},
		"2160p60_hdr":           {streams: []ffmpeg.Stream{video(uhd)}},
		"2160p60_hdr_no_zscale": {streams: []ffmpeg.Stream{video(uhd)}, plain: true},
		"576i_anamorphic": {streams: []ffmpeg.Stream{video(func(s *ffmpeg.Stream) {
			s.Codec, s.Width, s.Height, s.SAR, s.FieldOrder = "mpeg2video", 720, 576, ffmpeg.Rational{Num: 64, Den: 45}, "tt"
			s.Primaries, s.Transfer, s.Matrix = "", "", ""
		}), sound(1, 2, "stereo", "", minute)}},
		"phone_portrait_2997": {streams: []ffmpeg.Stream{video(func(s *ffmpeg.Stream) {
			s.Rotation = -90
			s.RealRate, s.AverageRate = ffmpeg.Rational{Num: 30, Den: 1}, ffmpeg.Rational{Num: 2891, Den: 100}
		}), sound(1, 1, "mono", "", minute)}},
		"surround_and_short_sound": {streams: []ffmpeg.Stream{video(nil), sound(1, 6, "5.1(side)", "eng", minute), sound(2, 12, "", "deu", 50*time.Second)}},
		"sound_longer":             {streams: []ffmpeg.Stream{video(nil), sound(1, 2, "stereo", "eng", 90*time.Second)}},
		"sound_alone":              {streams: []ffmpeg.Stream{sound(0, 2, "stereo", "nor", minute)}},
		"tiny":                     {streams: []ffmpeg.Stream{video(func(s *ffmpeg.Stream) { s.Width, s.Height = 64, 48 })}},
		"own_profile": {streams: []ffmpeg.Stream{video(nil)}, profile: Profile{
			SegmentDuration: 6, Preset: "slow", CRF: 20.5, Threads: 3, Ladder: []Rung{{Height: 720, VideoBitrate: 2500}, {Height: 1080}},
		}},
		"all_codecs": {streams: []ffmpeg.Stream{video(nil)}, profile: Profile{
			Codecs: media.VideoCodecs(), Threads: 2, Ladder: []Rung{{Height: 1080}, {Height: 720, Codec: media.CodecAV1, VideoBitrate: 1500}, {Height: 480, VideoBitrate: 1000}},
		}},
		"all_codecs_deep":  {streams: []ffmpeg.Stream{video(nil)}, profile: Profile{Codecs: media.VideoCodecs(), BitDepth: 10, Ladder: two}},
		"hdr10_all_codecs": {streams: []ffmpeg.Stream{video(uhd)}, profile: Profile{Codecs: media.VideoCodecs(), Ladder: two}, change: mastered10},
		"hdr10_as_sdr":     {streams: []ffmpeg.Stream{video(uhd)}, profile: Profile{Codecs: []string{media.CodecHEVC}, DynamicRange: "SDR", Ladder: two}},
		"hlg_hevc_alone": {streams: []ffmpeg.Stream{video(func(s *ffmpeg.Stream) {
			uhd(s)
			s.Transfer = "arib-std-b67"
		})}, profile: Profile{Codecs: []string{media.CodecHEVC}, Ladder: two}},
		"every_sound": {streams: []ffmpeg.Stream{sound(0, 8, "7.1", "eng", minute), sound(1, 2, "stereo", "nor", minute)}, profile: Profile{
			Audio: allSounds(),
		}, change: func(p *plan) { p.audio[1].gain = -3.456 }},
		"without_thumbnails": {streams: []ffmpeg.Stream{video(nil)}, profile: Profile{Thumbnails: new(bool), Ladder: two}},
		"passed_through": {streams: []ffmpeg.Stream{video(nil)}, profile: Profile{Ladder: two}, change: func(p *plan) {
			p.ladder.Renditions[0].Copy = true
		}},
		"passed_through_hevc_alone": {streams: []ffmpeg.Stream{video(uhd)}, profile: Profile{Codecs: []string{media.CodecHEVC}, Ladder: two[:1]}, change: func(p *plan) {
			p.ladder.Renditions[0].Copy = true
		}},
		"nvenc": {streams: []ffmpeg.Stream{video(uhd)}, profile: Profile{Codecs: media.VideoCodecs(), Ladder: two}, change: device("nvenc")},
		"qsv":   {streams: []ffmpeg.Stream{video(nil)}, profile: Profile{Codecs: media.VideoCodecs(), Ladder: two}, change: device("qsv")},
		"vaapi": {streams: []ffmpeg.Stream{video(uhd)}, profile: Profile{Codecs: media.VideoCodecs(), Ladder: two}, change: device("vaapi")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			probe := &ffmpeg.Probe{Formats: []string{"mov"}, Streams: test.streams}
			for _, s := range test.streams {
				probe.Duration = max(probe.Duration, s.Duration)
			}
			source, err := chooseSource([]inputFile{{path: "/in/film.mp4"}}, []*ffmpeg.Probe{probe})
			if err != nil {
				t.Fatal(err)
			}
			p := newPlan(source, test.profile.withDefaults(), !test.plain)
			p.inputs, p.dir, p.scratch = []string{"/in/film.mp4"}, "/out", "/scratch"
			if test.change != nil {
				test.change(&p)
			}
			golden(t, filepath.Join("testdata", name+".txt"), readable(p.args()))
		})
	}
}

// mastered10 adds what HDR10 says of its display and light.
func mastered10(p *plan) {
	p.source.Video.Mastering = &media.Mastering{
		Red: [2]int{34000, 16000}, Green: [2]int{13250, 34500}, Blue: [2]int{7500, 3000}, White: [2]int{15635, 16450},
		MinLuminance: 50, MaxLuminance: 10000000, MaxContent: 1000, MaxAverage: 400,
	}
}

// device makes every rendition that of a graphics processor.
func device(kind string) func(*plan) {
	return func(p *plan) {
		for i, r := range p.ladder.Renditions {
			p.ladder.Renditions[i].Encoder = deviceNames()[r.Codec] + "_" + kind
		}
	}
}

// TestLoudnessCommandLine: every sound is measured once.
func TestLoudnessCommandLine(t *testing.T) {
	t.Parallel()
	p := newPlan(media.Source{Audio: []media.AudioSource{
		{StreamRef: media.StreamRef{Stream: 1}, Channels: 6, Layout: "5.1"}, {StreamRef: media.StreamRef{Stream: 2}, Channels: 1, Layout: "mono"},
	}}, Profile{Audio: allSounds(), Loudness: &Loudness{}}.withDefaults(), true)
	p.inputs = []string{"/in/film.mp4"}
	golden(t, filepath.Join("testdata", "loudness.txt"), readable(p.loudnessArgs()))
}

func uhd(s *ffmpeg.Stream) {
	s.Codec, s.Width, s.Height, s.PixelFormat, s.BitDepth = "hevc", 3840, 2160, "yuv420p10le", 10
	s.RealRate, s.AverageRate = ffmpeg.Rational{Num: 60000, Den: 1001}, ffmpeg.Rational{Num: 60000, Den: 1001}
	s.Primaries, s.Transfer, s.Matrix = "bt2020", "smpte2084", "bt2020nc"
}

// readable puts each option on a line of its own, and each filter chain.
func readable(args []string) string {
	var b strings.Builder
	for i, arg := range args {
		switch {
		case i == 0:
		case strings.HasPrefix(arg, "-") && arg != "-1" || strings.HasPrefix(arg, "file:") && args[i-1] != "-i":
			b.WriteString("\n")
		default:
			b.WriteString(" ")
		}
		b.WriteString(strings.ReplaceAll(arg, ";", ";\n    "))
	}
	return b.String() + "\n"
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("differs from %s (-want +got):\n%s", path, d)
	}
}

func TestRefusesEndlessSource(t *testing.T) {
	t.Parallel()
	probe := &ffmpeg.Probe{Formats: []string{"mov"}, Streams: []ffmpeg.Stream{{
		Kind: ffmpeg.Video, Codec: "h264", Duration: 1000 * time.Hour, VideoStream: ffmpeg.VideoStream{Width: 64, Height: 48},
	}}}
	_, err := chooseSource([]inputFile{{path: "/in/film.mp4"}}, []*ffmpeg.Probe{probe})
	if err == nil || !strings.Contains(err.Error(), "lasts 1000 hours") {
		t.Errorf("got %v", err)
	}
}
