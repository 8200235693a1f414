package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// maxProfiles is how many names of profiles are told apart: whoever may apply
	// profiles chooses them.
	maxProfiles = 200
	// maxTypes is how many step types are told apart. There are fewer, but
	// snapshots of other versions may name more.
	maxTypes = 50
)

// engineMetrics count what the executor has recorded.
type engineMetrics struct {
	attempts *prometheus.CounterVec
	duration *prometheus.HistogramVec
	failed   *prometheus.CounterVec
	lost     *prometheus.CounterVec
	ingests  *prometheus.CounterVec
	bytes    prometheus.Counter
	media    prometheus.Counter
	speed    prometheus.Histogram
	profiles *names
	types    *names
}

var _ engine.Observer = engineMetrics{}

func newEngineMetrics() engineMetrics {
	m := engineMetrics{
		attempts: counters("orchestrate_task_attempts_total", "Attempts of tasks that ended, by result.", "stage", "type", "result"),
		duration: histograms("orchestrate_task_duration_seconds", "Time that attempts took which completed their task.",
			[]float64{0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200}, "stage", "type", "profile"),
		failed:  counters("orchestrate_task_failures_total", "Attempts of tasks that failed, by class and reason.", "stage", "class", "reason"),
		lost:    counters("orchestrate_task_attempts_lost_total", "Attempts of tasks that were lost with an earlier process.", "stage"),
		ingests: counters("orchestrate_ingests_ended_total", "Ingests that reached a final status, imports not counted.", "status"),
		bytes:   counter("orchestrate_retrieved_bytes_total", "Bytes of source files that were stored."),
		media:   counter("orchestrate_encoded_media_seconds_total", "Playing time of the sources that were encoded."),
		speed: histogram("orchestrate_encoding_speed_ratio", "Playing time of the sources of an encoding by the time that it took.",
			[]float64{0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12, 20, 40}),
		profiles: newNames(maxProfiles), types: newNames(maxTypes),
	}
	for _, stage := range vod.Stages() {
		m.lost.WithLabelValues(string(stage))
	}
	for _, status := range vod.IngestStatuses() {
		if status.Final() {
			m.ingests.WithLabelValues(string(status))
		}
	}
	return m
}

func (m engineMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.attempts, m.duration, m.failed, m.lost, m.ingests, m.bytes, m.media, m.speed}
}

// AttemptEnded implements [engine.Observer].
func (m engineMetrics) AttemptEnded(e engine.AttemptEnd) {
	stage, typ := string(e.Kind.Stage), m.types.bound(e.Kind.Type)
	m.attempts.WithLabelValues(stage, typ, string(e.Result)).Inc()
	if e.Err != nil {
		m.failed.WithLabelValues(stage, string(e.Err.Class), string(e.Err.Reason)).Inc()
	}
	if e.Result != engine.ResultCompleted {
		return
	}
	m.duration.WithLabelValues(stage, typ, m.profiles.bound(e.Profile)).Observe(e.Took.Seconds())
	m.bytes.Add(float64(e.Work.Bytes))
	m.media.Add(e.Work.Media.Seconds())
	if e.Work.Media > 0 && e.Took > 0 {
		m.speed.Observe(e.Work.Media.Seconds() / e.Took.Seconds())
	}
}

// AttemptLost implements [engine.Observer].
func (m engineMetrics) AttemptLost(stage vod.Stage) { m.lost.WithLabelValues(string(stage)).Inc() }

// IngestEnded implements [engine.Observer].
func (m engineMetrics) IngestEnded(in vod.Ingest) {
	m.ingests.WithLabelValues(string(in.Status)).Inc()
}
