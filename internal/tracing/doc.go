// Package tracing sends what happens to an ingest, as spans of one trace, to a
// collector that speaks OTLP.
//
// The trace begins with the request that submits the ingest. Its traceparent is
// kept with the ingest ([Parent]), and every attempt of a task continues it
// ([Continue]), in whatever process and after whatever restart. What an attempt
// does below itself (a run of ffmpeg, a transfer, a transaction) is a [Child] of
// the span in the context, so that code deep down needs nothing but its context.
//
// All settings are the standard OTEL_* variables of the environment. Without an
// endpoint among them there is no tracing: contexts hold no spans, and every
// function of this package then does next to nothing.
//
// Spans hold ids, names and sizes; never addresses of sources, media keys,
// tokens or what ffmpeg was started with.
package tracing
