package browsertest_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/browsertest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// seconds is how long the test clip is.
const seconds = 10.0

func TestPlay(t *testing.T) {
	t.Parallel()
	server := serve(t, 720, 240, "eng", "nor")
	for _, tc := range []struct {
		name, address string
		options       browsertest.Options
	}{
		{"HLS top", "/play/clip", browsertest.Options{Height: 720}},
		{"DASH low, second language", "/play/clip?format=dash", browsertest.Options{Height: 240, Track: "norsk"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := browsertest.Play(t.Context(), server+tc.address, tc.options)
			keepScreenshot(t, r)
			if err != nil {
				t.Fatalf("%v; errors: %q; %d renditions, at %.3f s, height %d", err, r.Errors, len(r.Renditions), r.To, r.Height)
			}
			if len(r.Errors) > 0 {
				t.Errorf("errors: %q", r.Errors)
			}
			if r.From > 0.5 || r.To < r.From+3 {
				t.Errorf("played from %.3f to %.3f s", r.From, r.To)
			}
			if r.Height != tc.options.Height || r.Width != tc.options.Height*16/9/2*2 {
				t.Errorf("picture is %dx%d", r.Width, r.Height)
			}
			if math.Abs(r.Duration-seconds) > 0.1 {
				t.Errorf("duration is %.3f s", r.Duration)
			}
			if want := tc.options.Track == "norsk"; loaded(r, "/audio_no/seg_") != want {
				t.Errorf("second language was loaded: %t; all: %q", !want, r.Loaded)
			}
			if len(r.Renditions) != 2 || !slices.Equal(r.Tracks, []string{"English", "norsk"}) {
				t.Errorf("offered: %q and %q", r.Renditions, r.Tracks)
			}
		})
	}
}

// loaded tells whether something with that in its path was loaded.
func loaded(r browsertest.Result, part string) bool {
	return slices.ContainsFunc(r.Loaded, func(path string) bool { return strings.Contains(path, part) })
}

// keepScreenshot writes the picture where ORCHESTRATE_SCREENSHOTS says.
func keepScreenshot(t *testing.T, r browsertest.Result) {
	t.Helper()
	dir := os.Getenv("ORCHESTRATE_SCREENSHOTS")
	if dir == "" {
		return
	}
	name := strings.NewReplacer("/", "_", ",", "").Replace(t.Name()) + ".png"
	if err := os.WriteFile(filepath.Join(dir, name), r.Screenshot, 0o600); err != nil {
		t.Error(err)
	}
}

func TestPlayTellsFailures(t *testing.T) {
	t.Parallel()
	server := serveFolder(t, t.TempDir(), vod.Playback{HLS: "/media/gone/index.m3u8"})
	r, err := browsertest.Play(t.Context(), server+"/play/clip", browsertest.Options{})
	if err == nil || len(r.Errors) == 0 {
		t.Errorf("a missing playlist plays: %v, %q", err, r.Errors)
	}
	if _, err := browsertest.Play(t.Context(), server+"/play/unknown", browsertest.Options{}); err == nil {
		t.Error("an unknown asset plays")
	}
}

// Sound without a picture and a picture without sound play, too.
func TestPlayOneKind(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		tracks []any
		height int
	}{
		{"audio only", []any{"eng", "nor"}, 0},
		{"one audio track only", []any{"eng"}, 0},
		{"silent", []any{240}, 240},
	} {
		server := serve(t, tc.tracks...)
		for _, format := range []string{"hls", "dash"} {
			t.Run(tc.name+" "+format, func(t *testing.T) {
				r, err := browsertest.Play(t.Context(), server+"/play/clip?format="+format, browsertest.Options{Seconds: 1})
				keepScreenshot(t, r)
				if err != nil || len(r.Errors) > 0 {
					t.Errorf("%v; errors: %q", err, r.Errors)
				}
				if r.Height != tc.height || r.To < 1 || math.Abs(r.Duration-seconds) > 0.1 {
					t.Errorf("height %d, at %.3f of %.3f s", r.Height, r.To, r.Duration)
				}
			})
		}
	}
}
