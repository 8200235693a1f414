package distribution_test

import (
	"fmt"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step/distribution"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestRewrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	web := func(base string) *vod.Location {
		return &vod.Location{Name: "w", Type: vod.LocationWeb, BaseURL: base}
	}
	media := &vod.Location{Name: "media", Type: vod.LocationFile, Path: b.media}
	for name, c := range map[string]struct {
		uri    string
		source *vod.Location // in the profile
		own    *vod.Location // of the fileset
		target string
		want   string
		fault  string
	}{
		"own file location": {location.FileURI(b.media + "/k/a b#1%å'.m3u8"), nil, media, "public", "http://127.0.0.1:8080/media/k/a%20b%231%25%C3%A5%27.m3u8", ""},
		"named source":      {location.FileURI(b.media + "/k/a.mpd"), &vod.Location{Name: "media"}, web("http://elsewhere"), "cdn", "https://cdn.example/vod/k/a.mpd", ""},
		"web source":        {"https://A.example/x/k/a%20b.mpd?v=1", web("https://a.EXAMPLE/x/"), nil, "cdn", "https://cdn.example/vod/k/a%20b.mpd?v=1", ""},
		"web root":          {"https://a.example/a.mpd", web("https://a.example"), nil, "cdn", "https://cdn.example/vod/a.mpd", ""},
		"outside":           {location.FileURI(b.store + "/a.mpd"), &vod.Location{Name: "media"}, media, "cdn", "", `a.mpd is not at location "media"`},
		"beside by prefix":  {location.FileURI(b.media + "2/a.mpd"), nil, media, "cdn", "", "is not at location"},
		"dots":              {"https://a.example/x/%2e%2e/y", web("https://a.example/x"), nil, "cdn", "", "is not at location"},
		"other host":        {"https://b.example/x/y", web("https://a.example/x"), nil, "cdn", "", "is not at location"},
		"other scheme":      {"http://a.example/x/y", web("https://a.example/x"), nil, "cdn", "", "is not at location"},
		"web beside":        {"https://a.example/xy/y", web("https://a.example/x"), nil, "cdn", "", "is not at location"},
		"no location":       {"https://a.example/x/y", nil, nil, "cdn", "", "is at no location"},
		"target not web":    {location.FileURI(b.media + "/a.mpd"), nil, media, "store", "", "needs one of type web"},
		"unknown target":    {location.FileURI(b.media + "/a.mpd"), nil, media, "nowhere", "", `no location named "nowhere"`},
	} {
		in := fileset(vod.KindDASH, vod.MediaDASH, c.uri)
		in.Location = c.own
		r, err := b.run(t, distribution.NewRewrite(b.set),
			distribution.RewriteProfile{SourceLocation: c.source, TargetLocation: vod.Location{Name: c.target}}, in)
		if c.fault != "" {
			t.Log(name)
			wantError(t, err, vod.ClassConfig, vod.ReasonConfig, c.fault)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out := r.Outputs[0]
		if f := out.Files[0]; f.URI != c.want || f.MediaType != vod.MediaDASH || f.MD5Sum == nil {
			t.Errorf("%s: %+v", name, f)
		}
		if fmt.Sprint(out.Labels) != "[distributed DASH]" || out.Location.Name != c.target || out.Location.Type != vod.LocationWeb {
			t.Errorf("%s: %+v at %+v", name, out.Labels, out.Location)
		}
	}
}
