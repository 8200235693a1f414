package tracing_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/via-orchestrate/orchestrate/internal/otlptest"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// environ sets the variables, and empties all others that matter.
func environ(t *testing.T, set map[string]string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
	for name, value := range set {
		t.Setenv(name, value)
	}
}

func open(t *testing.T, log *slog.Logger) *tracing.Tracing {
	t.Helper()
	traces, err := tracing.Open(t.Context(), tracing.Config{Service: "orchestrate-test", Version: "1.2.3", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

// work makes a span with a child that fails, and gives the traceparent of the first.
func work(ctx context.Context, traces *tracing.Tracing) string {
	ctx, span := traces.Tracer().Start(ctx, "PLAYOUT CATALOG")
	defer span.End()
	_, ended := tracing.Child(ctx, "s3.get", attribute.Int64("bytes", 7))
	ended(&vod.StepError{Class: vod.ClassRemote, Reason: vod.ReasonTimeout, Message: "https://secret.example.com did not answer."})
	return tracing.Parent(ctx)
}

// TestSent: spans get to a collector by each protocol, with who sent them.
func TestSent(t *testing.T) {
	collector := otlptest.Start(t)
	for name, set := range map[string]map[string]string{
		"HTTP by default": {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL},
		"HTTP":            {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
		"gRPC":            {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.GRPC, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
		"of traces": {
			"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.GRPC,
			"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc",
		},
	} {
		t.Run(name, func(t *testing.T) {
			environ(t, set)
			t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
			traces := open(t, slog.New(slog.DiscardHandler))
			parent := work(t.Context(), traces)
			if err := traces.Close(); err != nil || !traces.On() {
				t.Fatal(err, traces.On())
			}
			id := strings.Split(parent, "-")[1]
			spans := slices.DeleteFunc(collector.Spans(), func(s otlptest.Span) bool { return s.Trace != id })
			if len(spans) != 2 {
				t.Fatalf("%d spans of trace %s", len(spans), id)
			}
			child, root := spans[0], spans[1]
			if root.Name != "PLAYOUT CATALOG" || root.Parent != "" || child.Name != "s3.get" || child.Parent != root.ID || root.Error != "" {
				t.Errorf("%+v, %+v", root, child)
			}
			if child.Error != "REMOTE timeout" || child.About["bytes"] == "" || strings.Contains(child.Error, "secret") {
				t.Errorf("child: %+v", child)
			}
			if root.Service != "orchestrate-test" || root.About["service.version"] != "1.2.3" || root.About["deployment.environment"] != "test" || root.About["host.name"] == "" {
				t.Errorf("sender: %v", root.About)
			}
		})
	}
}

// TestNamed: the environment's name goes before that of the program.
func TestNamed(t *testing.T) {
	collector := otlptest.Start(t)
	environ(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_SERVICE_NAME": "vod-west"})
	traces := open(t, slog.New(slog.DiscardHandler))
	work(t.Context(), traces)
	if err := traces.Close(); err != nil || len(collector.Spans()) != 2 || collector.Spans()[0].Service != "vod-west" {
		t.Errorf("%v, %v", err, collector.Spans())
	}
}

// TestContinued: another process takes the trace up, as the first decided
// whether to sample it.
func TestContinued(t *testing.T) {
	for sampler, want := range map[string]int{"always_on": 4, "always_off": 0} {
		collector := otlptest.Start(t)
		environ(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_TRACES_SAMPLER": "parentbased_" + sampler})
		first, second := open(t, slog.New(slog.DiscardHandler)), open(t, slog.New(slog.DiscardHandler))
		parent := work(t.Context(), first)
		t.Setenv("OTEL_TRACES_SAMPLER", "parentbased_always_on")
		work(tracing.Continue(t.Context(), parent), second)
		if err := errors.Join(first.Close(), second.Close()); err != nil {
			t.Fatal(err)
		}
		traces := map[string]bool{}
		for _, s := range collector.Spans() {
			traces[s.Trace] = true
		}
		if len(collector.Spans()) != want || len(traces) > 1 || parent == "" {
			t.Errorf("%s: %d spans of %v, parent %q", sampler, len(collector.Spans()), traces, parent)
		}
	}
}

// TestOff: nothing is made where nothing is configured, and what is left over
// from another trace does no harm.
func TestOff(t *testing.T) {
	for name, set := range map[string]map[string]string{
		"no endpoint": {},
		"none":        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
		"disabled":    {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
	} {
		environ(t, set)
		traces := open(t, slog.New(slog.DiscardHandler))
		if parent := work(t.Context(), traces); traces.On() || parent != "" {
			t.Errorf("%s: on %v, parent %q", name, traces.On(), parent)
		}
		for _, parent := range []string{"", "nonsense", "00-00000000000000000000000000000000-0000000000000000-01"} {
			if got := tracing.Parent(tracing.Continue(t.Context(), parent)); got != "" {
				t.Errorf("%s: %q gives %q", name, parent, got)
			}
		}
		if err := traces.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestRefused(t *testing.T) {
	for want, set := range map[string]map[string]string{
		`OTEL_TRACES_EXPORTER is "zipkin"; it has to be otlp or none`:                          {"OTEL_TRACES_EXPORTER": "zipkin"},
		`OTEL_EXPORTER_OTLP_PROTOCOL is "http"; it has to be grpc, http/protobuf or http/json`: {"OTEL_EXPORTER_OTLP_PROTOCOL": "http"},
	} {
		environ(t, set)
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
		if _, err := tracing.Open(t.Context(), tracing.Config{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestCollectorGone: a collector that refuses is told of in the log, and one
// that never answers does not hold up a stop.
func TestCollectorGone(t *testing.T) {
	collector := otlptest.Start(t)
	collector.Refuse(true)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // Takes connections, and says nothing.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for endpoint, within := range map[string]time.Duration{collector.URL: time.Minute, "http://" + silent.Addr().String(): time.Minute} {
		environ(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
		var log bytes.Buffer
		traces := open(t, slog.New(slog.NewTextHandler(&log, nil)))
		work(t.Context(), traces)
		begun := time.Now()
		if err := traces.Close(); err != nil || time.Since(begun) > within {
			t.Errorf("closed after %s: %v", time.Since(begun), err)
		}
		if !strings.Contains(log.String(), "level=WARN") {
			t.Errorf("%s: log %q", endpoint, log.String())
		}
	}
}

// TestLog: lines have the trace once, wherever it comes from.
func TestLog(t *testing.T) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	in := tracing.Continue(t.Context(), parent)
	for want, line := range map[string]func(*slog.Logger){
		"msg=outside": func(l *slog.Logger) { l.InfoContext(t.Context(), "outside") },
		"msg=inside trace_id=0af7651916cd43dd8448eb211c80319c":        func(l *slog.Logger) { l.InfoContext(in, "inside") },
		"msg=made trace_id=0af7651916cd43dd8448eb211c80319c a=1":      func(l *slog.Logger) { tracing.Logger(in, l).Info("made", "a", 1) },
		"msg=both trace_id=0af7651916cd43dd8448eb211c80319c":          func(l *slog.Logger) { tracing.Logger(in, l).InfoContext(in, "both") },
		"msg=grouped trace_id=0af7651916cd43dd8448eb211c80319c g.a=1": func(l *slog.Logger) { tracing.Logger(in, l).WithGroup("g").InfoContext(in, "grouped", "a", 1) },
		"msg=none a=1": func(l *slog.Logger) { tracing.Logger(t.Context(), l).Info("none", "a", 1) },
	} {
		var log bytes.Buffer
		line(slog.New(tracing.LogHandler(slog.NewTextHandler(&log, &slog.HandlerOptions{
			ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
					return slog.Attr{}
				}
				return a
			},
		}))))
		if got := strings.TrimSpace(log.String()); got != want {
			t.Errorf("line %q, want %q", got, want)
		}
	}
}

// BenchmarkOff is what a span costs where there is no tracing.
func BenchmarkOff(b *testing.B) {
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		_, ended := tracing.Child(ctx, "ffmpeg")
		ended(nil)
	}
}
