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
	for name, test := range map[string]struct {
		streams []ffmpeg.Stream
		profile Profile
		plain   bool // ffmpeg without zscale and tonemap
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
			p.inputs, p.dir = []string{"/in/film.mp4"}, "/out"
			golden(t, filepath.Join("testdata", name+".txt"), readable(p.args()))
		})
	}
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
