package play_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	"github.com/via-orchestrate/orchestrate/internal/web/play"
)

// service gives one playback to tenant "acme".
type service struct {
	playback vod.Playback
	err      error
	run      vod.Run
	history  []vod.Playback
}

func (s service) Get(_ context.Context, by vod.Caller, id string) (vod.Run, error) {
	if by.Tenant != "acme" || id != s.run.Ingest.ID {
		return vod.Run{}, vod.Faultf(vod.NotFound, "unknown ingest")
	}
	return s.run, nil
}

func (s service) PlaybackHistory(_ context.Context, _ vod.Caller, assetID string) ([]vod.Playback, error) {
	if len(s.history) == 0 || assetID != s.run.Ingest.AssetID {
		return nil, vod.Faultf(vod.NotFound, "unknown asset")
	}
	return s.history, nil
}

func (s service) Playback(_ context.Context, by vod.Caller, assetID string) (vod.Playback, error) {
	if s.err != nil {
		return vod.Playback{}, s.err
	}
	if by.Tenant != "acme" || assetID != "42 å/ä" {
		return vod.Playback{}, vod.Faultf(vod.NotFound, "unknown")
	}
	return s.playback, nil
}

const playPage = "/play/42%20%C3%A5%2F%C3%A4"

func get(t *testing.T, s service, path string) (*http.Response, string) {
	t.Helper()
	kit := page.New(page.Config{Caller: func(context.Context) (vod.Caller, error) { return vod.Caller{Tenant: "acme"}, nil }})
	config := play.Config{
		Service: s, Caller: func(context.Context) vod.Caller { return vod.Caller{Tenant: "acme"} }, Kit: kit, Log: slog.New(slog.DiscardHandler),
	}
	play.Routes(kit, config)
	var h http.Handler = play.Handler(config)
	if strings.HasPrefix(path, page.Prefix) {
		h = kit
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func both() service {
	return service{playback: vod.Playback{
		IngestID: "i-1", HLS: "https://cdn.example:8443/a/index.m3u8", DASH: "/media/k/manifest.mpd", Poster: "http://img.example/p.jpg",
	}}
}

// TestPageForOthers: what the caller may not do is no error of the server.
func TestPageForOthers(t *testing.T) {
	t.Parallel()
	for code, status := range map[vod.Code]int{vod.Forbidden: 403, vod.Invalid: 400, vod.Unavailable: 503} {
		res, body := get(t, service{err: vod.Faultf(code, "This needs the permission playback:read.")}, playPage)
		if res.StatusCode != status || !strings.Contains(body, "playback:read") {
			t.Errorf("%s: %s %s", code, res.Status, body)
		}
	}
}

func TestPlayPage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ query, manifest, script string }{
		{"", "https://cdn.example:8443/a/index.m3u8", "hls.min."},
		{"?format=hls", "https://cdn.example:8443/a/index.m3u8", "hls.min."},
		{"?format=dash", "/media/k/manifest.mpd", "dash.all.min."},
	} {
		res, body := get(t, both(), playPage+tc.query)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
			res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s %v", tc.query, res.Status, res.Header)
		}
		for _, want := range []string{`data-manifest="` + tc.manifest + `"`, tc.script, "42 å/ä", "i-1", `poster="http://img.example/p.jpg"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %q", tc.query, want)
			}
		}
	}
}

// The policy allows this server and the origins of the media, whatever stands
// in their addresses.
func TestSecurityPolicy(t *testing.T) {
	t.Parallel()
	const before = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
	policy := func(origins string) string {
		return before + "connect-src " + origins + "; img-src " + origins + "; media-src blob: data: " + origins
	}
	for _, tc := range []struct{ hls, origins string }{
		{"/media/k/index.m3u8", "'self'"},
		{"https://cdn.example:8443/a/index.m3u8", "'self' https://cdn.example:8443"},
		{"http://[::1]:80/index.m3u8", "'self' http://[::1]:80"},
		{"https://user:pass@cdn.example/index.m3u8", "'self' https://cdn.example"},
		{"https://x;script-src/index.m3u8", "'self'"},
		{"javascript:alert(1)", "'self'"},
		{"data:text/plain,x", "'self'"},
	} {
		res, _ := get(t, service{playback: vod.Playback{HLS: tc.hls}}, playPage)
		if got := res.Header.Get("Content-Security-Policy"); got != policy(tc.origins) {
			t.Errorf("%s: %s", tc.hls, got)
		}
	}
}

func TestNoPage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path string
		service    service
		status     int
		says       string
	}{
		{"unknown asset", "/play/43", both(), http.StatusNotFound, "<code>43</code>"},
		{"hostile asset", "/play/%3Cscript%3E", both(), http.StatusNotFound, "<code>&lt;script&gt;</code>"},
		{"no asset", "/play/", both(), http.StatusNotFound, "The address of a play page"},
		{"nothing published", playPage, service{}, http.StatusNotFound, "The asset has no stream"},
		{"store down", playPage, service{err: errors.New("secret detail")}, http.StatusInternalServerError, "could not be made"},
	} {
		res, body := get(t, tc.service, tc.path)
		if res.StatusCode != tc.status || !strings.Contains(body, tc.says) || strings.Contains(body, "secret") {
			t.Errorf("%s: %s\n%s", tc.name, res.Status, body)
		}
	}
}

// Where there is only DASH, the page plays that.
func TestOnlyDASH(t *testing.T) {
	t.Parallel()
	_, body := get(t, service{playback: vod.Playback{DASH: "/media/k/manifest.mpd"}}, playPage)
	if !strings.Contains(body, `data-format="DASH"`) || strings.Contains(body, "format=hls") {
		t.Error(body)
	}
}

// Every file that a page names is there, under a name that may be kept for good.
func TestAssets(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`(?:src|href)="(/ui/_/assets/[^"]*)"`)
	seen := 0
	for _, query := range []string{"", "?format=dash"} {
		_, body := get(t, both(), playPage+query)
		for _, m := range address.FindAllStringSubmatch(body, -1) {
			res, content := get(t, both(), m[1])
			if res.StatusCode != http.StatusOK || content == "" || !regexp.MustCompile(`\.[0-9a-f]{12}\.(js|css|svg)$`).MatchString(m[1]) ||
				res.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: %s %v", m[1], res.Status, res.Header)
			}
			if kind := res.Header.Get("Content-Type"); !regexp.MustCompile(`^(text/javascript|text/css|image/svg\+xml)`).MatchString(kind) {
				t.Errorf("%s is served as %s", m[1], kind)
			}
			seen++
		}
	}
	if seen != 15 {
		t.Errorf("%d addresses", seen)
	}
}
