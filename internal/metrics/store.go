package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// storeMetrics count the transactions of the database.
type storeMetrics struct {
	size     prometheus.Histogram
	duration prometheus.Histogram
	failed   prometheus.Counter
}

func newStoreMetrics() storeMetrics {
	return storeMetrics{
		size: histogram("orchestrate_store_batch_size", "Writes that shared a transaction.",
			[]float64{1, 2, 4, 8, 16, 32, 64, 128, 256}),
		duration: histogram("orchestrate_store_batch_duration_seconds", "Time that transactions took until their writes were durable.",
			[]float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}),
		failed: counter("orchestrate_store_batch_failures_total", "Transactions that could not be written."),
	}
}

func (m storeMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.size, m.duration, m.failed}
}

// Batch counts a transaction of so many writes. An error is why none of them
// was written.
func (m storeMetrics) Batch(writes int, took time.Duration, err error) {
	if err != nil {
		m.failed.Inc()
		return
	}
	m.size.Observe(float64(writes))
	m.duration.Observe(took.Seconds())
}
