package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Why a transaction is done again.
const (
	retriedSerialization = "serialization"
	retriedDeadlock      = "deadlock"
	retriedLock          = "lock"       // it was waited for too long
	retriedConnection    = "connection" // it was lost, or there was none
)

// storeMetrics count the transactions of the database.
type storeMetrics struct {
	size     prometheus.Histogram
	duration prometheus.Histogram
	failed   prometheus.Counter
	retries  *prometheus.CounterVec
	lost     prometheus.Counter
}

func newStoreMetrics() storeMetrics {
	m := storeMetrics{
		size: histogram("orchestrate_store_batch_size", "Writes that shared a transaction.",
			[]float64{1, 2, 4, 8, 16, 32, 64, 128, 256}),
		duration: histogram("orchestrate_store_batch_duration_seconds", "Time that transactions took until their writes were durable.",
			[]float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}),
		failed:  counter("orchestrate_store_batch_failures_total", "Transactions that could not be written."),
		retries: counters("orchestrate_store_retries_total", "Transactions that were done again, by why.", "reason"),
		lost:    counter("orchestrate_store_listener_losses_total", "Times that the connection was lost which hears of other servers' changes."),
	}
	for _, reason := range []string{retriedSerialization, retriedDeadlock, retriedLock, retriedConnection} {
		m.retries.WithLabelValues(reason)
	}
	return m
}

func (m storeMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.size, m.duration, m.failed, m.retries, m.lost}
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

// StoreRetried counts a transaction of Postgres that is done again, because of an
// error with this SQLSTATE; "" is one that is not the server's.
func (m storeMetrics) StoreRetried(sqlState string) {
	reason := retriedConnection
	switch sqlState {
	case "40001":
		reason = retriedSerialization
	case "40P01":
		reason = retriedDeadlock
	case "55P03":
		reason = retriedLock
	}
	m.retries.WithLabelValues(reason).Inc()
}

// ListenerLost counts a loss of the connection that hears of other servers'
// changes.
func (m storeMetrics) ListenerLost() { m.lost.Inc() }
