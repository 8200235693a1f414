package tracing

import (
	"context"
	"log/slog"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// reportEvery is how often a collector that does not answer is told of.
const reportEvery = time.Minute

// exporter tells of failures in the server's own log. The SDK would hand them to
// a handler that all servers of a process share.
type exporter struct {
	sdktrace.SpanExporter
	log *slog.Logger

	mu   sync.Mutex
	next time.Time // not before that is there another line
	lost int       // spans since the last line
}

// ExportSpans implements [sdktrace.SpanExporter].
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		e.failed(ctx, len(spans), err)
	}
	return nil
}

func (e *exporter) failed(ctx context.Context, spans int, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lost += spans
	if now := time.Now(); !now.Before(e.next) {
		e.log.WarnContext(ctx, "cannot send traces", "spansLost", e.lost, "error", err)
		e.lost, e.next = 0, now.Add(reportEvery)
	}
}
