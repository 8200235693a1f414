package metrics

import (
	"io"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/via-orchestrate/orchestrate/internal/httpd"
)

// httpMetrics count requests.
type httpMetrics struct {
	inFlight prometheus.Gauge
	duration *prometheus.HistogramVec
	errors   *prometheus.CounterVec
	sent     *prometheus.CounterVec
	uploaded prometheus.Counter
}

var _ httpd.Observer = httpMetrics{}

func newHTTPMetrics() httpMetrics {
	m := httpMetrics{
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "orchestrate_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
		duration: histograms("orchestrate_http_request_duration_seconds", "Time that requests took until the end of their answer.",
			[]float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}, "route", "method", "status"),
		errors:   counters("orchestrate_http_errors_total", "Answers with a status of 400 or above, by status.", "status"),
		sent:     counters("orchestrate_http_response_bytes_total", "Bytes of the bodies of answers.", "route"),
		uploaded: counter("orchestrate_upload_bytes_total", "Bytes that were received for uploads."),
	}
	for _, status := range []int{
		http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
	} {
		m.errors.WithLabelValues(strconv.Itoa(status))
	}
	return m
}

func (m httpMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.inFlight, m.duration, m.errors, m.sent, m.uploaded}
}

// RequestBegan implements [httpd.Observer].
func (m httpMetrics) RequestBegan() { m.inFlight.Inc() }

// RequestEnded implements [httpd.Observer].
func (m httpMetrics) RequestEnded(e httpd.RequestEnd) {
	m.inFlight.Dec()
	m.duration.WithLabelValues(e.Route, method(e.Method), statusClass(e.Status)).Observe(e.Took.Seconds())
	m.sent.WithLabelValues(e.Route).Add(float64(e.Bytes))
	if e.Status >= http.StatusBadRequest {
		m.errors.WithLabelValues(strconv.Itoa(e.Status)).Inc()
	}
}

// method bounds what a client may make up.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return name
	}
	return others
}

// statusClass is such as "2xx"; "none" where the answer was never begun.
func statusClass(status int) string {
	switch status / 100 {
	case 2:
		return "2xx"
	case 3:
		return "3xx"
	case 4:
		return "4xx"
	case 5:
		return "5xx"
	}
	return "none"
}

// Uploads counts the bytes that the handler reads of its requests.
func (m httpMetrics) Uploads(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted := *r
		counted.Body = countedBody{r.Body, m.uploaded}
		next.ServeHTTP(w, &counted)
	})
}

type countedBody struct {
	io.ReadCloser
	count prometheus.Counter
}

// Read implements [io.Reader].
func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.count.Add(float64(n))
	return n, err
}
