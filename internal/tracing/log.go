package tracing

import (
	"context"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/trace"
)

// traceKey is what OpenTelemetry calls the trace of a line of a log, which is
// what log systems look for.
const traceKey = "trace_id"

// LogHandler adds the trace to every line that is logged with a context that
// holds a span, unless its logger has it already.
func LogHandler(next slog.Handler) slog.Handler { return handler{next, false} }

// Logger gives every line the trace of the span in ctx, if there is one, also
// those that are logged without a context.
func Logger(ctx context.Context, log *slog.Logger) *slog.Logger {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return log
	}
	return log.With(traceAttr(span))
}

func traceAttr(span trace.SpanContext) slog.Attr {
	return slog.String(traceKey, span.TraceID().String()) //nolint:sloglint // OpenTelemetry gives the key its name.
}

type handler struct {
	slog.Handler
	told bool // every line has the trace already
}

// Handle implements [slog.Handler].
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); !h.told && span.IsValid() {
		r = r.Clone()
		r.AddAttrs(traceAttr(span))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	told := slices.ContainsFunc(attrs, func(a slog.Attr) bool { return a.Key == traceKey })
	return handler{h.Handler.WithAttrs(attrs), h.told || told}
}

// WithGroup implements [slog.Handler].
func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Handler.WithGroup(name), h.told}
}
