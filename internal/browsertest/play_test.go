package browsertest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/browsertest"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/mediahttp"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web"
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
		{"HLS low, second language", "/play/clip", browsertest.Options{Height: 240, Track: "norsk"}},
		{"DASH top", "/play/clip?format=dash", browsertest.Options{Height: 720}},
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
				r, err := browsertest.Play(t.Context(), server+"/play/clip?format="+format, browsertest.Options{Seconds: 2})
				keepScreenshot(t, r)
				if err != nil || len(r.Errors) > 0 {
					t.Errorf("%v; errors: %q", err, r.Errors)
				}
				if r.Height != tc.height || r.To < 2 || math.Abs(r.Duration-seconds) > 0.1 {
					t.Errorf("height %d, at %.3f of %.3f s", r.Height, r.To, r.Duration)
				}
			})
		}
	}
}

// serve packages a clip of the tracks (heights of renditions, languages of
// sound) and serves play page and media as the program does.
func serve(t *testing.T, tracks ...any) string {
	t.Helper()
	const key = "0123456789abcdef0123456789abcdef"
	dir := t.TempDir()
	store := vod.Location{Name: "store", Type: vod.LocationFile, Path: filepath.Join(dir, "store")}
	media := vod.Location{Name: "media", Type: vod.LocationFile, Path: filepath.Join(dir, "media")}
	set, err := location.New(location.Config{
		Named: map[string]vod.Location{"store": store, "media": media}, Media: media.Path,
	})
	if err != nil {
		t.Fatal(err)
	}
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	profile, err := json.Marshal(packaging.Profile{Name: "cmaf", Type: packaging.Type, TargetLocation: media, SegmentDuration: 2})
	if err != nil {
		t.Fatal(err)
	}
	job := step.Job{
		Tenant: "acme", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1, MediaKey: key,
		Scratch: t.TempDir(), Profile: profile, Progress: func(float64) {}, Trace: func([]string, string) {},
		Log: slog.New(slog.DiscardHandler),
	}
	folder, err := set.Create(t.Context(), job, store)
	if err != nil {
		t.Fatal(err)
	}
	job.Inputs = []vod.Fileset{encode(t, folder, tracks)}
	result, err := packaging.New(tools, set).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	var p vod.Playback
	for _, fileset := range result.Outputs {
		path, err := set.Local("acme", fileset.Files[0].URI)
		if err != nil {
			t.Fatal(err)
		}
		address := "/media/" + strings.TrimPrefix(path, media.Path+"/")
		if fileset.Has(vod.KindHLS) {
			p.HLS = address
		} else {
			p.DASH = address
		}
	}
	return serveFolder(t, media.Path, p)
}

// catalogue knows one asset, "clip".
type catalogue struct{ playback vod.Playback }

func (c catalogue) Playback(_ context.Context, _ vod.Caller, assetID string) (vod.Playback, error) {
	if assetID != "clip" {
		return vod.Playback{}, vod.Faultf(vod.NotFound, "unknown")
	}
	return c.playback, nil
}

func serveFolder(t *testing.T, media string, p vod.Playback) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/media/", mediahttp.Handler(media))
	mux.Handle("/play/", web.Handler(web.Config{
		Service: catalogue{p}, Caller: func(context.Context) vod.Caller { return vod.Caller{Tenant: "acme"} }, Log: slog.New(slog.DiscardHandler),
	}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// encode makes the tracks in the folder.
func encode(t *testing.T, folder *location.Folder, tracks []any) vod.Fileset {
	t.Helper()
	var out vod.Fileset
	add := func(mediaType, name string, args ...string) {
		cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin"}, append(args, name)...)...)
		cmd.Dir = folder.Path()
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("ffmpeg: %v\n%s", err, text)
		}
		out.Files = append(out.Files, vod.File{MediaType: mediaType, URI: folder.URI(name)})
	}
	for _, track := range tracks {
		switch track := track.(type) {
		case int:
			add(vod.MediaVideo, fmt.Sprintf("%d.mp4", track),
				"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%dx%d:r=25:d=%g", track*16/9/2*2, track, seconds),
				"-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-x264-params", "scenecut=0:open-gop=0")
		case string:
			add(vod.MediaAudio, track+".mp4",
				"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:sample_rate=48000:duration=%g", seconds),
				"-ac", "2", "-c:a", "aac", "-b:a", "96k", "-metadata:s:a:0", "language="+track)
		}
	}
	return out
}
