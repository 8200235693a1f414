package passthrough

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	closed := "-c:v libx264 -preset ultrafast -bf 2 -x264-params scenecut=0:open-gop=0"
	for name, test := range map[string]struct {
		file, filter, args string
		want               string // part of the sentence
		gop                int    // 0: not passed through
	}{
		"as the profile asks": {"a.mp4", "", closed + " -g 50 -keyint_min 50", "passed through as 360p, at ", 50},
		"more keyframes":      {"a.mov", "", closed + " -g 25 -keyint_min 25", "passed through", 50},
		"another distance":    {"a.mp4", "", closed + " -g 75 -keyint_min 75", "and not every 50 frames", 75},
		"with sound":          {"a.mp4", "", closed + " -g 50 -keyint_min 50 -f lavfi -i sine=d=6 -c:a aac -shortest", "passed through", 50},
		"HEVC":                {"a.mp4", "", "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:open-gop=0 -tag:v hvc1", "passed through as 360p_hevc", 50},
		"HEVC, open GOPs":     {"a.mp4", "", "-c:v libx265 -preset ultrafast -bf 3 -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:open-gop=1 -tag:v hvc1", "closed GOPs neither", 0},
		"HEVC, hev1":          {"a.mp4", "", "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=50:min-keyint=50:scenecut=0:open-gop=0", "parameter sets among the pictures", 0},
		"open GOPs":           {"a.mp4", "", "-c:v libx264 -preset veryfast -x264-params keyint=50:min-keyint=50:scenecut=0:open-gop=1:bframes=3", "closed GOPs neither", 0},
		"irregular":           {"a.mp4", "", "-c:v libx264 -preset ultrafast -sc_threshold 0 -force_key_frames 0,1.4,3.2 -g 999", "closed GOPs neither", 0},
		"one keyframe":        {"a.mp4", "", closed + " -g 999 -keyint_min 999", "single keyframe", 0},
		"too short GOPs":      {"a.mp4", "", closed + " -g 12 -keyint_min 12", "closed GOPs neither", 0},
		"too many bits":       {"a.mp4", "noise=alls=60:allf=t", closed + " -g 50 -keyint_min 50", "kbit/s, and 360p at most 800", 0},
		"4:4:4":               {"a.mp4", "", closed + " -g 50 -pix_fmt yuv444p", "yuv444p", 0},
		"wrong size":          {"a.mp4", "scale=642:362,setsar=1", closed + " -g 50", "pictures of 642x362", 0},
		"odd pixels":          {"a.mp4", "setsar=4/3", closed + " -g 50", "not square", 0},
		"interlaced":          {"a.mp4", "setfield=tff", "-c:v libx264 -preset ultrafast -flags +ildct+ilme -g 50", "is interlaced", 0},
		"another rate":        {"a.mp4", "fps=50,setpts=PTS*2", "-r 50 " + closed + " -g 100 -keyint_min 100", "every 100 frames", 100},
		"MPEG-2":              {"a.mp4", "", "-c:v mpeg2video", "is coded as mpeg2video", 0},
		"Matroska":            {"a.mkv", "", closed + " -g 50 -keyint_min 50", "is not an MP4", 0},
		"fragmented":          {"a.mp4", "", closed + " -g 50 -movflags frag_keyframe+empty_moov", "fragmented", 0},
		"variable rate":       {"a.mp4", "select='not(between(t,1,3)*mod(n,3))'", closed + " -fps_mode vfr -g 50", "variable frame rate", 0},
		"a frame missing":     {"a.mp4", "select='not(eq(n,100))'", closed + " -fps_mode vfr -g 50 -keyint_min 50", "equally long", 0},
		"begins late":         {"a.mp4", "setpts=PTS+2/25/TB", closed + " -g 50 -keyint_min 50 -f lavfi -i sine=d=6 -c:a aac -fps_mode passthrough", "where none is due", 0},
		"full range":          {"a.mp4", "scale=out_range=pc,format=yuvj420p", "-color_range pc -c:v libx264 -preset ultrafast -g 50 -keyint_min 50", "", 0},
		"level above":         {"a.mp4", "", closed + " -g 50 -keyint_min 50 -level 5.1", "of level 5.1", 0},
		"cut by an edit list": {"cut", "", closed + " -g 50 -keyint_min 50", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), strings.Replace(test.file, "cut", "whole.mp4", 1))
			generate(t, path, test.filter, test.args)
			if test.file == "cut" {
				shorter := filepath.Join(filepath.Dir(path), "cut.mp4")
				run(t, "-ss", "0.5", "-i", path, "-c", "copy", shorter)
				path = shorter
			}
			v := look(t, path)
			ladder := ladderFor(v)
			choice, ok, sentence := Decide(path, v, ladder)
			if ok != (test.gop > 0) || choice.GOP != test.gop {
				t.Errorf("%+v, %v: %s", choice, ok, sentence)
			}
			if !strings.Contains(sentence, test.want) || !strings.HasPrefix(sentence, "The source was ") || !strings.HasSuffix(sentence, ".") {
				t.Errorf("sentence %q", sentence)
			}
			if ok && ladder.Renditions[choice.Index].Size != ladder.Renditions[0].Size {
				t.Errorf("not the top: %+v", choice)
			}
		})
	}
}

// A file whose tables lie is refused, and never read beyond its end.
func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.mp4")
	generate(t, path, "", "-c:v libx264 -preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0")
	v := look(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 8, 100, len(whole) / 2, len(whole) - 10} {
		cut := filepath.Join(t.TempDir(), fmt.Sprintf("%d.mp4", size))
		if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, sentence := Decide(cut, v, ladderFor(v)); ok {
			t.Errorf("%d bytes: %s", size, sentence)
		}
	}
}

// A keyframe that is no IDR picture may be referred across.
func TestKeyframesMustBeIDR(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.mp4")
	generate(t, path, "", "-c:v libx264 -preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0")
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	movie, err := mp4.ReadMovie(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	// The length takes four bytes; 0x65 becomes 0x61, a slice of no IDR picture.
	if _, err := file.WriteAt([]byte{0x61}, movie.Tracks[0].Samples[50].Offset+4); err != nil {
		t.Fatal(err)
	}
	v := look(t, path)
	if _, ok, sentence := Decide(path, v, ladderFor(v)); ok || !strings.Contains(sentence, "frame 50 that is not an IDR") {
		t.Errorf("%v: %s", ok, sentence)
	}
}

// ladderFor has one rung at the size of the source, in H.264 and HEVC.
func ladderFor(v media.VideoSource) media.Ladder {
	l := media.PlanLadder(v, []media.Rung{{Short: 360, Bitrate: 800}, {Short: 360, Codec: media.CodecHEVC, Bitrate: 1200, Exact: true}, {Short: 180}}, 2)
	for i := range l.Renditions {
		l.Renditions[i].BitDepth, l.Renditions[i].VideoRange = 8, media.RangeSDR
	}
	return l
}

func look(t *testing.T, path string) media.VideoSource {
	t.Helper()
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := tools.Probe(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Streams[0]
	return media.VideoSource{
		StreamRef: media.StreamRef{Stream: s.Index}, Codec: s.Codec, PixelFormat: s.PixelFormat, BitDepth: s.BitDepth,
		Width: s.Width, Height: s.Height, SAR: media.Rational(s.SAR), Rotation: s.Rotation, FieldOrder: s.FieldOrder,
		RealRate: media.Rational(s.RealRate), AverageRate: media.Rational(s.AverageRate), Variable: s.VariableRate(),
		Primaries: s.Primaries, Transfer: s.Transfer, Matrix: s.Matrix, Range: s.Range, End: s.Start - p.Start + s.Duration,
	}
}

// generate makes six seconds of video.
func generate(t *testing.T, path, filter, args string) {
	t.Helper()
	if filter == "" {
		filter = "null"
	}
	inputs, options := "", args
	if at := strings.Index(args, "-f lavfi -i sine=d=6"); at >= 0 {
		inputs = "-f lavfi -i sine=d=6"
		options = strings.Replace(args, inputs, "", 1)
	}
	words := append([]string{"-f", "lavfi", "-i", "color=gray:s=640x360:r=25:d=6,drawbox=x=mod(t*100\\,600):w=40:h=40:color=red:t=fill"}, strings.Fields(inputs)...)
	words = append(words, "-vf", filter)
	if !strings.Contains(options, "-pix_fmt") && !strings.Contains(filter, "yuvj") {
		words = append(words, "-pix_fmt", "yuv420p")
	}
	run(t, append(append(words, strings.Fields(options)...), path)...)
}

func run(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
}
