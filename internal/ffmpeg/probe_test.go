package ffmpeg

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestProbeTellsFacts(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	dir := t.TempDir()
	upright := generate(t, filepath.Join(dir, "upright.mp4"),
		"-f", "lavfi", "-i", "testsrc2=size=160x120:rate=30000/1001:duration=2",
		"-f", "lavfi", "-i", "sine=duration=2:sample_rate=44100",
		"-f", "lavfi", "-i", "color=size=64x64:duration=0.1:rate=10",
		"-map", "0:v", "-map", "1:a", "-map", "2:v", "-frames:v:1", "1",
		"-vf:v:0", "setsar=4/3,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv", "-c:v:0", "libx264", "-pix_fmt:v:0", "yuv420p10le", "-c:v:1", "png", "-disposition:v:1", "attached_pic",
		"-c:a", "aac", "-ac", "2", "-metadata:s:a:0", "language=nor")
	path := generate(t, filepath.Join(dir, "-ü #1 'q' %d.mp4"),
		"-i", upright, "-map", "0", "-c", "copy", "-metadata:s:v:0", "rotate=270")
	p, err := tools.Probe(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Streams) != 3 || p.Formats[0] != "mov" || p.Duration < 1990*time.Millisecond || p.Duration > 2100*time.Millisecond {
		t.Fatalf("%+v", p)
	}
	var video, audio, cover Stream
	for _, s := range p.Streams {
		switch {
		case s.Moving():
			video = s
		case s.AttachedPicture:
			cover = s
		case s.Kind == Audio:
			audio = s
		}
	}
	want := VideoStream{
		Width: 160, Height: 120, PixelFormat: "yuv420p10le", BitDepth: 10, SAR: Rational{4, 3}, Rotation: -90,
		FieldOrder: "progressive", RealRate: Rational{30000, 1001}, AverageRate: Rational{30000, 1001},
		Primaries: "bt709", Transfer: "bt709", Matrix: "bt709", Range: "tv",
	}
	if video.VideoStream != want || video.Codec != "h264" || video.CodecProfile != "High 10" || video.Frames != 60 {
		t.Errorf("video %+v", video)
	}
	if audio.Language != "nor" || audio.SampleRate != 44100 || audio.Channels != 2 || audio.Layout != "stereo" || !audio.Default {
		t.Errorf("audio %+v", audio)
	}
	if cover.Codec != "png" || cover.Moving() {
		t.Errorf("cover %+v", cover)
	}
}

func TestProbeRefuses(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	whole, err := os.ReadFile(clip(t))
	if err != nil {
		t.Fatal(err)
	}
	secret := clip(t)
	noise := make([]byte, 200_000)
	random := rand.NewChaCha8([32]byte{1})
	if _, err := random.Read(noise); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		content []byte
		says    string
	}{
		"empty":       {nil, "is empty"},
		"text":        {[]byte("Dear all,\nplease find the video attached.\n"), "is text"},
		"long text":   {bytes.Repeat([]byte("Lorem ipsum dolor sit amet.\n"), 10_000), "is text"},
		"picture":     {[]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00 and so on"), "is a picture"},
		"web page":    {[]byte("<!DOCTYPE html><title>Sign in</title>"), "is a web page"},
		"noise":       {noise, "not a media file"},
		"playlist":    {[]byte("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n" + FileURL(secret) + "\n#EXT-X-ENDLIST\n"), "is an HLS playlist"},
		"concat":      {[]byte("ffconcat version 1.0\nfile '" + FileURL(secret) + "'\n"), "concat script"},
		"without end": {whole[:len(whole)/3], "no index (moov box)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "film.mp4")
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := tools.Probe(context.Background(), path)
			se := stepError(t, err, vod.ClassMedia, vod.ReasonBadMedia)
			if !strings.Contains(se.Message, test.says) || !strings.Contains(se.Message, `"film.mp4"`) {
				t.Errorf("message %q", se.Message)
			}
			// What the probe refuses, ffmpeg must not read either.
			err = tools.Run(context.Background(), Command{Args: append(Input(path), "-f", "null", "-")})
			stepError(t, err, vod.ClassMedia, vod.ReasonBadMedia)
		})
	}
}

// Tables with 2^32-1 entries in a file that is good otherwise.
func TestRefusesImpossibleTables(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	whole, err := os.ReadFile(clip(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, box := range []string{"stts", "stco"} {
		hostile := bytes.Clone(whole)
		at := bytes.Index(hostile, []byte(box))
		copy(hostile[at+8:], "\xFF\xFF\xFF\xFF") // after the box's type, version and flags
		path := filepath.Join(t.TempDir(), "film.mp4")
		if err := os.WriteFile(path, hostile, 0o600); err != nil {
			t.Fatal(err)
		}
		_, probeErr := tools.Probe(t.Context(), path)
		runErr := tools.Run(t.Context(), Command{Args: append(Input(path), "-f", "null", "-")})
		for _, err := range []error{probeErr, runErr} {
			se := stepError(t, err, vod.ClassMedia, vod.ReasonBadMedia)
			if !strings.Contains(se.Message, `The file "film.mp4" has an index that claims impossibly many entries`) {
				t.Errorf("%s: %q", box, se.Message)
			}
		}
	}
}

func TestProbeRefusesLargePictures(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{MaxPixels: 100 * 100})
	_, err := tools.Probe(context.Background(), clip(t))
	if se := stepError(t, err, vod.ClassMedia, vod.ReasonBadMedia); !strings.Contains(se.Message, "larger than this server decodes") {
		t.Error(se.Message)
	}
}

func TestProbeMissingFile(t *testing.T) {
	t.Parallel()
	tools := newTools(t, Config{})
	_, err := tools.Probe(context.Background(), filepath.Join(t.TempDir(), "gone.mp4"))
	stepError(t, err, vod.ClassInfra, vod.ReasonSourceMissing)
	_, err = tools.Probe(context.Background(), t.TempDir())
	stepError(t, err, vod.ClassMedia, vod.ReasonBadMedia)
}

func TestNewTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := New(Config{FFmpeg: "no-such-ffmpeg"})
	if err == nil || !strings.Contains(err.Error(), "apt-get install ffmpeg") {
		t.Errorf("got %v", err)
	}
	tools := newTools(t, Config{})
	if tools.Version() == "" || !tools.HasFilter("bwdif") || tools.HasFilter("no_such_filter") {
		t.Errorf("version %q", tools.Version())
	}
}

func TestVariableRate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		real, average Rational
		want          bool
	}{
		{Rational{25, 1}, Rational{25, 1}, false},
		{Rational{30000, 1001}, Rational{2997, 100}, false},
		{Rational{30, 1}, Rational{27, 1}, true},
		{Rational{90000, 1}, Rational{25, 1}, true},
		{Rational{}, Rational{25, 1}, false},
	} {
		s := Stream{VideoStream: VideoStream{RealRate: test.real, AverageRate: test.average}}
		if got := s.VariableRate(); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}
