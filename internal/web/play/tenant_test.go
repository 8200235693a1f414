package play_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func ingested(outputs string) service {
	return service{
		run: vod.Run{
			Ingest: vod.Ingest{ID: "i-2", Tenant: "acme", AssetID: "43"},
			Tasks: []vod.Task{
				{Stage: vod.Packaging, Outputs: []byte(`{"filesets":[{"files":[{"mediaType":"HLS","uri":"https://packager.example/a.m3u8"}],"labels":[]}]}`)},
				{Stage: vod.Distribution, Outputs: []byte(outputs)},
			},
		},
		history: []vod.Playback{
			{IngestID: "i-1", HLS: "https://cdn.example/1/index.m3u8"},
			{IngestID: "i-2", HLS: "https://cdn.example/2/index.m3u8", DASH: "https://cdn.example/2/manifest.mpd"},
		},
	}
}

func TestOfAnIngest(t *testing.T) {
	t.Parallel()
	s := ingested(`{"filesets":[]}`)
	for query, manifest := range map[string]string{"": "index.m3u8", "?format=dash": "manifest.mpd", "?format=hls&embedded": "index.m3u8"} {
		res, body := get(t, s, "/ui/acme/ingests/i-2/play"+query)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, `data-manifest="https://cdn.example/2/`+manifest) {
			t.Errorf("%s: %s\n%s", query, res.Status, body)
		}
		if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") || res.Header.Get("X-Frame-Options") != "SAMEORIGIN" {
			t.Errorf("%s: no page of this server may have it in a frame: %v", query, res.Header)
		}
		if strings.Contains(body, "<header>") == strings.Contains(query, "embedded") {
			t.Errorf("%s: %s", query, body)
		}
	}
	s.playback = vod.Playback{IngestID: "i-1", HLS: "https://cdn.example/1/index.m3u8"}
	if res, body := get(t, s, "/ui/acme/play/42%20%C3%A5%2F%C3%A4"); res.StatusCode != http.StatusOK || !strings.Contains(body, "/1/index.m3u8") {
		t.Errorf("%s\n%s", res.Status, body)
	}
}

// TestWithoutACatalogue there are the addresses of what was distributed, as
// long as they are for browsers.
func TestWithoutACatalogue(t *testing.T) {
	t.Parallel()
	s := ingested(`{"filesets":[{"files":[
		{"mediaType":"HLS","uri":"javascript:alert(1)"},{"mediaType":"HLS","uri":"file:///x.m3u8"},
		{"mediaType":"HLS","uri":"https://cdn.example/d/index.m3u8"},{"mediaType":"HLS","uri":"https://cdn.example/d/second.m3u8"},
		{"mediaType":"IMAGE","uri":"http://img.example/p.jpg"}],"labels":[]}]}`)
	s.history = nil
	_, body := get(t, s, "/ui/acme/ingests/i-2/play")
	for _, want := range []string{`data-manifest="https://cdn.example/d/index.m3u8"`, `poster="http://img.example/p.jpg"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

func TestNothingOfAnIngest(t *testing.T) {
	t.Parallel()
	removed := ingested(`{"filesets":[]}`)
	removed.history[1].Removed = time.Unix(1, 0)
	gone := ingested(`{"filesets":[{"files":[{"mediaType":"HLS","uri":"https://cdn.example/d/index.m3u8"}],"labels":[]}]}`)
	gone.history, gone.run.Ingest.Removed = nil, time.Unix(1, 0)
	nothing := ingested(`{"filesets":"of another system"}`)
	nothing.history = nil
	for _, tc := range []struct {
		name, path string
		service    service
		says       string
	}{
		{"given up", "/ui/acme/ingests/i-2/play", removed, "were given up"},
		{"given up, without a catalogue", "/ui/acme/ingests/i-2/play", gone, "were given up"},
		{"never published", "/ui/acme/ingests/i-2/play", nothing, "has published no stream"},
		{"another tenant", "/ui/other/ingests/i-2/play", removed, "There is no tenant"},
		{"unknown", "/ui/acme/ingests/i-3/play", removed, "unknown ingest"},
		{"unknown asset", "/ui/acme/play/43", removed, "The asset has no stream"},
	} {
		res, body := get(t, tc.service, tc.path)
		if res.StatusCode != http.StatusNotFound || !strings.Contains(body, tc.says) || strings.Contains(body, "index.m3u8") {
			t.Errorf("%s: %s\n%s", tc.name, res.Status, body)
		}
	}
}
