package metrics

import (
	"maps"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// maxQueues is how many task queues are told apart: more than there are stages
// and sets of capabilities.
const maxQueues = 100

// temporalMetrics are what operators need of the many metrics of Temporal's SDK,
// under names and in units that are like all others here.
type temporalMetrics struct {
	requests *prometheus.HistogramVec
	failures *prometheus.CounterVec
	broken   *prometheus.CounterVec
	waited   *prometheus.HistogramVec
	pollers  *prometheus.GaugeVec
	queues   *names
}

func newTemporalMetrics() temporalMetrics {
	return temporalMetrics{
		requests: histograms("orchestrate_temporal_request_duration_seconds", "Time that Temporal took to answer, long polls not counted.",
			[]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}, "operation"),
		failures: counters("orchestrate_temporal_request_failures_total", "Requests that Temporal did not answer, or refused.", "operation", "code"),
		broken: counters("orchestrate_temporal_workflow_task_failures_total",
			"Decisions of workflows that failed. NonDeterminismError: this version cannot go on with workflows of another.", "reason"),
		waited: histograms("orchestrate_temporal_schedule_to_start_seconds", "Time that tasks of a queue waited in Temporal until a worker took them.",
			[]float64{0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 43200, 86400}, "queue", "kind"),
		pollers: gauges("orchestrate_temporal_pollers", "Polls of this process that wait for tasks of a queue.", "queue", "kind"),
		queues:  newNames(maxQueues),
	}
}

func (m temporalMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.requests, m.failures, m.broken, m.waited, m.pollers}
}

// Temporal is for the options of Temporal's client.
func (m temporalMetrics) Temporal() client.MetricsHandler { return temporalHandler{m, nil} }

// temporalHandler hears what the SDK counts, and keeps what is listed in its
// methods; see the SDK's package internal/common/metrics for the names.
type temporalHandler struct {
	temporalMetrics
	tags map[string]string
}

// WithTags implements [client.MetricsHandler].
func (h temporalHandler) WithTags(tags map[string]string) client.MetricsHandler {
	all := maps.Clone(h.tags)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, tags)
	return temporalHandler{h.temporalMetrics, all}
}

// Counter implements [client.MetricsHandler].
func (h temporalHandler) Counter(name string) client.MetricsCounter {
	switch name {
	case "temporal_request_failure", "temporal_long_request_failure":
		return countOf(h.failures.WithLabelValues(h.tags["operation"], h.tags["status_code"]))
	case "temporal_workflow_task_execution_failed":
		return countOf(h.broken.WithLabelValues(h.tags["failure_reason"]))
	}
	return client.MetricsNopHandler.Counter(name)
}

// Gauge implements [client.MetricsHandler].
func (h temporalHandler) Gauge(name string) client.MetricsGauge {
	if name == "temporal_num_pollers" {
		return valueOf(h.pollers.WithLabelValues(h.queue(), h.tags["poller_type"]))
	}
	return client.MetricsNopHandler.Gauge(name)
}

// Timer implements [client.MetricsHandler].
func (h temporalHandler) Timer(name string) client.MetricsTimer {
	switch name {
	case "temporal_request_latency":
		return timeOf(h.requests.WithLabelValues(h.tags["operation"]))
	case "temporal_activity_schedule_to_start_latency":
		return timeOf(h.waited.WithLabelValues(h.queue(), "activity"))
	case "temporal_workflow_task_schedule_to_start_latency":
		return timeOf(h.waited.WithLabelValues(h.queue(), "workflow"))
	}
	return client.MetricsNopHandler.Timer(name)
}

func (h temporalHandler) queue() string { return h.queues.bound(h.tags["task_queue"]) }

// What the SDK calls, in terms of Prometheus.
type (
	countTo struct{ prometheus.Counter }
	valueTo struct{ prometheus.Gauge }
	timeTo  struct{ prometheus.Observer }
)

func countOf(c prometheus.Counter) client.MetricsCounter { return countTo{c} }
func valueOf(g prometheus.Gauge) client.MetricsGauge     { return valueTo{g} }
func timeOf(o prometheus.Observer) client.MetricsTimer   { return timeTo{o} }

// Inc implements [client.MetricsCounter].
func (c countTo) Inc(n int64) { c.Add(float64(n)) }

// Update implements [client.MetricsGauge].
func (g valueTo) Update(value float64) { g.Set(value) }

// Record implements [client.MetricsTimer].
func (o timeTo) Record(took time.Duration) { o.Observe(took.Seconds()) }
