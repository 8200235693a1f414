package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func workerTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"WhatItSaidLastCounts": workerSaysMore,
		"ByHostAndThenID":      workersListed,
		"OneThatIsGone":        workerGone,
		"OneNotHeardOf":        workerForgotten,
	}
}

func worker(change ...func(*vod.Worker)) vod.Worker {
	w := vod.Worker{
		ID: uuid.NewString(), Host: "enc-1", Version: "1.2.3", Slots: map[vod.Stage]int{vod.Encoding: 2, vod.Packaging: 1},
		Capabilities: []vod.Capability{vod.CanHEVC, vod.CanUHD}, Memory: 32 << 30, Processors: 16, Scratch: 1 << 40, Running: 1,
		Started: vod.Now().Add(-time.Hour), Seen: vod.Now(),
	}
	for _, c := range change {
		c(&w)
	}
	return w
}

func (b bundle) workers(seen time.Time) []vod.Worker {
	b.t.Helper()
	list, err := b.WorkerList(b.ctx, seen)
	b.ok(err)
	return list
}

func workerSaysMore(_ *testing.T, b bundle) {
	w := worker()
	b.ok(b.WorkerSeen(b.ctx, w))
	b.equal(b.workers(w.Seen), []vod.Worker{w})
	w.Running, w.Seen, w.Capabilities = 0, w.Seen.Add(time.Second), nil
	b.ok(b.WorkerSeen(b.ctx, w))
	b.equal(b.workers(w.Seen), []vod.Worker{w})
	b.equal(len(b.workers(w.Seen.Add(time.Millisecond))), 0)
}

func workersListed(_ *testing.T, b bundle) {
	second := worker(func(w *vod.Worker) { w.Host, w.ID = "b", "1" })
	third := worker(func(w *vod.Worker) { w.Host, w.ID = "b", "2" })
	first := worker(func(w *vod.Worker) { w.Host, w.ID = "B", "3" })
	for _, w := range []vod.Worker{third, first, second} {
		b.ok(b.WorkerSeen(b.ctx, w))
	}
	b.equal(b.workers(time.Time{}), []vod.Worker{first, second, third})
}

func workerGone(_ *testing.T, b bundle) {
	w, stays := worker(), worker()
	b.ok(b.WorkerSeen(b.ctx, w))
	b.ok(b.WorkerSeen(b.ctx, stays))
	for range 2 {
		b.ok(b.WorkerGone(b.ctx, w.ID))
	}
	b.equal(b.workers(time.Time{}), []vod.Worker{stays})
}

func workerForgotten(_ *testing.T, b bundle) {
	old := worker(func(w *vod.Worker) { w.Seen = vod.Now().Add(-25 * time.Hour) })
	b.ok(b.WorkerSeen(b.ctx, old))
	w := worker()
	b.ok(b.WorkerSeen(b.ctx, w))
	b.equal(b.workers(time.Time{}), []vod.Worker{w})
}
