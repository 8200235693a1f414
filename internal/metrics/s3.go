package metrics

import (
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// s3Metrics count what is asked of object storage.
type s3Metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
}

func newS3Metrics() s3Metrics {
	m := s3Metrics{
		requests: counters("orchestrate_s3_requests_total", "Requests to object storage, by what came of them.", "method", "result"),
		duration: histograms("orchestrate_s3_request_duration_seconds", "Time until object storage began to answer.",
			[]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}, "method"),
		bytes: counters("orchestrate_s3_bytes_total", "Bytes of objects sent to object storage and received from it.", "direction"),
	}
	for _, direction := range []string{"sent", "received"} {
		m.bytes.WithLabelValues(direction)
	}
	return m
}

func (m s3Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.requests, m.duration, m.bytes}
}

// Sender is what sends HTTP requests, as [http.Client] and the SDK of AWS do.
type Sender = interface {
	Do(r *http.Request) (*http.Response, error)
}

// S3 counts the requests that object storage is asked by way of next.
func (m s3Metrics) S3(next Sender) Sender { return s3Sender{next, m} }

type s3Sender struct {
	next Sender
	s3Metrics
}

// Do implements [Sender].
func (t s3Sender) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		counted := *r
		counted.Body = countedBody{r.Body, t.bytes.WithLabelValues("sent")}
		r = &counted
	}
	begun := time.Now()
	resp, err := t.next.Do(r)
	t.requests.WithLabelValues(method(r.Method), s3Result(resp, err)).Inc()
	if err != nil {
		return resp, err
	}
	t.duration.WithLabelValues(method(r.Method)).Observe(time.Since(begun).Seconds())
	resp.Body = s3Body{resp.Body, countedBody{resp.Body, t.bytes.WithLabelValues("received")}}
	return resp, nil
}

// s3Body counts what is read of an answer, and is closed as it was.
type s3Body struct {
	io.Closer
	io.Reader
}

// s3Result is what a request came to, in a word.
func s3Result(resp *http.Response, err error) string {
	switch {
	case err != nil:
		return "failed"
	case resp.StatusCode < http.StatusBadRequest:
		return "ok"
	case resp.StatusCode == http.StatusNotFound:
		return "absent"
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return "denied"
	case resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests: // 503 Slow Down
		return "throttled"
	case resp.StatusCode < http.StatusInternalServerError:
		return "refused"
	}
	return "server_error"
}
