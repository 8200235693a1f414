package chaos

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/clustertest"
)

// havoc does one thing after the other to the installation, until stopped.
type havoc struct {
	*world
	t      *testing.T
	random *rand.Rand
	began  time.Time
	counts map[string]int
}

// deed is something to do. It returns once the harm is made good again.
type deed struct {
	name   string
	weight int
	do     func(h *havoc)
}

func deeds() []deed {
	return []deed{
		{"kill a worker", 4, func(h *havoc) { h.kill(h.cluster.Workers[h.random.IntN(workers)]) }},
		{"kill two workers", 1, func(h *havoc) {
			first := h.random.IntN(workers)
			h.kill(h.cluster.Workers[first], h.cluster.Workers[(first+1)%workers])
		}},
		{"stop a worker", 1, func(h *havoc) { h.stop(h.cluster.Workers[h.random.IntN(workers)]) }},
		{"kill the server", 3, func(h *havoc) { h.kill(h.cluster.Server) }},
		{"kill Temporal", 2, func(h *havoc) { h.temporal.Kill(); h.pause(2 * time.Second); h.temporal.Restart(h.t) }},
		{"kill Postgres", 2, func(h *havoc) { h.postgres.Kill(); h.pause(2 * time.Second); h.postgres.Restart(h.t) }},
		{"cut Postgres", 2, func(h *havoc) { h.cut("Postgres") }},
		{"cut Temporal", 2, func(h *havoc) { h.cut("Temporal") }},
		{"cut S3", 2, func(h *havoc) { h.cut("S3") }},
		{"kill everything", 1, (*havoc).everything},
	}
}

// run does deeds until the time is over, each after a while of peace.
func (h *havoc) run(duration time.Duration) {
	var lots []deed
	for _, d := range deeds() {
		for range d.weight {
			lots = append(lots, d)
		}
	}
	h.began = time.Now()
	for time.Since(h.began) < duration && !h.t.Failed() {
		h.pause(5 * time.Second)
		d := lots[h.random.IntN(len(lots))]
		h.counts[d.name]++
		h.t.Logf("%6.1f s: %s", time.Since(h.began).Seconds(), d.name)
		d.do(h)
	}
}

// pause waits for up to the time.
func (h *havoc) pause(longest time.Duration) {
	timer := time.NewTimer(time.Duration(h.random.Int64N(int64(longest))))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.t.Context().Done():
	}
}

// kill ends processes at the same moment and starts them again.
func (h *havoc) kill(members ...*clustertest.Member) {
	for _, m := range members {
		m.Kill()
	}
	h.pause(3 * time.Second)
	h.start(members...)
}

// stop ends a process as an upgrade does.
func (h *havoc) stop(m *clustertest.Member) {
	if err := m.Stop(); err != nil {
		h.t.Error(err)
	}
	h.start(m)
}

func (h *havoc) start(members ...*clustertest.Member) {
	for _, m := range members {
		if err := m.Restart(h.t.Context()); err != nil {
			h.t.Error(err)
		}
	}
}

// cut takes a connection away for a moment.
func (h *havoc) cut(name string) {
	h.links[name].cut()
	h.pause(3 * time.Second)
	h.links[name].mend(h.t)
}

// everything is a power cut of the whole installation, but for S3.
func (h *havoc) everything() {
	for _, m := range h.members() {
		m.Kill()
	}
	h.postgres.Kill()
	h.temporal.Kill()
	h.postgres.Restart(h.t)
	h.temporal.Restart(h.t)
	h.start(h.members()...)
}

func (w *world) members() []*clustertest.Member {
	return append([]*clustertest.Member{w.cluster.Server}, w.cluster.Workers...)
}

// summary tells how often what was done.
func (h *havoc) summary() string { return fmt.Sprint(h.counts) }
