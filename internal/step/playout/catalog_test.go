package playout_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/step/playout"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// register notes what is published.
type register struct {
	got vod.Playback
	by  string
	err error
}

func (r *register) CatalogPublish(_ context.Context, p vod.Playback, taskID string, attempt int) error {
	r.got, r.by = p, fmt.Sprint(taskID, " ", attempt)
	return r.err
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	all := published()
	for name, c := range map[string]struct {
		inputs          []vod.Fileset
		hls, dash, post string
	}{
		"all":          {all, "master.m3u8", "manifest.mpd", "poster.jpg"},
		"HLS only":     {all[:1], "master.m3u8", "", ""},
		"DASH, poster": {all[1:], "", "manifest.mpd", "poster.jpg"},
		"one fileset": {
			[]vod.Fileset{{Files: []vod.File{all[2].Files[0], all[1].Files[0], all[0].Files[0]}, Labels: []string{"x"}}},
			"master.m3u8", "manifest.mpd", "poster.jpg",
		},
		"thumbnails": {append(published(), fileset(vod.MediaThumbnails, at("thumbnails.vtt"))), "master.m3u8", "manifest.mpd", "poster.jpg"},
		"kind only":  {[]vod.Fileset{fileset(vod.MediaVideo, "https://cdn.example/k/a.m3u8", vod.KindHLS)}, "a.m3u8", "", ""},
	} {
		r := &register{}
		res, err := playout.NewCatalog(r).Run(t.Context(), newJob(t, playout.CatalogProfile{Name: "c"}, c.inputs...))
		want := vod.Playback{Tenant: "acme", AssetID: "42", IngestID: "i1", HLS: at(c.hls), DASH: at(c.dash), Poster: at(c.post)}
		if name == "thumbnails" {
			want.Thumbnails = at("thumbnails.vtt")
		}
		if err != nil || r.got != want || r.by != "t1 1" || res.Outputs != nil {
			t.Errorf("%s: published %+v by %q, %v", name, r.got, r.by, err)
		}
	}
}

func at(name string) string {
	if name == "" {
		return ""
	}
	return "https://cdn.example/k/" + name
}

func TestCatalogRefuses(t *testing.T) {
	t.Parallel()
	r := &register{}
	c := playout.NewCatalog(r)
	_, err := c.Run(t.Context(), newJob(t, playout.CatalogProfile{}, published()[2]))
	wantError(t, err, vod.ClassConfig, vod.ReasonConfig, "None of the files to publish")
	_, err = c.Run(t.Context(), newJob(t, playout.CatalogProfile{}, fileset(vod.MediaHLS, "file:///data/a.m3u8")))
	wantError(t, err, vod.ClassConfig, vod.ReasonConfig, "file:///data/a.m3u8 is not a web address")
	if r.by != "" {
		t.Error("something was published")
	}
	r.err = errors.New("stale")
	if _, err = c.Run(t.Context(), newJob(t, playout.CatalogProfile{}, published()...)); !errors.Is(err, r.err) {
		t.Errorf("error is %v", err)
	}
}

func TestCatalogPassesOn(t *testing.T) {
	t.Parallel()
	job := newJob(t, playout.CatalogProfile{}, published()...)
	job.LabelOut = "live"
	res, err := playout.NewCatalog(&register{}).Run(t.Context(), job)
	if err != nil || len(res.Outputs) != 3 || fmt.Sprint(res.Outputs[0].Labels) != "[live HLS]" || fmt.Sprint(job.Inputs[0].Labels) != "[distributed HLS]" {
		t.Errorf("%+v, %v", res.Outputs, err)
	}
}
