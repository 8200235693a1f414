package metrics

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Pool is how a pool of connections to the database is used.
type Pool struct {
	Used, Idle, Max int
	Waits           int64         // acquisitions that had to wait, since the start
	Waited          time.Duration // how long they waited together
}

// Cluster tells what several processes share. They are asked by each scrape; each
// may be nil.
type Cluster struct {
	// Workers gives the workers that count as alive.
	Workers func(ctx context.Context) ([]vod.Worker, error)
	Pool    func() Pool
	// ScratchReserved is how many bytes running tasks of this process have
	// reserved, and ScratchSize how many they may have together.
	ScratchReserved func() int64
	ScratchSize     func() (int64, error)
}

// WatchCluster adds what these tell. It is called once.
func (m *Metrics) WatchCluster(c Cluster) { m.registry.MustRegister(newCluster(c)) }

// cluster is a collector that looks when it is asked.
type cluster struct {
	Cluster
	workers, slots, running, silence, connections, most, waits, waited, reserved, scratch *prometheus.Desc
}

func newCluster(c Cluster) *cluster {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &cluster{
		Cluster: c,
		workers: desc("orchestrate_workers", "Processes that run tasks of a stage and were heard of lately.", "stage"),
		slots:   desc("orchestrate_worker_slots", "Tasks of a stage that all these processes may run at the same time.", "stage"),
		running: desc("orchestrate_worker_tasks_running", "Tasks under way in all these processes."),
		silence: desc("orchestrate_worker_silence_seconds", "How long ago the most silent of these processes was heard of; 0: there is none."),
		connections: desc("orchestrate_store_connections", "Connections to the database, by whether they are used.",
			"state"),
		most:     desc("orchestrate_store_connections_max", "Connections to the database that this process may have."),
		waits:    desc("orchestrate_store_connection_waits_total", "Times that work had to wait for a connection to the database."),
		waited:   desc("orchestrate_store_connection_wait_seconds_total", "How long work waited for connections to the database."),
		reserved: desc("orchestrate_scratch_reserved_bytes", "Scratch space that running tasks of this process have reserved."),
		scratch:  desc("orchestrate_scratch_size_bytes", "Scratch space that the tasks of this process may have together."),
	}
}

// Describe implements [prometheus.Collector].
func (c *cluster) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.workers, c.slots, c.running, c.silence, c.connections, c.most, c.waits, c.waited, c.reserved, c.scratch} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *cluster) Collect(to chan<- prometheus.Metric) {
	if c.Workers != nil {
		c.collectWorkers(to)
	}
	if c.Pool != nil {
		p := c.Pool()
		gauge(to, c.connections, float64(p.Used), "used")
		gauge(to, c.connections, float64(p.Idle), "idle")
		gauge(to, c.most, float64(p.Max))
		to <- prometheus.MustNewConstMetric(c.waits, prometheus.CounterValue, float64(p.Waits))
		to <- prometheus.MustNewConstMetric(c.waited, prometheus.CounterValue, p.Waited.Seconds())
	}
	if c.ScratchReserved != nil {
		gauge(to, c.reserved, float64(c.ScratchReserved()))
	}
	if c.ScratchSize != nil {
		size, err := c.ScratchSize()
		gaugeOr(to, err, c.scratch, float64(size))
	}
}

func (c *cluster) collectWorkers(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	list, err := c.Workers(ctx)
	slots, running, silence := map[vod.Stage]int{}, 0, time.Duration(0)
	for _, w := range list {
		for stage, n := range w.Slots {
			slots[stage] += n
		}
		running += w.Running
		silence = max(silence, time.Since(w.Seen))
	}
	for _, stage := range vod.Stages() {
		able := slices.DeleteFunc(slices.Clone(list), func(w vod.Worker) bool { return w.Slots[stage] == 0 })
		gaugeOr(to, err, c.workers, float64(len(able)), string(stage))
		gaugeOr(to, err, c.slots, float64(slots[stage]), string(stage))
	}
	gaugeOr(to, err, c.running, float64(running))
	gaugeOr(to, err, c.silence, silence.Seconds())
}
