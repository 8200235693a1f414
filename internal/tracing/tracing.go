package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// flushAtMost bounds how long a stop waits for the collector.
const flushAtMost = 5 * time.Second

// Config tells who sends. All fields are required.
type Config struct {
	// Service is the service.name, where the environment gives no other.
	Service string
	Version string
	Log     *slog.Logger
}

// Tracing sends the spans of a process. It is safe for concurrent use.
type Tracing struct {
	log      *slog.Logger
	provider *sdktrace.TracerProvider // nil: off
}

// Open reads the environment and begins to send if it names an endpoint. The
// collector need not answer: what cannot be sent is dropped, and logged at most
// once a minute.
func Open(ctx context.Context, c Config) (*Tracing, error) {
	on, err := wanted()
	if err != nil || !on {
		return &Tracing{log: c.Log}, err
	}
	send, err := newExporter(ctx)
	if err != nil {
		return nil, fmt.Errorf("start sending traces: %w; look at the OTEL_EXPORTER_OTLP_… variables", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", c.Service), attribute.String("service.version", c.Version)),
		resource.WithHost(), resource.WithProcessPID(), resource.WithTelemetrySDK(),
		resource.WithFromEnv(), // Last, as the later ones win.
	)
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("tell in traces who sends them: %w; look at OTEL_RESOURCE_ATTRIBUTES", err)
	}
	if err != nil {
		c.Log.WarnContext(ctx, "traces do not tell all about who sends them", "error", err)
	}
	return &Tracing{log: c.Log, provider: sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&exporter{SpanExporter: send, log: c.Log}), sdktrace.WithResource(about),
	)}, nil
}

// wanted tells whether the environment asks for traces, and refuses what would
// silently send none.
func wanted() (bool, error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	switch name := os.Getenv("OTEL_TRACES_EXPORTER"); name {
	case "", "otlp":
	case "none":
		return false, nil
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q; it has to be otlp or none", name)
	}
	return either("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") != "", nil
}

func newExporter(ctx context.Context) (sdktrace.SpanExporter, error) {
	switch protocol := either("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); protocol {
	case "grpc":
		return otlptracegrpc.New(ctx)
	case "", "http/protobuf", "http/json":
		return otlptracehttp.New(ctx)
	default:
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q; it has to be grpc, http/protobuf or http/json", protocol)
	}
}

// either gives the variable for traces, or else the one for all signals.
func either(traces, all string) string {
	if value := os.Getenv(traces); value != "" {
		return value
	}
	return os.Getenv(all)
}

// On tells whether spans are made.
func (t *Tracing) On() bool { return t.provider != nil }

// Provider makes tracers for libraries; one that makes no spans when tracing is off.
func (t *Tracing) Provider() trace.TracerProvider {
	if t.provider == nil {
		return noop.NewTracerProvider()
	}
	return t.provider
}

// Tracer makes the spans that others are children of.
func (t *Tracing) Tracer() trace.Tracer { return t.Provider().Tracer(scope) }

// Close sends what is left, for at most five seconds. It is called when nothing
// makes spans any more.
func (t *Tracing) Close() error {
	if t.provider == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushAtMost)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil { // No reason for a server to end badly.
		t.log.Warn("the last traces could not be sent", "error", err)
	}
	return nil
}
