package check_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/keys"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func (c *clips) write(t *testing.T, name string, content any) {
	t.Helper()
	data, ok := content.(string)
	if !ok {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		data = string(text)
	}
	if err := os.WriteFile(filepath.Join(c.dir.Path(), name), []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// seeded checks copies of a folder with faults.
func (c *clips) seeded(t *testing.T, good string, faults []fault) {
	t.Helper()
	for _, f := range faults {
		dir := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		if err := f.seed(dir); err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		t.Log(f.name)
		wantFinding(t, c.checked(t, dir, func(o *check.Options) { o.Tools = nil }), f.rule)
	}
}

func TestTextAndThumbnails(t *testing.T) {
	t.Parallel()
	c := newClips(t)
	c.video(t, "v180.mp4", "testsrc2=s=320x180:r=25", x264)
	c.audio(t, "eng.mp4", "sine=f=440", "eng")
	c.ffmpeg(t, "-i v180.mp4 -vf fps=1,scale=80:46,tile=2x2 -q:v 5 sheet_%02d.jpg")
	c.write(t, "en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n\n00:05.500 --> 00:07.000\nBye\n")
	c.write(t, media.SubtitleNotesName, media.SubtitleNotes{Tracks: []media.SubtitleTrack{{File: "en.vtt", Language: "en", Name: "English"}}})
	c.write(t, media.NotesName, media.EncodingNotes{
		Video:      []media.VideoNotes{{File: "v180.mp4", Name: "180p", Duration: seconds}},
		Thumbnails: &media.ThumbnailNotes{Files: []string{"sheet_01.jpg", "sheet_02.jpg"}, Width: 80, Height: 46, Columns: 2, Rows: 2, Count: 8, Interval: 1},
	})
	good := c.packaged(t, 2, "v180.mp4", "eng.mp4", "en.vtt")
	wantClean(t, "text and thumbnails", c.checked(t, good, nil), 2)
	segment := "subtitles_en/" + firstMatch(t, filepath.Join(good, "subtitles_en", "*.vtt"))
	c.seeded(t, good, []fault{
		{"WebVTT without its first line", "webvtt", edit(segment, `WEBVTT`, "SUBTITLES")},
		{"cue that ends before it starts", "webvtt", edit(segment, `00:02\.000`, "00:00.500")},
		{"cue out of range", "webvtt-range", edit(segment, `00:01\.000 --> (.*)00:02\.000`, "00:51.000 --> ${1}00:52.000")},
		{"timestamp map missing", "webvtt-map", edit(segment, `X-TIMESTAMP-MAP=.*\n`, "")},
		{"timestamp map off", "webvtt-range", edit(segment, `MPEGTS:\d+`, "MPEGTS:8100000")},
		{"subtitles missing", "file", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "subtitles_en")) }},
		{"thumbnail sheet missing", "thumbnails", remove("thumbnails/thumbs_002.jpg")},
		{"thumbnail sheet of another size", "thumbnails", edit("manifest.mpd", `width="160" height="92"`, `width="320" height="184"`)},
		{"thumbnail sheet is no picture", "thumbnails", truncate("thumbnails/thumbs_001.jpg", 20)},
	})

	// Of our own we are strict.
	if err := edit(segment, "Hello", "<b>Hello")(good); err != nil {
		t.Fatal(err)
	}
	wantClean(t, "tag that is not closed", c.checked(t, good, nil), 2)
	r := c.checked(t, good, func(o *check.Options) { o.Expect = &check.Expect{} })
	wantFinding(t, r, "webvtt")
}

func firstMatch(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %q, %v", pattern, names, err)
	}
	return filepath.Base(names[0])
}

// oneKey gives the same key for everything.
type oneKey struct{ content keys.Content }

func (k oneKey) FromFile(string, string, string) (keys.Content, error) { return k.content, nil }
func (k oneKey) FromServer(context.Context, keys.Request) (keys.Content, error) {
	return k.content, nil
}

func TestEncrypted(t *testing.T) {
	t.Parallel()
	c := newClips(t)
	c.video(t, "v180.mp4", "testsrc2=s=320x180:r=25", x264)
	c.audio(t, "eng.mp4", "sine=f=440", "eng")
	key, err := cenc.NewKey([]byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	content := keys.Content{Key: key}
	copy(content.KID[:], "fedcba9876543210")
	for scheme, tracks := range map[string]int{packaging.SchemeCENC: 2, packaging.SchemeCBCS: 2, packaging.SchemeAES128: 0} {
		job := c.job(t, 2)
		profile := packaging.Profile{
			Name: "cmaf", Type: packaging.Type, TargetLocation: c.store, SegmentDuration: 2,
			Encryption: &packaging.Encryption{Scheme: scheme, KeyFile: "file:keys", KeyURI: "https://k.example.com/{kid}"},
		}
		if job.Profile, err = json.Marshal(profile); err != nil {
			t.Fatal(err)
		}
		for kind, name := range map[string]string{vod.MediaVideo: "v180.mp4", vod.MediaAudio: "eng.mp4"} {
			job.Inputs = append(job.Inputs, vod.Fileset{Labels: []string{"encoded"}, Files: []vod.File{{MediaType: kind, URI: c.dir.URI(name)}}})
		}
		result, err := packaging.New(c.tools, c.set, oneKey{content}).Run(t.Context(), job)
		if err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		path, err := c.set.Local(t.Context(), step.Job{Tenant: "acme"}, result.Outputs[0].Files[0].URI)
		if err != nil {
			t.Fatal(err)
		}
		good := filepath.Dir(path)
		wantClean(t, scheme, c.checked(t, good, nil), tracks)
		if scheme == packaging.SchemeCENC || scheme == packaging.SchemeCBCS {
			other := hex.EncodeToString([]byte("0000000000000000"))
			uuid := other[:8] + "-" + other[8:12] + "-" + other[12:16] + "-" + other[16:20] + "-" + other[20:]
			c.seeded(t, good, []fault{
				{scheme + ": KID mismatch", "protection", edit("manifest.mpd", `default_KID="[^"]*"`, `default_KID="`+uuid+`"`)},
				{scheme + ": no ContentProtection", "protection", edit("manifest.mpd", `(?s)<ContentProtection.*?</ContentProtection>|<ContentProtection[^>]*/>`, "")},
				{scheme + ": no EXT-X-KEY", "protection", edit("video_180p/playlist.m3u8", `#EXT-X-KEY.*\n`, "")},
				{scheme + ": other METHOD", "protection", edit("video_180p/playlist.m3u8", `METHOD=SAMPLE-AES(-CTR)?,`, "METHOD=AES-128,")},
			})
		}
	}
}
