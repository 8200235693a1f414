package encoding

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestEveryAudioTrackOfEveryFile(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	film := generate(t, "film.mkv", cat(pattern("320x180", "25", "2"), tone(440, "2"), tone(880, "2"), tone(1760, "2"),
		[]string{"-map", "0", "-map", "1", "-map", "2", "-map", "3"}, x264("-c:a", "aac", "-ac:a:1", "2"),
		[]string{
			"-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=nor", "-metadata:s:a:1", "title=Norsk tale",
			"-disposition:a:0", "0", "-disposition:a:1", "default",
		})...)
	extra := generate(t, "extra.m4a", cat(tone(3520, "2"), []string{"-c:a", "aac"})...)
	set := b.retrieved(t, film, extra)
	german := "de"
	set.Files[1].MediaType, set.Files[1].Language = vod.MediaAudio, &german
	result, err := b.encode(context.Background(), t, set, nil)
	if err != nil {
		t.Fatal(err)
	}
	type entry struct{ Media, Language, Name string }
	var got []entry
	for _, f := range result.Outputs[0].Files {
		e := entry{f.MediaType, "null", f.URI[strings.LastIndex(f.URI, "/")+1:]}
		if f.Language != nil {
			e.Language = *f.Language
		}
		got = append(got, e)
	}
	want := []entry{
		{"VIDEO", "null", "video_180p.mp4"},
		{"AUDIO", "en", "audio_1_eng.mp4"},
		{"AUDIO", "no", "audio_2_nor.mp4"},
		{"AUDIO", "null", "audio_3_und.mp4"},
		{"AUDIO", "de", "audio_4_de.mp4"},
		{"IMAGE", "null", "poster.jpg"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if labels := result.Outputs[0].Labels; !slices.Equal(labels, []string{"encoded"}) {
		t.Errorf("labels %q", labels)
	}
	notes := b.read(t, result.Outputs[0]).notes
	names, initial := []string{}, []bool{}
	for _, a := range notes.Audio {
		names, initial = append(names, a.Name), append(initial, a.Default)
	}
	if d := cmp.Diff([]string{"English", "Norsk tale", "Audio 3", "German"}, names); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]bool{false, true, false, false}, initial); d != "" {
		t.Error(d)
	}
	for i, frequency := range []float64{440, 880, 1760, 3520} {
		path, err := b.locations.Local(t.Context(), step.Job{Tenant: tenant}, result.Outputs[0].Files[i+1].URI)
		if err != nil {
			t.Fatal(err)
		}
		if got := pitch(t, path); math.Abs(got-frequency) > frequency/50 {
			t.Errorf("track %d sounds at %.0f Hz, want %.0f", i+1, got, frequency)
		}
	}
}

func TestRefusesTooManyAudioTracks(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	tracks := slices.Repeat([]string{"-map", "0"}, maxAudio)
	most := generate(t, "most.mkv", cat(tone(440, "0.1"), tracks, []string{"-c:a", "pcm_s16le"})...)
	one := generate(t, "one.wav", tone(440, "0.1")...)
	many := generate(t, "many.mkv", cat(tone(440, "0.1"), slices.Repeat(tracks, 5), []string{"-c:a", "pcm_s16le"})...)
	for says, sources := range map[string][]string{
		`The file "many.mkv" brings the number of audio tracks to 320; at most 64 are taken.`: {many},
		`The file "one.wav" brings the number of audio tracks to 65; at most 64 are taken.`:   {most, one},
	} {
		if se := b.refused(t, sources...); se.Message != says {
			t.Errorf("message %q", se.Message)
		}
	}
	if out := b.completed(t, nil, most); len(out.notes.Audio) != maxAudio {
		t.Errorf("%d tracks", len(out.notes.Audio))
	}
}

func TestSurroundIsMixedDownWithoutClipping(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	full := "aevalsrc='" + strings.Repeat("0.99*sin(2*PI*300*t)|", 5) + "0.99*sin(2*PI*300*t)':c=5.1:s=48000:d=2"
	source := generate(t, "surround.mov", cat(pattern("320x180", "25", "2"), []string{"-f", "lavfi", "-i", full}, x264("-c:a", "pcm_s16le"))...)
	out := b.completed(t, nil, source)
	a := out.notes.Audio[0]
	if a.Channels != 2 || a.SourceChannels != 6 || a.SampleRate != 48000 {
		t.Errorf("audio %+v", a)
	}
	peak := volume(t, filepath.Join(out.dir, a.File), "max_volume")
	if peak > 0.2 || peak < -3 {
		t.Errorf("all channels at full scale become %.1f dB", peak)
	}
	// Only the centre: heard on both sides, as loud as its share.
	centre := generate(t, "centre.mov", cat(pattern("320x180", "25", "2"),
		[]string{"-f", "lavfi", "-i", "aevalsrc='0|0|0.99*sin(2*PI*300*t)|0|0|0':c=5.1:s=48000:d=2"}, x264("-c:a", "pcm_s16le"))...)
	out = b.completed(t, nil, centre)
	if peak := volume(t, filepath.Join(out.dir, out.notes.Audio[0].File), "max_volume"); math.Abs(peak+10.7) > 1 {
		t.Errorf("the centre alone becomes %.1f dB", peak)
	}
}

func TestMonoKeepsItsLevel(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "mono.wav", "-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*300*t)':s=44100:d=2")
	out := b.completed(t, nil, source)
	if peak := volume(t, filepath.Join(out.dir, out.notes.Audio[0].File), "max_volume"); math.Abs(peak+6) > 0.5 {
		t.Errorf("-6 dB become %.1f dB", peak)
	}
}

func TestSoundAlone(t *testing.T) {
	t.Parallel()
	for name, codec := range map[string]string{"a.mp3": "libmp3lame", "a.m4a": "aac", "a.flac": "flac", "a.ogg": "libvorbis", "a.wav": "pcm_s24le"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			out := b.completed(t, nil, generate(t, name, cat(tone(440, "3"), []string{"-c:a", codec})...))
			if len(out.notes.Video) != 0 || out.notes.Poster != nil || len(out.files) != 1 {
				t.Errorf("put out %+v", out.files)
			}
			if d := out.notes.Audio[0].Duration; math.Abs(d-3) > 0.06 { // MP3 has 50 ms of padding
				t.Errorf("lasts %.3f s", d)
			}
			if got := out.notes.SegmentDuration.Float(); got != media.DefaultSegment {
				t.Errorf("segments of %v s", got)
			}
		})
	}
}

func TestCoverIsNotVideo(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	cover := generate(t, "cover.png", cat(pattern("64x64", "1", "1"), []string{"-frames:v", "1", "-update", "1"})...)
	song := generate(t, "song.mp3", cat(tone(440, "2"), []string{"-i", cover, "-map", "0", "-map", "1", "-c:a", "libmp3lame", "-disposition:v", "attached_pic"})...)
	out := b.completed(t, nil, song)
	if len(out.notes.Video) != 0 || len(out.notes.Audio) != 1 {
		t.Errorf("notes %+v", out.notes)
	}
}

func TestEmbeddedSubtitlesAreNoted(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	words := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(words, []byte("1\n00:00:00,500 --> 00:00:01,500\nHei\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	source := generate(t, "film.mkv", cat(pattern("320x180", "25", "2"), tone(440, "2"),
		[]string{"-i", words}, x264("-c:a", "aac", "-c:s", "srt", "-metadata:s:s:0", "language=swe", "-metadata:s:s:0", "title=Svenska"))...)
	out := b.completed(t, nil, source)
	want := []media.SubtitleSource{{StreamRef: media.StreamRef{Stream: 2}, Codec: "subrip", Language: "swe", Title: "Svenska"}}
	if d := cmp.Diff(want, out.notes.Source.Subtitles); d != "" {
		t.Error(d)
	}
	out.lasts(t, 2*time.Second)
	out.similar(t, source, "")
}

func TestMetadataOfTheSourceIsDropped(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "home.mp4", cat(pattern("320x180", "25", "1"), tone(440, "1"), x264("-c:a", "aac"),
		[]string{"-metadata", "location=+59.9139+010.7522/", "-metadata", "title=Private"})...)
	out := b.completed(t, nil, source)
	for _, f := range out.files {
		path, err := b.locations.Local(t.Context(), step.Job{Tenant: tenant}, f.URI)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(read(t, path)); strings.Contains(text, "59.9139") || strings.Contains(text, "Private") {
			t.Errorf("%s tells what its source did", f.URI)
		}
	}
}

var measured = regexp.MustCompile(`(max_volume|mean_volume): (-?[0-9.]+) dB`)

// volume measures the sound of a file in dB.
func volume(t *testing.T, path, which string) float64 {
	t.Helper()
	for _, m := range measured.FindAllStringSubmatch(ff(t, "-i", path, "-af", "volumedetect", "-f", "null", "-"), -1) {
		if m[1] == which {
			return parseFloat(t, m[2])
		}
	}
	t.Fatal("no volume measured")
	return 0
}

// pitch counts the zero crossings of a tone; it gives Hz.
func pitch(t *testing.T, path string) float64 {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-ss", "0.5", "-t", "1", "-i", path, "-ac", "1", "-f", "s16le", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	crossings, last := 0, int16(0)
	for i := 0; i+1 < len(out); i += 2 {
		sample := int16(uint16(out[i]) | uint16(out[i+1])<<8)
		if last < 0 && sample >= 0 {
			crossings++
		}
		last = sample
	}
	return float64(crossings) * 48000 / float64(len(out)/2)
}

func parseFloat(t *testing.T, text string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
