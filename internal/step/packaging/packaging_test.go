package packaging

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestPackage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v360.mp4", 360, "25", 10.3)
	b.video(t, "v180.mp4", 180, "25", 10.3)
	b.audio(t, "eng.mp4", "eng", 48000, 10.3)
	b.audio(t, "nor.mp4", "nor", 44100, 10.3)
	b.ffmpegRun(t, "-i", "v180.mp4", "-frames:v", "1", "poster.jpg")
	job := b.job(t, 0)
	var shares []float64
	job.Progress = func(share float64) { shares = append(shares, share) }
	r, err := b.run(t.Context(), job, [2]string{"VIDEO", "v360.mp4"}, [2]string{"VIDEO", "v180.mp4"},
		[2]string{"AUDIO", "eng.mp4"}, [2]string{"AUDIO", "nor.mp4"}, [2]string{"IMAGE", "poster.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(shares) || shares[len(shares)-1] != 1 {
		t.Errorf("progress: %v", shares)
	}
	if len(r.Outputs) != 2 {
		t.Fatalf("%d filesets", len(r.Outputs))
	}
	for i, want := range []struct{ label, mediaType, name string }{
		{"HLS", "HLS", "index.m3u8"}, {"DASH", "DASH", "manifest.mpd"},
	} {
		fs := r.Outputs[i]
		if !slices.Equal(fs.Labels, []string{"packaged", want.label}) || len(fs.Files) != 2 ||
			fs.Files[0].MediaType != want.mediaType || !strings.HasSuffix(fs.Files[0].URI, "/"+want.name) ||
			fs.Files[1].MediaType != "IMAGE" || !strings.HasSuffix(fs.Files[1].URI, "/poster.jpg") {
			t.Errorf("fileset %d: %+v", i, fs)
		}
	}
	if !b.set.Exists(t.Context(), "acme", r.Outputs) {
		t.Error("the folder is not committed as a whole")
	}
	dir := b.outputFolder(t, r)
	for _, folder := range []string{"video_360p", "video_180p", "audio_en", "audio_no"} {
		if n, err := segmentCount(filepath.Join(dir, folder)); n != 3 || err != nil {
			t.Errorf("%s has %d segments: %v", folder, n, err)
		}
	}
	// A player that is not ours starts picture and sound at 0, as the source.
	for _, name := range []string{"index.m3u8", "manifest.mpd"} {
		for stream, start := range startOfStreams(t, filepath.Join(dir, name)) {
			if math.Abs(start) > 0.0233 { // the 1024 samples of AAC priming lie before 0
				t.Errorf("%s: stream %d starts at %.4f s", name, stream, start)
			}
		}
	}
}

// startOfStreams asks ffprobe for the start of each stream in seconds.
func startOfStreams(t *testing.T, path string) []float64 {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-allowed_extensions", "ALL",
		"-show_entries", "stream=start_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		out, err = exec.CommandContext(t.Context(), "ffprobe", "-v", "error",
			"-show_entries", "stream=start_time", "-of", "csv=p=0", path).Output()
	}
	if err != nil {
		t.Fatal(err)
	}
	var starts []float64
	for _, line := range strings.Fields(string(out)) {
		start, err := strconv.ParseFloat(strings.Trim(line, ","), 64)
		if err != nil {
			t.Fatalf("ffprobe says %q", out)
		}
		starts = append(starts, start)
	}
	if len(starts) < 4 {
		t.Fatalf("%s: ffprobe sees %d streams: %s", path, len(starts), out)
	}
	return starts
}

// Sources that are not as usual are packaged and pass verification.
func TestPackageUnusual(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		make  func(t *testing.T, b *bundle)
		files [][2]string
	}{
		{"audio only", func(t *testing.T, b *bundle) { b.audio(t, "a.mp4", "und", 44100, 9.1) }, [][2]string{{"AUDIO", "a.mp4"}}},
		{"silent", func(t *testing.T, b *bundle) { b.video(t, "v.mp4", 180, "30000/1001", 9.1) }, [][2]string{{"VIDEO", "v.mp4"}}},
		{"one frame", func(t *testing.T, b *bundle) { b.video(t, "v.mp4", 180, "25", 0.04) }, [][2]string{{"VIDEO", "v.mp4"}}},
		{"sound ends early", func(t *testing.T, b *bundle) {
			b.video(t, "v.mp4", 180, "25", 9)
			b.audio(t, "a.mp4", "eng", 48000, 3)
		}, [][2]string{{"VIDEO", "v.mp4"}, {"AUDIO", "a.mp4"}}},
		{"picture ends early", func(t *testing.T, b *bundle) {
			b.video(t, "v.mp4", 180, "25", 3)
			b.audio(t, "a.mp4", "eng", 48000, 9)
		}, [][2]string{{"VIDEO", "v.mp4"}, {"AUDIO", "a.mp4"}}},
		{"variable frame rate", func(t *testing.T, b *bundle) {
			b.ffmpegRun(t, "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=9", "-vf", "select='mod(floor(n/7)\\,2)+not(mod(n\\,3))'",
				"-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-pix_fmt", "yuv420p", "-force_key_frames", "expr:gte(t,n_forced*2)", "v.mp4")
		}, [][2]string{{"VIDEO", "v.mp4"}}},
		{"both in one file", func(t *testing.T, b *bundle) {
			b.ffmpegRun(t, "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=5", "-f", "lavfi", "-i", "sine=d=5",
				"-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac", "av.mp4")
		}, [][2]string{{"VIDEO", "av.mp4"}}},
		{"languages twice, hostile name", func(t *testing.T, b *bundle) {
			b.audio(t, "a 1#%.mp4", "eng", 48000, 3)
			b.audio(t, "a2.mp4", "eng", 48000, 3)
		}, [][2]string{{"AUDIO", "a 1#%.mp4"}, {"AUDIO", "a2.mp4"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			tc.make(t, b)
			r, err := b.run(t.Context(), b.job(t, 2), tc.files...)
			if err != nil {
				t.Fatal(err)
			}
			if !b.set.Exists(t.Context(), "acme", r.Outputs) {
				t.Error("the package is not complete")
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v360.mp4", 360, "25", 6)
	b.audio(t, "a.mp4", "eng", 48000, 6)
	b.ffmpegRun(t, "-i", "v360.mp4", "-c", "copy", "-movflags", "frag_keyframe+empty_moov", "fragmented.mp4")
	b.ffmpegRun(t, "-i", "v360.mp4", "-c:v", "libx264", "-g", "1000", "-x264-params", "scenecut=0", "longgop.mp4")
	b.ffmpegRun(t, "-i", "v360.mp4", "-c:v", "mpeg4", "mpeg4.mp4")
	if err := os.WriteFile(filepath.Join(b.folder.Path(), "text.mp4"), []byte("#EXTM3U\nfile:///etc/passwd\n"), fileMode); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, says string
		files      [][2]string
	}{
		{"nothing", "neither video nor audio", nil},
		{"text", "text.mp4 cannot be packaged", [][2]string{{"VIDEO", "text.mp4"}}},
		{"fragmented", "fragmented.mp4 is a fragmented MP4", [][2]string{{"VIDEO", "fragmented.mp4"}}},
		{"no common keyframes", "no keyframe that all 2 renditions have in common", [][2]string{{"VIDEO", "v360.mp4"}, {"VIDEO", "longgop.mp4"}}},
		{"codec", `coded as "mp4v"`, [][2]string{{"VIDEO", "mpeg4.mp4"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := b.run(t.Context(), b.job(t, 1), tc.files...)
			var se *vod.StepError
			if !errors.As(err, &se) || se.Class != vod.ClassMedia || !strings.Contains(se.Message, tc.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 6)
	b.audio(t, "a.mp4", "und", 48000, 6)
	norwegian := "nb"
	good := media.EncodingNotes{
		SegmentDuration: media.Rational{Num: 2, Den: 1},
		Video:           []media.VideoNotes{{File: "v.mp4", Duration: 6}},
		Audio:           []media.AudioNotes{{File: "a.mp4", Name: `Kommentar "A"`, Language: &norwegian, Duration: 6, Commentary: true}},
	}
	run := func(n media.EncodingNotes, files ...[2]string) (string, error) {
		text, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(b.folder.Path(), media.NotesName), text, fileMode); err != nil {
			t.Fatal(err)
		}
		r, err := b.run(t.Context(), b.job(t, 0), files...)
		if err != nil {
			return "", err
		}
		return b.outputFolder(t, r), nil
	}
	v, a := [2]string{"VIDEO", "v.mp4"}, [2]string{"AUDIO", "a.mp4"}
	dir, err := run(good, v, a)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := segmentCount(filepath.Join(dir, "video_180p")); n != 3 || err != nil {
		t.Errorf("%d segments: %v; the notes ask for 2 s each", n, err)
	}
	if text := readText(t, filepath.Join(dir, "index.m3u8")); !strings.Contains(text, `NAME="Kommentar 'A'",LANGUAGE="nb"`) {
		t.Errorf("name and language of the notes are missing:\n%s", text)
	}
	_, err = run(good, v)
	wantVerify(t, "missing audio", err, "a.mp4 was encoded, but is not among")
	wrong := good
	wrong.Video = []media.VideoNotes{{File: "v.mp4", Duration: 7.5}}
	_, err = run(wrong, v, a)
	wantVerify(t, "wrong duration", err, "video_180p: it lasts 6.000 s, but 7.500 s are expected")
	// Nothing of a package that failed is left.
	if left, err := filepath.Glob(filepath.Join(b.media.Path, "*", "*", "*", "*", "index.m3u8")); len(left) != 1 || err != nil {
		t.Errorf("packages on disk: %q, %v", left, err)
	}
}

func wantVerify(t *testing.T, name string, err error, says string) {
	t.Helper()
	var se *vod.StepError
	if !errors.As(err, &se) || se.Class != vod.ClassMedia || se.Reason != vod.ReasonVerify || !strings.Contains(se.Message, says) {
		t.Errorf("%s: %v", name, err)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 6)
	ctx, cancel := context.WithCancelCause(t.Context())
	job := b.job(t, 0)
	job.Progress = func(float64) { cancel(vod.ErrCancelled) } // after the first segment
	if _, err := b.run(ctx, job, [2]string{"VIDEO", "v.mp4"}); err == nil || ctx.Err() == nil {
		t.Errorf("not cancelled: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(b.media.Path, "*", job.IngestID)); len(left) != 0 || err != nil {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestParseProfile(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"not JSON":     `{`,
		"other type":   `{"name":"p","type":"FFMPEG","targetLocation":{"name":"store"}}`,
		"too short":    `{"name":"p","type":"CMAF","targetLocation":{"name":"store"},"segmentDuration":0.5}`,
		"too long":     `{"name":"p","type":"CMAF","targetLocation":{"name":"store"},"segmentDuration":31}`,
		"web location": `{"name":"p","type":"CMAF","targetLocation":{"name":"public","type":"web"}}`,
		"unknown key":  `{"name":"p","type":"CMAF","targetLocation":{"name":"store"},"segments":4}`,
	} {
		_, err := ParseProfile(json.RawMessage(document))
		if se := vod.AsStepError(err); err == nil || se.Class != vod.ClassConfig {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := ParseProfile(json.RawMessage(`{"name":"p","type":"CMAF","targetLocation":{"name":"store"},"segmentDuration":6}`))
	if err != nil || p.SegmentDuration != 6 {
		t.Errorf("%+v, %v", p, err)
	}
}
