package httpd

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
)

func TestUnknownRoutesAndMethods(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	for _, path := range []string{"/", "/nothing", "/ingests/", "/ingests/a/b", "/assets", "/profiles/", "/cancel"} {
		s.send(t, "GET", path, "").is(t, 404, `"type":"about:blank","title":"Not Found","status":404`, `"instance":"`+path+`"`)
	}
	for path, allow := range map[string]string{
		"/ingests": "GET, HEAD, POST, OPTIONS", "/cancel/a": "DELETE, OPTIONS", "/assets/a/playback": "GET, HEAD, PUT, OPTIONS",
		"/ingests/a": "GET, HEAD, DELETE, OPTIONS", "/ingests/a/retry": "POST, OPTIONS",
	} {
		got := s.send(t, "PATCH", path, "")
		got.is(t, 405, `"code":"method_not_allowed"`)
		options := s.send(t, "OPTIONS", path, "")
		options.is(t, 204)
		if got.Header.Get("Allow") != allow || options.Header.Get("Allow") != allow {
			t.Errorf("%s: Allow %q and %q, want %q", path, got.Header.Get("Allow"), options.Header.Get("Allow"), allow)
		}
	}
}

// What went wrong inside is in the log, under the id that the answer gives,
// and not in the answer.
func TestInternalErrors(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.failure = errBroken
	got := s.send(t, "GET", "/ingests/run-1", "")
	got.is(t, 500, `"code":"internal"`)
	s.logged(t, got, "/secret/place")

	s.failure, s.panics = nil, true
	got = s.send(t, "GET", "/ingests/run-1", "")
	got.is(t, 500, `"code":"internal"`)
	s.logged(t, got, "hunter2")
}

func (s *testServer) logged(t *testing.T, got answer, secret string) {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(got.text), &p); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.text, secret) {
		t.Errorf("the answer tells the cause: %s", got.text)
	}
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, p.ErrorID) && strings.Contains(line, secret) && p.ErrorID != "" {
			return
		}
	}
	t.Errorf("no line of the log has %q and %q:\n%s", p.ErrorID, secret, s.log)
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	s.send(t, "GET", "/healthz", "").is(t, 200, `{"status":"ok"}`)
	s.send(t, "GET", "/readyz", "").is(t, 200, `{"status":"ok"}`)
	s.failure = errBroken
	s.send(t, "GET", "/healthz", "").is(t, 200)
	got := s.send(t, "GET", "/readyz", "")
	got.is(t, 503, `"code":"unavailable"`)
	if strings.Contains(got.text, "secret") || !strings.Contains(s.log.String(), "/secret/place") {
		t.Errorf("answer %s, log %s", got.text, s.log)
	}
}

// The log names every request, but no query and no media key.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	media := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.Copy(w, strings.NewReader("0123456789"))
	})
	s := setup(t, &memory{}, map[string]http.Handler{"/media/": media})
	s.send(t, "GET", "/ingests?assetId=signature", "").is(t, 200)
	s.send(t, "GET", "/ingests?signature=signature", "").is(t, 400)
	s.send(t, "GET", "/media/00112233445566778899aabbccddeeff/a/master.m3u8", "")
	log := s.log.String()
	for _, want := range []string{`"path":"/ingests","route":"GET /ingests","status":200`, `"status":400`, `"path":"/media/…/a/master.m3u8","route":"/media/","status":200,"bytes":10`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, "signature") || strings.Contains(log, "00112233") {
		t.Errorf("the log tells too much:\n%s", log)
	}
}

// An answer that breaks off must not look whole.
func TestPanicInTheMidstOfAnAnswer(t *testing.T) {
	t.Parallel()
	media := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "01234")
		panic("broken")
	})
	s := setup(t, &memory{}, map[string]http.Handler{"/media/": media})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/media/k/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		t.Error("the answer looks whole")
	}
}
