package httpd

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// manyRuns are enough for a page that is worth compressing.
func manyRuns(status vod.IngestStatus) *memory {
	m := &memory{}
	for i := range 30 {
		run := running()
		run.Ingest.ID = fmt.Sprint("run-", i)
		if run.Ingest.Status = status; status.Final() {
			run.Ingest.End = run.Ingest.Start.Add(time.Minute)
		}
		m.runs = append(m.runs, run)
	}
	return m
}

// raw sends a GET as it stands: the client neither asks for compression nor
// undoes it.
func (s *testServer) raw(t *testing.T, method, path string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(text)}
}

func expanded(t *testing.T, text string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestCompression(t *testing.T) {
	t.Parallel()
	manifest := strings.Repeat("#EXTINF:6.000,\nseg.m4s\n", 100)
	media := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kinds := map[string]string{"m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml", "m4s": "video/mp4"}
		_, suffix, _ := strings.Cut(r.URL.Path, ".")
		w.Header().Set("Content-Type", kinds[suffix])
		w.Header().Set("ETag", `"strong"`)
		http.ServeContent(w, r, "", noon(), strings.NewReader(manifest))
	})
	for _, status := range []vod.IngestStatus{vod.Running, vod.Completed} { // with and without gaps
		m := manyRuns(status)
		s := setup(t, m, map[string]http.Handler{"/media/": media})
		for _, test := range []struct {
			path, accept string
			want         bool
		}{
			{"/ingests", "gzip", true},
			{"/ingests", "br, gzip;q=0.5", true},
			{"/ingests", "deflate, GZIP", true},
			{"/ingests", "", false},
			{"/ingests", "identity", false},
			{"/ingests", "gzip;q=0", false},
			{"/ingests", "zstd, br", false},
			{"/ingests?limit=1", "gzip", false}, // small
			{"/openapi.yaml", "gzip", true},
			{"/healthz", "gzip", false},
			{"/media/k/main.m3u8", "gzip", true},
			{"/media/k/main.mpd", "gzip", true},
			{"/media/k/1.m4s", "gzip", false},
		} {
			plain := s.raw(t, "GET", test.path)
			got := s.raw(t, "GET", test.path, "Accept-Encoding", test.accept)
			text, encoding := got.text, got.Header.Get("Content-Encoding")
			if test.want != (encoding == "gzip") || !test.want && encoding != "" {
				t.Errorf("%s %s: Content-Encoding %q", test.path, test.accept, encoding)
				continue
			}
			if test.want {
				text = expanded(t, text)
			}
			if text != plain.text {
				t.Errorf("%s %s: %q is not %q", test.path, test.accept, text, plain.text)
			}
			if tag := got.Header.Get("ETag"); test.want && !strings.HasPrefix(tag, "W/") || strings.TrimPrefix(tag, "W/") != strings.TrimPrefix(plain.Header.Get("ETag"), "W/") {
				t.Errorf("%s %s: ETag %s, %s uncompressed", test.path, test.accept, tag, plain.Header.Get("ETag"))
			}
			if test.want && !strings.Contains(strings.Join(plain.Header.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s: Vary %v", test.path, plain.Header.Values("Vary"))
			}
			if tag := got.Header.Get("ETag"); tag != "" {
				again := s.raw(t, "GET", test.path, "Accept-Encoding", test.accept, "If-None-Match", tag)
				if again.StatusCode != 304 || again.text != "" || again.Header.Get("Content-Encoding") != "" {
					t.Errorf("%s %s: again %d %v", test.path, test.accept, again.StatusCode, again.Header)
				}
			}
		}
		part := s.raw(t, "GET", "/media/k/main.m3u8", "Accept-Encoding", "gzip", "Range", "bytes=1500-1509")
		if part.StatusCode != 206 || part.Header.Get("Content-Encoding") != "" || part.text != manifest[1500:1510] {
			t.Errorf("a range: %d %q %v", part.StatusCode, part.text, part.Header)
		}
		head := s.raw(t, "HEAD", "/ingests", "Accept-Encoding", "gzip")
		if head.StatusCode != 200 || head.text != "" || head.Header.Get("ETag") == "" {
			t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
		}
	}
}

// TestEventsAreNotHeldBack: a stream of events passes at once.
func TestEventsAreNotHeldBack(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	events := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 2 {
			_, _ = io.WriteString(w, "data: x\n\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-next
		}
	})
	s := setup(t, &memory{}, map[string]http.Handler{"GET /events": events})
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for range 2 {
		event := make([]byte, 9)
		if _, err := io.ReadFull(resp.Body, event); err != nil || !bytes.Equal(event, []byte("data: x\n\n")) {
			t.Fatalf("%q, %v", event, err)
		}
		next <- struct{}{}
	}
}
