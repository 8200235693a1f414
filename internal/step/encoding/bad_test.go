package encoding

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestRefusesBadSources(t *testing.T) {
	t.Parallel()
	movie := cat(pattern("320x180", "25", "4"), tone(440, "4"), x264("-g", "25", "-c:a", "aac"))
	fast := read(t, generate(t, "fast.mp4", append(slices.Clone(movie), "-movflags", "+faststart")...))
	slow := read(t, generate(t, "slow.mp4", movie...))
	matroska := read(t, generate(t, "film.mkv", movie...))
	avi := read(t, generate(t, "film.avi", movie...))
	wav := read(t, generate(t, "film.wav", tone(440, "2")...))
	secret := generate(t, "secret.mp4", movie...)
	for _, test := range []struct {
		name, file string
		content    []byte
		says       string
	}{
		{"empty", "film.mp4", nil, "is empty"},
		{"text", "film.mp4", []byte("This is the film.\n"), "is text"},
		{"noise", "film.mp4", noise(300_000), "not a media file"},
		{"noise with no ending", "film", noise(3_000_000), "film"},
		{"playlist", "film.mp4", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:" + secret + "\n#EXT-X-ENDLIST\n"), "playlist"},
		{"playlist of segments", "film.ts", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n" + secret + "\n#EXT-X-ENDLIST\n"), "playlist"},
		{"concat script", "film.mp4", []byte("ffconcat version 1.0\nfile 'file:" + secret + "'\n"), "concat script"},
		{"MP4 without moov", "film.mp4", slow[:len(slow)/2], "no index (moov box)"},
		{"MP4 cut off half-way", "film.mp4", fast[:len(fast)/2], "is cut off"},
		{"MP4 cut off near the end", "film.mp4", fast[:len(fast)*9/10], "is cut off"},
		{"Matroska cut off half-way", "film.mkv", matroska[:len(matroska)/2], "is cut off"},
		{"AVI cut off half-way", "film.avi", avi[:len(avi)/2], "is cut off"},
		{"WAV cut off half-way", "film.wav", wav[:len(wav)/2], "is cut off"},
		{"damaged index", "film.mp4", damaged(fast), "film.mp4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			path := filepath.Join(t.TempDir(), test.file)
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			se := b.refused(t, path)
			if !strings.Contains(se.Message, test.says) || !strings.Contains(se.Message, `"`+test.file+`"`) {
				t.Errorf("message %q", se.Message)
			}
			t.Log(se.Message)
		})
	}
}

func TestRefusesSubtitlesAlone(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	srt := filepath.Join(t.TempDir(), "words.srt")
	if err := os.WriteFile(srt, []byte("1\n00:00:00,000 --> 00:00:01,000\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	se := b.refused(t, generate(t, "words.mkv", "-i", srt, "-c:s", "srt"))
	if !strings.Contains(se.Message, "no video and no audio") {
		t.Error(se.Message)
	}
}

// TestSubtitleFilesAreLeftToOthers: an ingest that adds subtitles to an asset has
// nothing to encode, which is no error; one of nothing usable is.
func TestSubtitleFilesAreLeftToOthers(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	set := vod.Fileset{Files: []vod.File{{MediaType: vod.MediaSubtitle, URI: "file:///words.srt"}}, Labels: []string{"retrieved"}}
	result, err := b.encode(t.Context(), t, set, nil)
	if err != nil || len(result.Outputs) > 0 {
		t.Errorf("%+v, %v", result.Outputs, err)
	}
	set.Files[0].MediaType = vod.MediaSMIL
	_, err = b.encode(t.Context(), t, set, nil)
	if se := vod.AsStepError(err); err == nil || se.Class != vod.ClassMedia || !strings.Contains(se.Message, "VIDEO or AUDIO") {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(b.store.Path); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	set := b.retrieved(t, generate(t, "film.mp4", cat(pattern("1280x720", "25", "20"), x264())...))
	before := files(t, b.store.Path)
	ctx, cancel := context.WithCancelCause(context.Background())
	job := b.job()
	job.Inputs, job.Profile = []vod.Fileset{set}, profileFor(t, b, map[string]any{"preset": "slow"})
	var once sync.Once
	var asked time.Time
	job.Progress = func(float64) {
		once.Do(func() {
			asked = time.Now()
			cancel(vod.ErrCancelled)
		})
	}
	_, err := b.runner.Run(ctx, job)
	if took := time.Since(asked); took > 1900*time.Millisecond {
		t.Errorf("took %v to stop", took)
	}
	if !errors.Is(err, vod.ErrCancelled) || vod.AsStepError(err).Class != vod.ClassCancelled {
		t.Errorf("got %v", err)
	}
	if after := files(t, b.store.Path); !slices.Equal(after, before) {
		t.Errorf("files %v, before %v", after, before)
	}
}

func TestRefusesBadProfile(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	set := vod.Fileset{Files: []vod.File{{MediaType: vod.MediaVideo, URI: "file:///none.mp4"}}}
	for says, fields := range map[string]map[string]any{
		"segmentDuration": {"segmentDuration": 11},
		"preset":          {"preset": "-y"},
		"crf":             {"crf": 70},
		"audioBitrate":    {"audioBitrate": 3},
		"threads":         {"threads": 1000},
		"ladder entry 1":  {"ladder": []map[string]any{{"height": 721}}},
		"listed twice":    {"ladder": []map[string]any{{"height": 720}, {"height": 720}}},
		"videoBitrate":    {"ladder": []map[string]any{{"height": 720, "videoBitrate": 1}}},
	} {
		_, err := b.encode(context.Background(), t, set, fields)
		se := vod.AsStepError(err)
		if se.Class != vod.ClassConfig || !strings.Contains(se.Message, says) {
			t.Errorf("%v: %v", fields, err)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func noise(n int) []byte {
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{7})
	_, _ = random.Read(b) // never fails
	return b
}

// damaged overwrites the tables of an MP4 file that starts with its index.
func damaged(mp4 []byte) []byte {
	out := slices.Clone(mp4)
	at := bytes.Index(out, []byte("stsd"))
	copy(out[at:], bytes.Repeat([]byte{0xA5}, 400))
	return out
}
