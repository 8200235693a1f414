package httpd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// heard is an observer that notes what it hears. Its requests come one by one.
type heard struct{ lines []string }

func (h *heard) RequestBegan() { h.lines = append(h.lines, "began") }

func (h *heard) RequestEnded(e RequestEnd) {
	if e.Took <= 0 {
		h.lines = append(h.lines, fmt.Sprint("took ", e.Took))
	}
	h.lines = append(h.lines, fmt.Sprintf("%s %s %d %d", e.Method, e.Route, e.Status, e.Bytes))
}

// TestObserver: of every request, whatever becomes of it, once.
func TestObserver(t *testing.T) {
	t.Parallel()
	h := &heard{}
	handler := New(Config{
		Service: &memory{}, Now: noon, Log: slog.New(slog.DiscardHandler), Observer: h,
		Mounts: map[string]http.Handler{
			"/media/": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "12345") }),
			"/play/":  http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") }),
			"/cut/":   http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
		},
	})
	for _, request := range []string{"GET /media/k/a.mp4", "GET /play/1", "GET /cut/1", "GET /absent", "BREW /healthz", "GET /healthz"} {
		method, path, _ := strings.Cut(request, " ")
		func() {
			defer func() { _ = recover() }() // The server's own, for what was cut.
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, "http://localhost"+path, nil))
		}()
	}
	var routes []string
	for i, line := range h.lines {
		if i%2 == 0 != (line == "began") {
			t.Errorf("line %d is %q", i, line)
		}
		if line != "began" {
			routes = append(routes, line[:strings.LastIndexByte(line, ' ')])
		}
	}
	want := []string{
		"GET /media/ 200", "GET /play/ 500", "GET /cut/ 0", "GET none 404", "BREW none 405", "GET /healthz 200",
	}
	if d := cmp.Diff(want, routes); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if h.lines[1] != "GET /media/ 200 5" {
		t.Errorf("bytes: %s", h.lines[1])
	}
}

// TestAccessLevel: reads are silent, but for those that were refused or failed;
// who was refused is told.
func TestAccessLevel(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		200: "", 304: "", 404: "", 401: "198.51.100.7", 403: "198.51.100.7", 429: "198.51.100.7", 503: "<nil>",
	} {
		var log bytes.Buffer
		handler := New(Config{
			Service: &memory{}, Now: noon, Log: slog.New(slog.NewJSONHandler(&log, nil)),
			Mounts: map[string]http.Handler{"/play/": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })},
		})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/play/1?token=secret", nil)
		r.RemoteAddr = "198.51.100.7:4711"
		handler.ServeHTTP(httptest.NewRecorder(), r)
		var line map[string]any
		switch err := json.Unmarshal(log.Bytes(), &line); {
		case want == "" && log.Len() == 0:
		case want == "" || err != nil || fmt.Sprint(line["from"]) != want || line["status"] != float64(status) || strings.Contains(log.String(), "secret"):
			t.Errorf("%d: %v, %s", status, err, log.String())
		}
	}
}

// TestRequestID: a sane one is taken over, any other is replaced; the answer
// and all lines of the log have it.
func TestRequestID(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given []string
		taken bool
	}{
		"none": {nil, false}, "of a proxy": {[]string{"2b130c2ab54c38acb793f20611469d04"}, true},
		"UUID": {[]string{"d5baddd7-052b-467d-b5b7-b47510101eae"}, true}, "of AWS": {[]string{"Root=1-67891233-abcdef012345678912345678"}, true},
		"two": {[]string{"a", "b"}, false}, "empty": {[]string{""}, false}, "spaces": {[]string{"a b"}, false},
		"line break": {[]string{"a\nlevel=ERROR"}, false}, "quotes": {[]string{`a"b`}, false}, "not ASCII": {[]string{"ä"}, false},
		"longest": {[]string{strings.Repeat("x", 128)}, true}, "too long": {[]string{strings.Repeat("x", 129)}, false},
	} {
		var log bytes.Buffer
		handler := New(Config{
			Service: &memory{}, Now: noon, Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Mounts: map[string]http.Handler{"/play/": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })},
		})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/play/1", nil)
		r.Header["X-Request-Id"] = test.given
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		id := w.Header().Get("X-Request-Id")
		if test.taken != (len(test.given) == 1 && id == test.given[0]) || !requestIDPattern.MatchString(id) {
			t.Errorf("%s: id %q", name, id)
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 2 { // The panic, and the request.
			t.Errorf("%s: %d lines:\n%s", name, len(lines), log.String())
		}
		for _, line := range lines {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["requestId"] != id {
				t.Errorf("%s: %v, %s", name, err, line)
			}
		}
	}
}

// BenchmarkAccess is what every request costs before anything is done: its id,
// the observer, and a log that is silent about reads.
func BenchmarkAccess(b *testing.B) {
	log := slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil))
	s := &server{log: Traced(log), observer: nobody{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /x", func(http.ResponseWriter, *http.Request) {})
	plain, whole := http.Handler(mux), s.access(mux, mux)
	for name, h := range map[string]http.Handler{"without": plain, "with": whole} {
		b.Run(name, func(b *testing.B) {
			r, w := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://localhost/x", nil), httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
