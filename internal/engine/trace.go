package engine

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

// traced begins the attempt's span, which continues the trace of the request
// that submitted the ingest, and gives all lines of the attempt that trace.
func (a *attempt) traced(ctx context.Context) (context.Context, trace.Span) {
	ctx, span := a.x.Tracer.Start(tracing.Continue(ctx, a.ingest.Trace), string(a.step.Stage)+" "+a.step.Type,
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
			attribute.String("ingest", a.ingest.ID), attribute.String("asset", a.ingest.AssetID), attribute.String("tenant", a.ingest.Tenant),
			attribute.String("profile", a.ingest.ProfileName), attribute.String("task", a.task.ID), attribute.Int("attempt", a.task.Attempt),
		))
	a.log = tracing.Logger(ctx, a.log)
	return ctx, span
}

// endSpan tells how the attempt ended, and of an error that it could not be
// recorded.
func (a *attempt) endSpan(span trace.Span, o plan.Outcome, err error) {
	end := a.end(o)
	span.SetAttributes(attribute.String("outcome", string(end.Result)))
	if end.Work.Bytes > 0 {
		span.SetAttributes(attribute.Int64("bytes", end.Work.Bytes))
	}
	if end.Work.Media > 0 {
		span.SetAttributes(attribute.Float64("media.seconds", end.Work.Media.Seconds()))
	}
	if err == nil && end.Err != nil {
		err = end.Err
	}
	tracing.End(span, err)
}
