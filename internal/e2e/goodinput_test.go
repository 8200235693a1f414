package e2e

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// goodInput is a source that has to come out right.
type goodInput struct {
	name     string
	args     []string // of ffmpeg, before the file's name
	file     string
	width    int // largest display size that the stream shows, 0: no video
	height   int
	duration float64 // seconds
	fps      float64
	audio    []string // languages, "" for unknown
}

func lavfi(filter string, rest ...string) []string {
	return append([]string{"-f", "lavfi", "-i", filter}, rest...)
}

func goodInputs() []goodInput {
	test := "testsrc2=s=320x180:r=25:d=2"
	x264 := []string{"-c:v", "libx264", "-preset", "ultrafast"}
	with := func(head []string, tail ...string) []string { return append(append([]string{}, head...), tail...) }
	return []goodInput{
		{"plain", with(lavfi(test, "-f", "lavfi", "-i", "sine=d=2"), x264...), "plain.mp4", 320, 180, 2, 25, []string{""}},
		{"variable frame rate", with(lavfi(test, "-vf", `select='not(eq(mod(n\,3)\,1))'`, "-fps_mode", "vfr"), x264...), "vfr.mp4", 320, 180, 2, 25, nil},
		{"interlaced MPEG-2 TS", lavfi("testsrc2=s=720x576:r=50:d=2", "-vf", "interlace=scan=tff,setsar=64/45", "-flags", "+ildct+ilme", "-c:v", "mpeg2video", "-b:v", "4M"), "tv.ts", 320, 180, 2, 25, nil},
		{"10-bit HEVC", lavfi(test, "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error"), "hevc.mp4", 320, 180, 2, 25, nil},
		{"odd size", with(lavfi("testsrc2=s=321x179:r=25:d=2"), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"), "odd.mp4", 320, 178, 2, 25, nil},
		{"no audio", with(lavfi(test), x264...), "silent.mkv", 320, 180, 2, 25, nil},
		{"audio only", lavfi("sine=d=3", "-c:a", "aac"), "radio.m4a", 0, 0, 3, 50, []string{""}},
		{"one frame", with(lavfi("testsrc2=s=320x180:r=25:d=0.04"), x264...), "frame.mp4", 320, 180, 0.04, 25, nil},
		{"languages", with(lavfi(test, "-f", "lavfi", "-i", "sine=d=2", "-f", "lavfi", "-i", "sine=f=880:d=2", "-map", "0", "-map", "1", "-map", "2",
			"-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"), x264...), "languages.mp4", 320, 180, 2, 25, []string{"en", "de"}},
		{"5.1", with(lavfi(test, "-f", "lavfi", "-i", "anoisesrc=d=2,aformat=channel_layouts=5.1"), x264...), "surround.mkv", 320, 180, 2, 25, []string{""}},
		{"ProRes", lavfi(test, "-c:v", "prores_ks"), "mezzanine.mov", 320, 180, 2, 25, nil},
		{"VP9", lavfi(test, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"), "web.webm", 320, 180, 2, 25, nil},
		{"odd name", with(lavfi(test), x264...), `-a "name" with 'quotes' #1 100% ünï 映像.mp4`, 320, 180, 2, 25, nil},
	}
}

// TestGoodInput: each source ends COMPLETED, and what HLS plays has its
// duration within a frame, its display size and its audio languages. How the
// pictures look (SSIM) is tested with the encoding step.
func TestGoodInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := serve(t, "--allow-source-dir", dir).client
	if _, err := c.ApplyProfile(t.Context(), "crash", []byte(crashProfile)); err != nil {
		t.Fatal(err)
	}
	for _, in := range append(goodInputs(), rotated(t, dir), subtitled(t, dir)) {
		t.Run(in.name, func(t *testing.T) {
			path := filepath.Join(dir, in.file)
			if in.args != nil {
				clipAt(t, path, in.args...)
			}
			id := submit(t, c, client.Submission{AssetID: in.name, URI: fileURI(path), Profile: "crash"})
			d := waitFor(t, c, id, time.Minute, over)
			if d.Status != client.IngestStatusCOMPLETED {
				t.Fatalf("%s: %s", d.Status, deref(d.Error))
			}
			playback, err := c.Playback(t.Context(), in.name)
			if err != nil {
				t.Fatal(err)
			}
			for _, manifest := range []*string{playback.HLS, playback.DASH} {
				checkStream(t, in, probe(t, *manifest))
			}
		})
	}
}

// rotated is a phone's portrait video: landscape pictures and a matrix.
func rotated(t *testing.T, dir string) goodInput {
	t.Helper()
	flat := clip(t, dir, "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -c:v libx264 -preset ultrafast flat.mp4")
	clipAt(t, filepath.Join(dir, "phone.mp4"), "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90")
	return goodInput{"phone", nil, "phone.mp4", 180, 320, 2, 25, nil}
}

// subtitled has a text track inside.
func subtitled(t *testing.T, dir string) goodInput {
	t.Helper()
	srt := write(t, filepath.Join(dir, "text.srt"), []byte("1\n00:00:00,500 --> 00:00:01,500\nHello\n"))
	clipAt(t, filepath.Join(dir, "subtitled.mkv"), "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-i", srt,
		"-c:v", "libx264", "-preset", "ultrafast", "-c:s", "srt")
	return goodInput{"subtitles", nil, "subtitled.mkv", 320, 180, 2, 25, nil}
}

type stream struct {
	Type    string            `json:"codec_type"`
	Width   int               `json:"width"`
	Height  int               `json:"height"`
	Aspect  string            `json:"sample_aspect_ratio"`
	Packets string            `json:"nb_read_packets"`
	Tags    map[string]string `json:"tags"`
}

// probe reads a manifest as a player does, with all of its streams.
func probe(t *testing.T, manifest string) []stream {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", manifest)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	var answer struct{ Streams []stream }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Streams
}

func checkStream(t *testing.T, in goodInput, streams []stream) {
	t.Helper()
	width, height, audio, counted := 0, 0, 0, in.width == 0
	for _, s := range streams {
		switch s.Type {
		case "video":
			if s.Width > width {
				width, height = s.Width, s.Height
			}
			if s.Packets == "" { // Of several streams of one frame ffprobe counts one.
				continue
			}
			counted = true
			n, err := strconv.Atoi(s.Packets)
			if got := float64(n) / in.fps; err != nil || math.Abs(got-in.duration) > 1/in.fps+0.001 {
				t.Errorf("%d frames are %.3f s, want %.3f s (%v)", n, got, in.duration, err)
			}
		case "audio":
			audio++
		}
	}
	if !counted {
		t.Error("no rendition has a frame")
	}
	if abs(width-in.width) > 2 || abs(height-in.height) > 2 {
		t.Errorf("plays at %dx%d, want %dx%d", width, height, in.width, in.height)
	}
	if audio != len(in.audio) {
		t.Errorf("has %d audio tracks, want %d", audio, len(in.audio))
	}
}

func abs(n int) int { return max(n, -n) }
