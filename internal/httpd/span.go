package httpd

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// spans makes a span of each request that is traced. It stands behind sign-in:
// who was let in may have the request be a part of its own trace (traceparent),
// and who was not leaves no span at all.
func (s *server) spans(next http.Handler, mux *http.ServeMux) http.Handler {
	if s.tracers == nil {
		return next
	}
	inside := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		span := trace.SpanFromContext(r.Context())
		if place, ok := r.Context().Value(spanKey{}).(*trace.SpanContext); ok {
			*place = span.SpanContext()
		}
		if span.IsRecording() {
			_, pattern := mux.Handler(r)
			id, _ := r.Context().Value(requestIDKey{}).(string)
			span.SetAttributes(attribute.String("http.route", routePath(pattern)), attribute.String("request.id", id),
				attribute.String("tenant", Caller(r.Context()).Tenant))
		}
		next.ServeHTTP(w, r)
	})
	return otelhttp.NewHandler(inside, "",
		otelhttp.WithTracerProvider(s.tracers), otelhttp.WithMeterProvider(noop.NewMeterProvider()),
		otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithFilter(func(r *http.Request) bool {
			_, pattern := mux.Handler(r)
			_, err := CallerOf(r.Context())
			return err == nil && spanned(r.Method, routePath(pattern), r.URL.Path)
		}),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			_, pattern := mux.Handler(r)
			return r.Method + " " + routePath(pattern)
		}),
	)
}

// spanned tells what is worth a span: the API, and what pages change. Media is
// not (its addresses are capabilities, and players ask for a lot of it), nor are
// streams of events, which last for hours, probes, and pages that only show.
func spanned(method, route, path string) bool {
	switch {
	case route == "none", route == "/{$}", route == "/healthz", route == "/readyz", route == "/media/", route == "/events":
		return false
	case strings.HasPrefix(path, "/docs"), strings.HasPrefix(path, uiPath), strings.HasPrefix(path, "/play/"):
		return method != http.MethodGet && method != http.MethodHead
	}
	return true
}

type spanKey struct{}

// withSpanPlace keeps a place for the request's span, which begins further in
// than its line in the log is written.
func (s *server) withSpanPlace(r *http.Request) *http.Request {
	if s.tracers == nil {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), spanKey{}, &trace.SpanContext{}))
}

// inSpan is the context with the span that the request has had.
func inSpan(ctx context.Context) context.Context {
	if place, ok := ctx.Value(spanKey{}).(*trace.SpanContext); ok {
		return trace.ContextWithSpanContext(ctx, *place)
	}
	return ctx
}
