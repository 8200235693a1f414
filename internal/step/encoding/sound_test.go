package encoding

import (
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// allSounds are AAC and Opus in stereo and 5.1.
func allSounds() []AudioRendition {
	return []AudioRendition{
		{Codec: media.CodecAAC},
		{Codec: media.CodecAAC, Channels: surround},
		{Codec: media.CodecOpus},
		{Codec: media.CodecOpus, Channels: surround},
	}
}

// TestSoundInEveryForm encodes tracks of 7.1, 5.1 and stereo, and looks at the
// files.
func TestSoundInEveryForm(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "film.mkv", cat(tone(440, "2"), []string{
		"-filter_complex", "[0]asplit=3[x][y][z];[x]pan=7.1|c0=c0|c3=c0|c6=c0[a];[y]pan=5.1(side)|c1=c0|c2=c0[b];[z]pan=stereo|c0=c0[c]",
		"-map", "[a]", "-map", "[b]", "-map", "[c]", "-c:a", "flac",
		"-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=nor",
	})...)
	out := b.completed(t, map[string]any{"audio": allSounds()}, source)
	var got []string
	for _, a := range out.notes.Audio {
		var l struct {
			Streams []struct {
				Codec   string `json:"codec_name"`
				Layout  string `json:"channel_layout"`
				Bitrate string `json:"bit_rate"`
			}
		}
		inspect(t, &l, "-show_streams", filepath.Join(out.dir, a.File))
		got = append(got, fmt.Sprintf("%s track %d %s %d of %d, %s %s default %v", a.File, a.Track, a.Codec, a.Channels, a.SourceChannels, l.Streams[0].Codec, l.Streams[0].Layout, a.Default))
		if math.Abs(a.Duration-2) > 0.022 {
			t.Errorf("%s lasts %g s", a.File, a.Duration)
		}
	}
	want := []string{
		"audio_1_eng.mp4 track 0 AAC 2 of 8, aac stereo default true",
		"audio_1_eng_aac51.mp4 track 0 AAC 6 of 8, aac 5.1 default true",
		"audio_1_eng_opus.mp4 track 0 OPUS 2 of 8, opus stereo default true",
		"audio_1_eng_opus51.mp4 track 0 OPUS 6 of 8, opus 5.1 default true",
		"audio_2_nor.mp4 track 1 AAC 2 of 6, aac stereo default false",
		"audio_2_nor_aac51.mp4 track 1 AAC 6 of 6, aac 5.1 default false",
		"audio_2_nor_opus.mp4 track 1 OPUS 2 of 6, opus stereo default false",
		"audio_2_nor_opus51.mp4 track 1 OPUS 6 of 6, opus 5.1 default false",
		"audio_3_und.mp4 track 2 AAC 2 of 2, aac stereo default false",
		"audio_3_und_opus.mp4 track 2 OPUS 2 of 2, opus stereo default false",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// The source has the tone in the right and the centre of 5.1, and nowhere else.
	for _, name := range []string{"audio_2_nor_aac51.mp4", "audio_2_nor_opus51.mp4"} {
		var loud []int
		for i, level := range levels(t, filepath.Join(out.dir, name), surround) {
			if level > 0.02 {
				loud = append(loud, i)
			}
		}
		if !slices.Equal(loud, []int{1, 2}) {
			t.Errorf("%s has sound in the channels %v", name, loud)
		}
	}
}

// samples decodes a file to numbers.
func samples(t *testing.T, path string) []float32 {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-c:a", "pcm_f32le", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := make([]float32, len(out)/4)
	for i := range found {
		found[i] = math.Float32frombits(binary.LittleEndian.Uint32(out[4*i:]))
	}
	return found
}

// levels are the effective values of the channels.
func levels(t *testing.T, path string, channels int) []float64 {
	t.Helper()
	sums := make([]float64, channels)
	all := samples(t, path)
	for i, s := range all {
		sums[i%channels] += float64(s) * float64(s)
	}
	for i := range sums {
		sums[i] = math.Sqrt(sums[i] / float64(len(all)/channels))
	}
	return sums
}

// TestBeepStaysAtTheFlash decodes picture and sound in every codec: a beep and a
// flash at the same time must stay within a frame of each other.
func TestBeepStaysAtTheFlash(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	const at = 1.2
	source := generate(t, "flash.mov",
		"-f", "lavfi", "-i", fmt.Sprintf("color=black:size=320x180:rate=25:duration=3,drawbox=t=fill:color=white:enable='between(t,%g,%g)'", at-0.001, at+0.199),
		"-f", "lavfi", "-i", fmt.Sprintf("aevalsrc='if(between(t,%g,%g),0.5*sin(2*PI*1000*t),0)':s=48000:d=3,pan=5.1|c0=c0|c1=c0", at, at+0.2),
		"-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-c:a", "pcm_s16le")
	out := b.completed(t, allCodecs(map[string]any{"audio": allSounds()}), source)
	for _, v := range out.notes.Video {
		if got := flash(t, filepath.Join(out.dir, v.File)); math.Abs(got-at) > 0.001 {
			t.Errorf("%s: flash at %.3f s, want %.3f", v.File, got, at)
		}
	}
	for _, a := range out.notes.Audio {
		all := samples(t, filepath.Join(out.dir, a.File))
		first := slices.IndexFunc(all, func(s float32) bool { return s > 0.04 || s < -0.04 })
		got := float64(first/a.Channels) / 48000
		if math.Abs(got-at) > 0.01 {
			t.Errorf("%s: beep at %.4f s, want %.3f", a.File, got, at)
		}
		t.Logf("%s: beep at %.4f s", a.File, got)
	}
	if len(out.notes.Audio) != 4 {
		t.Errorf("audio %+v", out.notes.Audio)
	}
}

// flash is when the picture turns bright, by the times of the frames.
func flash(t *testing.T, path string) float64 {
	t.Helper()
	log := ff(t, "-i", path, "-vf", "signalstats,metadata=print:key=lavfi.signalstats.YAVG", "-f", "null", "-")
	at := 0.0
	for line := range strings.Lines(log) {
		if _, after, found := strings.Cut(line, "pts_time:"); found {
			at = parseFloat(t, strings.TrimSpace(after))
		}
		if _, after, found := strings.Cut(line, "signalstats.YAVG="); found && parseFloat(t, strings.TrimSpace(after)) > 128 {
			return at
		}
	}
	t.Fatalf("no flash in %s", path)
	return 0
}

// TestLoudness measures what came out with the filter that defines it.
func TestLoudness(t *testing.T) {
	t.Parallel()
	noise := func(volume string) string {
		return "anoisesrc=color=pink:sample_rate=48000:duration=6:seed=7,highpass=f=100,lowpass=f=6000,volume=" + volume
	}
	// A quiet tone with one loud click cannot be raised far.
	click := "aevalsrc='if(between(t,3,3.002),0.6,0.02)*sin(2*PI*997*t)':s=48000:d=6,pan=stereo|c0=c0|c1=c0"
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "film.mkv",
		"-f", "lavfi", "-i", noise("0.1"), "-f", "lavfi", "-i", noise("0.9")+",pan=5.1|c0=c0|c1=c0|c2=c0|c4=c0|c5=c0",
		"-f", "lavfi", "-i", "anullsrc=sample_rate=48000:channel_layout=stereo:duration=6", "-f", "lavfi", "-i", click,
		"-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:a", "flac",
		"-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=nor", "-metadata:s:a:2", "language=fra", "-metadata:s:a:3", "language=deu")
	out := b.completed(t, map[string]any{"audio": allSounds(), "loudness": map[string]any{"target": -20, "truePeak": -2}}, source)
	for _, a := range out.notes.Audio {
		log := ff(t, "-i", filepath.Join(out.dir, a.File), "-filter_complex", "ebur128@x=peak=true:framelog=verbose", "-f", "null", "-")
		found := ffmpeg.ParseLoudness(log)["x"]
		switch *a.Language {
		case "fr":
			if len(found) != 0 {
				t.Errorf("%s: silence became %+v", a.File, found)
			}
		case "de":
			if len(found) != 1 || found[0].TruePeak > -1.5 || found[0].Integrated > -21 {
				t.Errorf("%s: %+v", a.File, found)
			}
		default:
			if len(found) != 1 || math.Abs(found[0].Integrated+20) > 0.5 {
				t.Errorf("%s: %+v, want -20 LUFS", a.File, found)
			}
		}
		t.Logf("%s: %+v", a.File, found)
	}
	remarks := strings.Join(out.notes.Remarks, "\n")
	for _, want := range []string{
		"audio_3_fra.mp4: the loudness was left alone, as the track is silent.",
		"audio_4_deu.mp4: the loudness came to ", "as its true peak would have gone above -2 dBTP.",
	} {
		if !strings.Contains(remarks, want) {
			t.Errorf("no %q in the remarks:\n%s", want, remarks)
		}
	}
	if strings.Contains(remarks, "audio_1") || strings.Contains(remarks, "audio_2") {
		t.Errorf("remarks:\n%s", remarks)
	}
}
