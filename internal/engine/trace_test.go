package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	submitTrace  = "0af7651916cd43dd8448eb211c80319c"
	submitParent = "00-" + submitTrace + "-b7ad6b7169203331-01"
)

// TestTraced: every attempt is a span of the trace of the request that submitted
// the ingest, and tells how it ended, but no text of an error.
func TestTraced(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		result step.Result
		err    error
		want   map[string]string
	}{
		"completed": {result: step.Result{Work: step.Work{Bytes: 5}}, want: map[string]string{"outcome": "completed", "bytes": "5"}},
		"failed": {
			err:  &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonChecksum, Message: "https://secret.example.com lies."},
			want: map[string]string{"outcome": "failed", "error.class": "MEDIA", "error.type": "checksum"},
		},
		"broken": {err: errors.New("secret"), want: map[string]string{"outcome": "failed", "error.class": "INFRA", "error.type": "internal"}},
	} {
		f, spans := newFixture(t), tracetest.NewSpanRecorder()
		f.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("")
		inside := ""
		f.run = func(ctx context.Context, _ step.Job) (step.Result, error) {
			inside = tracing.Parent(ctx)
			return test.result, test.err
		}
		const id = "01a2092f-68af-7077-8022-5c81e135ee80"
		f.create(vod.Ingest{ID: id, Input: json.RawMessage(`["fetch"]`), Trace: submitParent})
		f.runTask(id)
		ended := spans.Ended()
		if len(ended) != 2 || ended[0].Name() != "store.record" || ended[1].Name() != "RETRIEVAL fetch" {
			t.Fatalf("%s: spans %v", name, ended)
		}
		attempt := ended[1]
		if attempt.Parent().TraceID().String() != submitTrace || attempt.SpanContext().TraceID().String() != submitTrace {
			t.Errorf("%s: in trace %s", name, attempt.SpanContext().TraceID())
		}
		if want := attempt.SpanContext().SpanID(); ended[0].Parent().SpanID() != want || inside != "00-"+submitTrace+"-"+want.String()+"-01" {
			t.Errorf("%s: the step finds %s, want span %s", name, inside, want)
		}
		about := map[string]string{}
		for _, of := range attempt.Attributes() {
			about[string(of.Key)] = of.Value.String()
		}
		want := map[string]string{"ingest": id, "asset": "1", "tenant": tenant, "profile": "p", "attempt": "1", "task": about["task"]}
		for key, value := range test.want {
			want[key] = value
		}
		if d := cmp.Diff(want, about); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestTracedAlone: an ingest that was submitted without a trace takes part in
// none that the context happens to have.
func TestTracedAlone(t *testing.T) {
	t.Parallel()
	f, spans := newFixture(t), tracetest.NewSpanRecorder()
	f.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("")
	f.run = done
	if _, err := f.RunTask(tracing.Continue(t.Context(), submitParent), ingestID, f.ready(ingestID)); err != nil {
		t.Fatal(err)
	}
	for _, span := range spans.Ended() {
		if span.SpanContext().TraceID().String() == submitTrace || span.Name() == "RETRIEVAL fetch" && span.Parent().IsValid() {
			t.Errorf("%s is in trace %s below %s", span.Name(), span.SpanContext().TraceID(), span.Parent().SpanID())
		}
	}
}
