package httpd

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// theirs is the trace that a client sends a request within.
const theirs = "0af7651916cd43dd8448eb211c80319c"

// spanServer has handlers below the paths that are traced or not.
func spanServer(t *testing.T, changes ...func(*Config)) (*testServer, *tracetest.SpanRecorder) {
	t.Helper()
	spans, mounts := tracetest.NewSpanRecorder(), map[string]http.Handler{}
	for _, path := range []string{"/media/", "/events", "/uploads", "/ui/", "/play/"} {
		mounts[path] = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	return setup(t, &memory{}, mounts, append(changes, func(c *Config) { c.Tracers = tracers })...), spans
}

// TestSpans: of the API and of what pages change, by route, within the trace of
// the client.
func TestSpans(t *testing.T) {
	t.Parallel()
	for request, want := range map[string]string{
		"GET /ingests?limit=3":      "GET /ingests",
		"GET /ingests/i":            "GET /ingests/{ingestId}",
		"POST /uploads":             "POST /uploads",
		"POST /ui/default/submit":   "POST /ui/",
		"GET /ui/default/ingests":   "",
		"GET /play/4711":            "",
		"GET /media/secret/a.mp4":   "",
		"GET /events":               "",
		"GET /healthz":              "",
		"GET /readyz":               "",
		"GET /there-is-nothing":     "",
		"DELETE /there-is-nothing/": "",
	} {
		s, spans := spanServer(t)
		method, path, _ := strings.Cut(request, " ")
		a := s.send(t, method, path, "", "traceparent", "00-"+theirs+"-b7ad6b7169203331-01", "X-Request-Id", "editor-42", "Origin", "https://vod.example.com")
		var names []string
		for _, span := range spans.Ended() {
			names = append(names, span.Name())
			if got := span.SpanContext().TraceID().String(); got != theirs {
				t.Errorf("%s: trace %s", request, got)
			}
			about := map[string]string{}
			for _, of := range span.Attributes() {
				about[string(of.Key)] = of.Value.String()
			}
			if about["request.id"] != "editor-42" || method+" "+about["http.route"] != want || about["tenant"] != "default" {
				t.Errorf("%s: %v", request, about)
			}
			if strings.Contains(fmt.Sprint(about), "limit=3") {
				t.Errorf("%s: the query is told: %v", request, about)
			}
		}
		if d := cmp.Diff(strings.Fields(strings.ReplaceAll(want, " ", "_")), strings.Fields(strings.ReplaceAll(strings.Join(names, "\n"), " ", "_"))); d != "" {
			t.Errorf("%s (status %d): spans (-want +got):\n%s", request, a.StatusCode, d)
		}
	}
}

// TestSpanOfStrangers: who is not let in leaves no span, and takes part in none.
func TestSpanOfStrangers(t *testing.T) {
	t.Parallel()
	s, spans := spanServer(t, func(c *Config) {
		c.Auth = holders{"one": {Subject: "ann", Key: "1", Tenants: []string{"acme"}, Permissions: vod.Viewer.Permissions()}}
	})
	for _, path := range []string{"/ingests", "/uploads", "/ui/acme/submit"} {
		s.send(t, "POST", path, "", "traceparent", "00-"+theirs+"-b7ad6b7169203331-01", "Origin", s.url)
	}
	if n := len(spans.Started()); n > 0 {
		t.Errorf("%d spans, such as %s", n, spans.Started()[0].Name())
	}
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one").is(t, 200)
	if n := len(spans.Ended()); n != 1 {
		t.Errorf("%d spans of a request that was let in", n)
	}
}

// TestSpanInLog: the line of a request has its trace, although it is written
// outside of the span.
func TestSpanInLog(t *testing.T) {
	t.Parallel()
	s, spans := spanServer(t, func(c *Config) { c.Log = slog.New(tracing.LogHandler(c.Log.Handler())) })
	s.send(t, "POST", "/uploads", "")
	s.send(t, "GET", "/healthz", "")
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	var upload, health map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &upload); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &health); err != nil {
		t.Fatal(err)
	}
	if want := spans.Ended()[0].SpanContext().TraceID().String(); upload["trace_id"] != want || health["trace_id"] != nil {
		t.Errorf("want trace %s:\n%s", want, s.log)
	}
}
