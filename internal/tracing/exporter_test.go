package tracing

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// broken is a collector that cannot be reached.
type broken struct{ sdktrace.SpanExporter }

func (broken) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error {
	return errors.New("connection refused")
}

// TestReports: one line a minute, however often it fails, that counts all.
func TestReports(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		e := &exporter{SpanExporter: broken{}, log: slog.New(slog.NewTextHandler(&log, nil))}
		every := time.NewTicker(5 * time.Second)
		defer every.Stop()
		for range 13 { // At 5 s, 10 s … 65 s.
			<-every.C
			if err := e.ExportSpans(t.Context(), make([]sdktrace.ReadOnlySpan, 10)); err != nil {
				t.Error("the SDK is told:", err)
			}
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 2 || !strings.Contains(lines[0], "spansLost=10") || !strings.Contains(lines[1], "spansLost=120") {
			t.Errorf("log:\n%s", log.String())
		}
	})
}
