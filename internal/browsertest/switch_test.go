package browsertest_test

import (
	"fmt"
	"image/jpeg"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/browsertest"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
)

// TestFilm plays what the real steps make of one film.
func TestFilm(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	tracks := film(t, p)
	t.Run("in the clear", func(t *testing.T) {
		t.Parallel()
		testSwitch(t, p.serve(p.packaged(packaging.Profile{}, tracks)))
	})
	for _, scheme := range []string{packaging.SchemeAES128, packaging.SchemeCENC, packaging.SchemeCBCS} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			testEncrypted(t, p, tracks, scheme)
		})
	}
}

// testSwitch makes every choice that the page has while it plays.
func testSwitch(t *testing.T, server string) {
	t.Helper()
	for _, tc := range []struct {
		format string
		sounds []string
	}{
		{"hls", []string{"English, stereo, AAC", "Norwegian, stereo, AAC", "English, 5.1, AAC", "English, stereo, Opus", "Norwegian, stereo, Opus"}},
		{"dash", []string{"English, stereo, AAC", "English (5.1), AAC", "English (Opus), stereo", "Norwegian, stereo, AAC", "Norwegian (Opus), stereo"}},
	} {
		t.Run(tc.format, func(t *testing.T) {
			t.Parallel()
			r := play(t, server+"/play/clip?format="+tc.format, browsertest.Options{
				Height: 360, Track: "English, stereo", Text: "English", Seconds: 1,
				During: []browsertest.Choice{
					{Of: browsertest.Sound, Option: "Norwegian, stereo"},
					{Of: browsertest.Subtitles, Option: "norsk"},
					{Of: browsertest.Rendition, Option: "180p H.264", Height: 180},
					{Of: browsertest.Rendition, Option: "270p AV1", Height: 270},
				},
				Scrub: []float64{2.5, 8.5},
			})
			if !slices.Equal(r.Tracks, tc.sounds) {
				t.Errorf("sounds are %q", r.Tracks)
			}
			for i, want := range []string{"360p H.264 ", "270p AV1 ", "180p H.264 "} {
				if len(r.Renditions) != 3 || !strings.HasPrefix(r.Renditions[i], want) {
					t.Fatalf("renditions are %q", r.Renditions)
				}
			}
			if want := []string{"English", "norsk", "English (forced)", "norsk (SDH)"}; !slices.Equal(r.Texts, want) {
				t.Errorf("subtitles are %q", r.Texts)
			}
			if !slices.Equal(r.Notes, []string{"HEVC is not played by this browser."}) {
				t.Errorf("notes are %q", r.Notes)
			}
			for part, want := range map[string]bool{
				"/video_360p/seg_": true, "/video_180p/seg_": true, "/video_270p_av1/seg_": true, "/video_90p_hevc/": false,
				"/audio_no/seg_": true, "/subtitles_no/": true, "/subtitles_no_sdh/": false,
			} {
				if loaded(r, part) != want {
					t.Errorf("%s was loaded: %t; all: %q", part, !want, r.Loaded)
				}
			}
			checkCues(t, r.Cues, "en", "no")
			if len(r.Thumbnails) != 3 {
				t.Fatalf("thumbnails are %q", r.Thumbnails)
			}
			for i, second := range []int{2, 8, 0} {
				if got, want := greyOf(t, server, r.Thumbnails[i]), grey(second); got < want-8 || got > want+8 {
					t.Errorf("the thumbnail of second %d, %s, is of grey %#x, not %#x", second, r.Thumbnails[i], got, want)
				}
			}
		})
	}
	t.Run("codecs first, then the other format", func(t *testing.T) {
		t.Parallel()
		r := play(t, server+"/play/clip?format=hls", browsertest.Options{
			Height: 270, Track: "Norwegian, stereo, Opus", Text: "norsk (SDH)", Seconds: 1, Width: 390, Dark: true,
			During: []browsertest.Choice{
				{Of: browsertest.Sound, Option: "English, 5.1"},
				{Of: browsertest.Rendition, Option: "360p H.264", Height: 360},
				{Of: browsertest.Subtitles, Option: "Off"},
				{Of: browsertest.Rendition, Option: "270p AV1", Height: 270},
				{Of: browsertest.Format, Option: "DASH"},
			},
		})
		for _, part := range []string{"/audio_no_opus/seg_", "/audio_en_6ch/seg_", "/video_270p_av1/seg_", "/video_360p/seg_"} {
			if !loaded(r, part) {
				t.Errorf("%s was not loaded: %q", part, r.Loaded)
			}
		}
		// Where subtitles are off, dash.js shows forced ones in the language of the sound.
		checkCues(t, r.Cues, "no.sdh", "en.forced")
		if off := slices.IndexFunc(r.Cues, func(c browsertest.Cue) bool { return c.At > 4.5 }); off >= 0 {
			t.Errorf("subtitles that are off were shown: %v", r.Cues)
		}
	})
}

// play plays without an error.
func play(t *testing.T, url string, o browsertest.Options) browsertest.Result {
	t.Helper()
	r, err := browsertest.Play(t.Context(), url, o)
	keepScreenshot(t, r)
	if err != nil || len(r.Errors) > 0 {
		t.Fatalf("%v; errors: %q; loaded: %q", err, r.Errors, r.Loaded)
	}
	return r
}

// checkCues holds that subtitles of these names were shown one after the other,
// each at its time.
func checkCues(t *testing.T, cues []browsertest.Cue, names ...string) {
	t.Helper()
	var seen []string
	for _, c := range cues {
		name, second, _ := strings.Cut(c.Text, " ")
		if fmt.Sprint(c.Start) != second || c.At < c.Start-0.3 || c.At > c.End+0.3 {
			t.Errorf("a cue was shown at the wrong time: %v", c)
		}
		if len(seen) == 0 || seen[len(seen)-1] != name {
			seen = append(seen, name)
		}
	}
	if !slices.Equal(seen, names) {
		t.Errorf("subtitles were shown of %q, not %q: %v", seen, names, cues)
	}
}

// greyOf is the colour in the middle of a thumbnail.
func greyOf(t *testing.T, server, thumbnail string) int {
	t.Helper()
	sheet, part, _ := strings.Cut(thumbnail, "#xywh=")
	var x, y, w, h int
	if _, err := fmt.Sscanf(part, "%d,%d,%d,%d", &x, &y, &w, &h); err != nil {
		t.Fatalf("%s: %v", thumbnail, err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+sheet, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	picture, err := jpeg.Decode(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	red, _, _, _ := picture.At(x+w/2, y+h/2).RGBA()
	return int(red >> 8)
}
