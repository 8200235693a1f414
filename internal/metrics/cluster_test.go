package metrics

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// clusterOf has two workers, one of them silent for a while.
func clusterOf(err error) Cluster {
	return Cluster{
		Workers: func(context.Context) ([]vod.Worker, error) {
			return []vod.Worker{
				{Slots: map[vod.Stage]int{vod.Encoding: 2, vod.Packaging: 1}, Running: 2, Seen: time.Now()},
				{Slots: map[vod.Stage]int{vod.Encoding: 3}, Running: 1, Seen: time.Now().Add(-20 * time.Second)},
			}, err
		},
		Pool:            func() Pool { return Pool{Used: 3, Idle: 1, Max: 20, Waits: 7, Waited: 1500 * time.Millisecond} },
		ScratchReserved: func() int64 { return 5e9 }, ScratchSize: func() (int64, error) { return 100e9, err },
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	m := New("")
	m.WatchCluster(clusterOf(nil))
	values := scrape(t, m)
	check(t, values, map[string]string{
		`orchestrate_workers{stage="ENCODING"}`: "2", `orchestrate_workers{stage="PACKAGING"}`: "1", `orchestrate_workers{stage="PLAYOUT"}`: "0",
		`orchestrate_worker_slots{stage="ENCODING"}`: "5", `orchestrate_worker_slots{stage="PLAYOUT"}`: "0", `orchestrate_worker_tasks_running`: "3",
		`orchestrate_store_connections{state="used"}`: "3", `orchestrate_store_connections{state="idle"}`: "1", `orchestrate_store_connections_max`: "20",
		`orchestrate_store_connection_waits_total`: "7", `orchestrate_store_connection_wait_seconds_total`: "1.5",
		`orchestrate_scratch_reserved_bytes`: "5e+09", `orchestrate_scratch_size_bytes`: "1e+11",
	})
	if silence := values["orchestrate_worker_silence_seconds"]; !strings.HasPrefix(silence, "20.") {
		t.Errorf("the most silent is so for %s s", silence)
	}
}

// TestClusterBroken: what cannot be told is left out; all else is there.
func TestClusterBroken(t *testing.T) {
	t.Parallel()
	m := New("")
	m.WatchCluster(clusterOf(errors.New("no database")))
	values := scrape(t, m)
	for name := range values {
		if strings.HasPrefix(name, "orchestrate_worker") || strings.HasPrefix(name, "orchestrate_scratch_size") {
			t.Errorf("%s is told although it is not known", name)
		}
	}
	check(t, values, map[string]string{`orchestrate_store_connections_max`: "20"})
}

// TestPartial: a worker has no queue of its own, a Postgres no file.
func TestPartial(t *testing.T) {
	t.Parallel()
	m := New("")
	m.Watch(Sources{MinFree: 1})
	m.WatchCluster(Cluster{})
	for name := range scrape(t, m) {
		for _, absent := range []string{"orchestrate_tasks", "orchestrate_ingests_unfinished", "orchestrate_store_file", "orchestrate_workers", "orchestrate_scratch"} {
			if strings.HasPrefix(name, absent) {
				t.Errorf("there is %s", name)
			}
		}
	}
}
