package tracing

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// scope names this program's own spans among those of libraries.
const scope = "github.com/via-orchestrate/orchestrate"

// traceparent is the header of W3C Trace Context that names a span.
const traceparent = "traceparent"

// Parent names the span in ctx, as a W3C traceparent; "" if there is none.
func Parent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[traceparent]
}

// Continue makes the span that the traceparent names the parent of what begins
// with the context. Without one that can be read, what begins has no parent.
func Continue(ctx context.Context, parent string) context.Context {
	ctx = trace.ContextWithSpanContext(ctx, trace.SpanContext{})
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{traceparent: parent})
}

// Child begins a span below the one in ctx, and does nothing where there is
// none. The span ends with the function given back, which is told what went
// wrong, if anything.
func Child(ctx context.Context, name string, about ...attribute.KeyValue) (context.Context, func(error)) {
	above := trace.SpanFromContext(ctx)
	if !above.IsRecording() {
		return ctx, func(error) {}
	}
	ctx, span := above.TracerProvider().Tracer(scope).Start(ctx, name, trace.WithAttributes(about...))
	return ctx, func(err error) { End(span, err) }
}

// End ends the span. An error is told by its class and reason: its text may
// hold addresses, which stay in the store and in the log.
func End(span trace.Span, err error) {
	defer span.End()
	if err == nil {
		return
	}
	described := vod.AsStepError(err)
	if described.Class == vod.ClassCancelled || errors.Is(err, context.Canceled) || errors.Is(err, vod.ErrCancelled) || errors.Is(err, vod.ErrStopping) {
		span.SetAttributes(attribute.Bool("interrupted", true))
		return
	}
	span.SetAttributes(attribute.String("error.class", string(described.Class)), attribute.String("error.type", string(described.Reason)))
	span.SetStatus(codes.Error, string(described.Class)+" "+string(described.Reason))
}
