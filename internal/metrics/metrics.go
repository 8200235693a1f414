package metrics

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/via-orchestrate/orchestrate/internal/retention"
)

// Metrics are all metrics of one server. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	engineMetrics
	httpMetrics
	storeMetrics
	s3Metrics
	temporalMetrics
	swept *prometheus.CounterVec
}

// New makes the metrics. Version is that of the program.
func New(version string) *Metrics {
	m := &Metrics{
		registry:      prometheus.NewRegistry(),
		engineMetrics: newEngineMetrics(), httpMetrics: newHTTPMetrics(), storeMetrics: newStoreMetrics(),
		s3Metrics: newS3Metrics(), temporalMetrics: newTemporalMetrics(),
		swept: counters("orchestrate_swept_total", "What was removed because it is old or belongs to nobody, by kind.", "kind"),
	}
	for _, kind := range retention.Kinds() {
		m.swept.WithLabelValues(kind)
	}
	for _, of := range [][]prometheus.Collector{
		{collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo(version), m.swept},
		m.engineMetrics.all(), m.httpMetrics.all(), m.storeMetrics.all(), m.s3Metrics.all(), m.temporalMetrics.all(),
	} {
		m.registry.MustRegister(of...)
	}
	return m
}

// Swept counts what was removed; the kinds are those of package retention.
func (m *Metrics) Swept(kind string, n int) { m.swept.WithLabelValues(kind).Add(float64(n)) }

// scrapeTime is how long a scrape may take.
const scrapeTime = 9 * time.Second // Prometheus waits for ten.

// Handler answers scrapes. A value that cannot be had is left out, and logged.
func (m *Metrics) Handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, ErrorLog: failures{log},
		MaxRequestsInFlight: 4, Timeout: scrapeTime,
	})
}

// failures logs what promhttp reports.
type failures struct{ log *slog.Logger }

// Println implements [promhttp.Logger].
func (f failures) Println(v ...any) { f.log.Warn("cannot tell all metrics", "error", v) }

func buildInfo(version string) prometheus.Collector {
	revision, goVersion := "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	g := gauges("orchestrate_build_info", "Always 1; its labels tell what runs.", "version", "revision", "goversion")
	g.WithLabelValues(version, revision, goVersion).Set(1)
	return g
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}
