package browsertest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/keys"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/mediahttp"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	playpage "github.com/via-orchestrate/orchestrate/internal/web/play"
)

// pipeline runs steps one after the other, as the executor does.
type pipeline struct {
	t     *testing.T
	tools *ffmpeg.Tools
	set   *location.Set
	store vod.Location // of what steps hand on
	media vod.Location // of what is served
	keys  *keys.Source // of encrypted packages
}

func newPipeline(t *testing.T) *pipeline {
	t.Helper()
	dir := t.TempDir()
	p := &pipeline{
		t:     t,
		store: vod.Location{Name: "store", Type: vod.LocationFile, Path: filepath.Join(dir, "store")},
		media: vod.Location{Name: "media", Type: vod.LocationFile, Path: filepath.Join(dir, "media")},
		keys:  keys.New(http.DefaultClient, keyFile{}),
	}
	var err error
	p.set, err = location.New(location.Config{
		Named: map[string]vod.Location{"store": p.store, "media": p.media}, Media: p.media.Path,
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.tools, err = ffmpeg.New(ffmpeg.Config{}); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pipeline) job(profile any, inputs []vod.Fileset) step.Job {
	p.t.Helper()
	document, err := json.Marshal(profile)
	if err != nil {
		p.t.Fatal(err)
	}
	return step.Job{
		Tenant: "acme", AssetID: "clip", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1,
		MediaKey: "0123456789abcdef0123456789abcdef", Inputs: inputs, Profile: document,
		Scratch: filepath.Join(p.t.TempDir(), "scratch"), Progress: func(float64) {}, Trace: func([]string, string) {},
		Log: slog.New(slog.DiscardHandler),
	}
}

func (p *pipeline) run(s step.Runner, profile any, inputs []vod.Fileset) []vod.Fileset {
	p.t.Helper()
	result, err := s.Run(p.t.Context(), p.job(profile, inputs))
	if err != nil {
		p.t.Fatal(err)
	}
	return result.Outputs
}

// folder is one for files that no step made.
func (p *pipeline) folder() *location.Folder {
	p.t.Helper()
	folder, err := p.set.Create(p.t.Context(), p.job(nil, nil), p.store)
	if err != nil {
		p.t.Fatal(err)
	}
	return folder
}

// ffmpeg makes a file of the folder.
func (p *pipeline) ffmpeg(folder *location.Folder, name string, args ...string) vod.File {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin"}, append(args, name)...)...)
	cmd.Dir = folder.Path()
	if text, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("ffmpeg: %v\n%s", err, text)
	}
	return vod.File{MediaType: vod.MediaVideo, URI: folder.URI(name)}
}

// packaged makes a package, and gives where the page finds it.
func (p *pipeline) packaged(profile packaging.Profile, inputs []vod.Fileset) vod.Playback {
	p.t.Helper()
	profile.Name, profile.Type, profile.TargetLocation = "cmaf", packaging.Type, p.media
	var out vod.Playback
	for _, fileset := range p.run(packaging.New(p.tools, p.set, p.keys), profile, inputs) {
		for _, file := range fileset.Files {
			path, err := p.set.Local(p.t.Context(), step.Job{Tenant: "acme"}, file.URI)
			if err != nil {
				p.t.Fatal(err)
			}
			address := "/media/" + strings.TrimPrefix(path, p.media.Path+"/")
			switch file.MediaType {
			case vod.MediaHLS:
				out.HLS = address
			case vod.MediaDASH:
				out.DASH = address
			case vod.MediaThumbnails:
				out.Thumbnails = address
			}
		}
	}
	return out
}

// serve serves the play page and what was packaged as the program does.
func (p *pipeline) serve(playback vod.Playback, connect ...string) string {
	p.t.Helper()
	return serveFolder(p.t, p.media.Path, playback, connect...)
}

// catalogue knows one asset, "clip".
type catalogue struct {
	playpage.Service // nil: pages of ingests are not asked for here
	playback         vod.Playback
}

func (c catalogue) Playback(_ context.Context, _ vod.Caller, assetID string) (vod.Playback, error) {
	if assetID != "clip" {
		return vod.Playback{}, vod.Faultf(vod.NotFound, "unknown")
	}
	return c.playback, nil
}

func serveFolder(t *testing.T, media string, p vod.Playback, connect ...string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/media/", mediahttp.Handler(mediahttp.Folder(media)))
	caller := vod.Caller{Tenant: "acme"}
	kit := page.New(page.Config{Caller: func(context.Context) (vod.Caller, error) { return caller, nil }})
	mux.Handle(page.Prefix, kit)
	mux.Handle("/play/", playpage.Handler(playpage.Config{
		Service: catalogue{playback: p}, Caller: func(context.Context) vod.Caller { return caller }, Kit: kit,
		Connect: connect, Log: slog.New(slog.DiscardHandler),
	}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// serve packages a clip of the tracks (heights of renditions, languages of
// sound) that no encoding step has seen, and serves it.
func serve(t *testing.T, tracks ...any) string {
	t.Helper()
	p := newPipeline(t)
	folder := p.folder()
	var encoded vod.Fileset
	for _, track := range tracks {
		switch track := track.(type) {
		case int:
			encoded.Files = append(encoded.Files, p.ffmpeg(folder, fmt.Sprintf("%d.mp4", track),
				"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%dx%d:r=25:d=%g", track*16/9/2*2, track, seconds),
				"-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-x264-params", "scenecut=0:open-gop=0"))
		case string:
			file := p.ffmpeg(folder, track+".mp4",
				"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:sample_rate=48000:duration=%g", seconds),
				"-ac", "2", "-c:a", "aac", "-b:a", "96k", "-metadata:s:a:0", "language="+track)
			file.MediaType = vod.MediaAudio
			encoded.Files = append(encoded.Files, file)
		}
	}
	return p.serve(p.packaged(packaging.Profile{SegmentDuration: 2}, []vod.Fileset{encoded}))
}
