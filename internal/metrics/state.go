package metrics

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Sources tell what has a value at every moment. They are asked by each scrape;
// what a process does not have is left out.
type Sources struct {
	Load       func() map[vod.Stage]engine.Load
	Unfinished func(ctx context.Context) (map[vod.IngestStatus]int, error)
	Database   string            // path of SQLite's file; its WAL stands beside it
	Folders    map[string]string // paths of folders whose disks have to have space, by name
	FreeSpace  func(folder string) (bytes int64, err error)
	MinFree    int64  // bytes below which new work waits
	Backups    string // path of the folder that holds the server's own backups
}

// Watch adds what the sources tell. It is called once.
func (m *Metrics) Watch(s Sources) { m.registry.MustRegister(newState(s)) }

// state is a collector that looks when it is asked.
type state struct {
	Sources
	tasks, slots, oldest, unfinished, file, free, minFree, backup *prometheus.Desc
}

func newState(s Sources) *state {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &state{
		Sources: s,
		tasks:   desc("orchestrate_tasks", "Tasks that run or wait, by what for.", "stage", "state"),
		slots:   desc("orchestrate_task_slots", "Tasks that may run at the same time.", "stage"),
		oldest: desc("orchestrate_task_oldest_wait_seconds",
			"How long the first of the ready and held tasks has waited since it was ready or the server started; 0: none waits.", "stage"),
		unfinished: desc("orchestrate_ingests_unfinished", "Ingests that are not over, by status.", "status"),
		file:       desc("orchestrate_store_file_bytes", "Sizes of the database's files.", "file"),
		free:       desc("orchestrate_disk_free_bytes", "Free space of the disks that hold the server's folders.", "folder"),
		minFree:    desc("orchestrate_disk_min_free_bytes", "Free space below which new work waits (min-free)."),
		backup:     desc("orchestrate_backup_last_timestamp_seconds", "When the newest file of the data folder's backups was written; absent: there is none."),
	}
}

// Describe implements [prometheus.Collector].
func (s *state) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.tasks, s.slots, s.oldest, s.unfinished, s.file, s.free, s.minFree, s.backup} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (s *state) Collect(to chan<- prometheus.Metric) {
	if s.Load != nil {
		s.collectLoad(to)
	}
	if s.Unfinished != nil {
		s.collectUnfinished(to)
	}
	if s.Database != "" {
		s.collectFiles(to)
	}
	gauge(to, s.minFree, float64(s.MinFree))
	for name, path := range s.Folders {
		free, err := s.FreeSpace(path)
		gaugeOr(to, err, s.free, float64(free), name)
	}
	if s.Backups == "" {
		return
	}
	if last, err := newest(s.Backups); err != nil || !last.IsZero() {
		gaugeOr(to, err, s.backup, float64(last.UnixMilli())/1000)
	}
}

func (s *state) collectLoad(to chan<- prometheus.Metric) {
	for stage, load := range s.Load() {
		for state, n := range map[string]int{"running": load.Running, "ready": load.Ready, "held": load.Held, "delayed": load.Delayed} {
			gauge(to, s.tasks, float64(n), string(stage), state)
		}
		gauge(to, s.slots, float64(load.Slots), string(stage))
		waited := time.Duration(0)
		if !load.Oldest.IsZero() {
			waited = max(0, time.Since(load.Oldest))
		}
		gauge(to, s.oldest, waited.Seconds(), string(stage))
	}
}

func (s *state) collectUnfinished(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	counts, err := s.Unfinished(ctx)
	for _, status := range vod.IngestStatuses() {
		if !status.Final() {
			gaugeOr(to, err, s.unfinished, float64(counts[status]), string(status))
		}
	}
}

func (s *state) collectFiles(to chan<- prometheus.Metric) {
	for name, path := range map[string]string{"database": s.Database, "wal": s.Database + "-wal"} {
		stat, err := os.Stat(path)
		switch {
		case err == nil:
			gauge(to, s.file, float64(stat.Size()), name)
		case errors.Is(err, fs.ErrNotExist):
			gauge(to, s.file, 0, name)
		default:
			gaugeOr(to, err, s.file, 0, name)
		}
	}
}

// newest is when the newest file of the folder was written, not counting those
// that are still being written; zero if there is none.
func newest(folder string) (last time.Time, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && info.Size() > 0 && filepath.Ext(e.Name()) != ".part" && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last, err
}

func gauge(to chan<- prometheus.Metric, d *prometheus.Desc, value float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

// gaugeOr reports the error instead, if there is one.
func gaugeOr(to chan<- prometheus.Metric, err error, d *prometheus.Desc, value float64, labels ...string) {
	if err != nil {
		to <- prometheus.NewInvalidMetric(d, err)
		return
	}
	gauge(to, d, value, labels...)
}
