package packaging

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// playable has ffmpeg decode everything that the manifests lead to.
func playable(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"index.m3u8", "manifest.mpd"} {
		args := []string{
			"-v", "error", "-xerror", "-allowed_extensions", "ALL", "-i", filepath.Join(dir, name),
			"-map", "0:v?", "-map", "0:a?", "-f", "null", "-",
		}
		if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// Several codecs, layouts and dynamic ranges in one package.
func TestPackageCodecs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v360.mp4", 360, "25", 4)
	b.ffmpegRun(t, "-i", "v360.mp4", "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1",
		"-x265-params", "log-level=error:open-gop=0:scenecut=0:keyint=50:min-keyint=50:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
		"-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "hdr.mp4")
	b.ffmpegRun(t, "-i", "hdr.mp4", "-c", "copy", "-tag:v", "hev1", "hev1.mp4")
	b.ffmpegRun(t, "-i", "v360.mp4", "-c:v", "libsvtav1", "-preset", "12", "-g", "50", "-svtav1-params", "scd=0", "av1.mp4")
	b.audio(t, "stereo.mp4", "eng", 48000, 4)
	b.ffmpegRun(t, "-i", "stereo.mp4", "-ac", "6", "-c:a", "aac", "-metadata:s:a:0", "language=eng", "six.mp4")
	b.ffmpegRun(t, "-i", "stereo.mp4", "-c:a", "libopus", "-metadata:s:a:0", "language=eng", "opus.mp4")
	r, err := b.run(t.Context(), b.job(t, 2), [2]string{"AUDIO", "opus.mp4"}, [2]string{"AUDIO", "six.mp4"}, [2]string{"AUDIO", "stereo.mp4"},
		[2]string{"VIDEO", "av1.mp4"}, [2]string{"VIDEO", "hdr.mp4"}, [2]string{"VIDEO", "v360.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	hls, dash := readText(t, filepath.Join(dir, "index.m3u8")), readText(t, filepath.Join(dir, "manifest.mpd"))
	var order []string
	for line := range strings.Lines(hls) {
		if strings.HasPrefix(line, "video_") {
			order = append(order, strings.TrimSpace(line))
		}
	}
	if got := strings.Join(order[:3], " "); len(order) != 9 || got != "video_360p/playlist.m3u8 video_360p_hevc/playlist.m3u8 video_360p_av1/playlist.m3u8" {
		t.Errorf("variants: %q", order)
	}
	for _, want := range []string{
		`GROUP-ID="mp4a-40-2-2",NAME="English",LANGUAGE="en",AUTOSELECT=YES,DEFAULT=YES,CHANNELS="2",URI="audio_en/`,
		`GROUP-ID="mp4a-40-2-6",NAME="English",LANGUAGE="en",AUTOSELECT=YES,DEFAULT=YES,CHANNELS="6",URI="audio_en_6ch/`,
		`GROUP-ID="opus-2",NAME="English",LANGUAGE="en",AUTOSELECT=YES,DEFAULT=YES,CHANNELS="2",URI="audio_en_opus/`,
		`VIDEO-RANGE=PQ,URI="video_360p_hevc/iframes.m3u8"`, `CODECS="av01.`,
	} {
		if !strings.Contains(hls, want) {
			t.Errorf("index.m3u8 lacks %s:\n%s", want, hls)
		}
	}
	for _, want := range []string{
		`"urn:mpeg:mpegB:cicp:TransferCharacteristics" value="16"`, `<Label>English (5.1)</Label>`, `<Label>English (Opus)</Label>`,
	} {
		if !strings.Contains(dash, want) {
			t.Errorf("manifest.mpd lacks %s:\n%s", want, dash)
		}
	}
	playable(t, dir)
	r, err = b.run(t.Context(), b.job(t, 2), [2]string{"VIDEO", "hev1.mp4"})
	if err != nil || !remarked(r, "hev1.mp4 is tagged hev1") {
		t.Errorf("%v, %+v", err, r.Report)
	}
}

// A rendition that was passed through may have more keyframes than the others,
// and times of its own scale.
func TestPackagePassedThrough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v180.mp4", 180, "30000/1001", 8)
	b.ffmpegRun(t, "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30000/1001:d=8", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-bf", "3",
		"-x264-params", "scenecut=0:open-gop=0", "-force_key_frames", "expr:gte(t,n_forced*0.5)", "-video_track_timescale", "90000", "source.mp4")
	b.writeNotes(t, media.NotesName, media.EncodingNotes{
		SegmentDuration: media.Rational{Num: 4, Den: 1},
		Video: []media.VideoNotes{
			{File: "source.mp4", Name: "360p", Encoder: "copy", Duration: 8.008, VideoRange: media.RangeSDR},
			{File: "v180.mp4", Name: "180p", Duration: 8.008, VideoRange: media.RangeSDR},
		},
	})
	r, err := b.run(t.Context(), b.job(t, 0), [2]string{"VIDEO", "source.mp4"}, [2]string{"VIDEO", "v180.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	for _, folder := range []string{"video_360p", "video_180p"} {
		if n, err := segmentCount(filepath.Join(dir, folder)); n != 2 || err != nil {
			t.Errorf("%s has %d segments: %v", folder, n, err)
		}
	}
	if dash := readText(t, filepath.Join(dir, "manifest.mpd")); strings.Count(dash, "<AdaptationSet") != 1 ||
		!strings.Contains(dash, `timescale="90000"`) || !strings.Contains(dash, `timescale="30000"`) {
		t.Error(dash)
	}
	playable(t, dir)
}

// In the package a beep is heard when a flash is seen, in every codec: encoder
// delay of AAC and pre-skip of Opus are taken off, reordering of frames too.
func TestSoundAndPictureTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const at = 3.2
	b.ffmpegRun(t, "-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=6", "-vf",
		fmt.Sprintf("drawbox=c=white:t=fill:enable='between(t,%g,%g)'", at-0.001, at+0.1),
		"-pix_fmt", "yuv420p", "-c:v", "libx264", "-bf", "2", "-g", "50", "-x264-params", "scenecut=0:open-gop=0", "v.mp4")
	beep := fmt.Sprintf("aevalsrc='if(between(t,%g,%g),sin(2*PI*1000*t),0)':s=48000:d=6", at, at+0.1)
	b.ffmpegRun(t, "-f", "lavfi", "-i", beep, "-ac", "2", "-c:a", "aac", "aac.mp4")
	b.ffmpegRun(t, "-f", "lavfi", "-i", beep, "-ac", "2", "-c:a", "libopus", "-b:a", "128k", "opus.mp4")
	r, err := b.run(t.Context(), b.job(t, 2), [2]string{"VIDEO", "v.mp4"}, [2]string{"AUDIO", "aac.mp4"}, [2]string{"AUDIO", "opus.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	flash := onset(t, filepath.Join(dir, "video_180p", "playlist.m3u8"), 25, 1,
		"-vf", "fps=25:start_time=0,scale=1:1,format=gray", "-f", "rawvideo")
	if math.Abs(flash-at) > 0.001 {
		t.Errorf("the flash is seen at %.3f s instead of %g s", flash, at)
	}
	for _, folder := range []string{"audio_und", "audio_und_opus"} {
		beep := onset(t, filepath.Join(dir, folder, "playlist.m3u8"), 48000, 2,
			"-af", "aresample=async=1:first_pts=0:osr=48000,pan=mono|c0=c0", "-c:a", "pcm_s16be", "-f", "s16be")
		if math.Abs(beep-at) > 0.003 {
			t.Errorf("%s: the beep is heard at %.4f s instead of %g s", folder, beep, at)
		}
	}
}

// onset decodes a stream to samples of so many bytes and gives the time in
// seconds of the first one that is clearly not black or silent.
func onset(t *testing.T, path string, rate float64, size int, args ...string) float64 {
	t.Helper()
	// ffmpeg would move the start of the file, which is below 0 for primed audio,
	// to 0.
	args = append([]string{"-v", "error", "-copyts", "-allowed_extensions", "ALL", "-i", path}, append(args, "-")...)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", args...)
	var samples, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &samples, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	data := samples.Bytes()
	for i := 0; i < len(data); i += size {
		// The first byte is the high one: more than a quarter of full scale, of
		// luma more than half.
		level := math.Abs(float64(int8(data[i]))) / 128
		if size == 1 {
			level = float64(data[i])/255 - 0.25
		}
		if level > 0.25 {
			return float64(i/size) / rate
		}
	}
	t.Fatalf("%s: nothing in %d samples", path, len(data)/size)
	return 0
}
