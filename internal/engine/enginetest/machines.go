package enginetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// hevc is a pipeline whose encode not every machine can do.
const hevc = `
retrieval:
  - filesetFilter: initialInput
    retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
    filesetLabelOut: retrieved
encoding:
  - filesetFilter: retrieved
    encodingProfile: {name: first, type: FFMPEG, targetLocation: {name: store}, codecs: [HEVC]}
    filesetLabelOut: encoded
packaging:
  - filesetFilter: encoded
    packagingProfile: {name: pack, type: CMAF, targetLocation: {name: store}}
    filesetLabelOut: packaged
`

// wakeAtMost is how long a request may wait for an engine that is out of reach.
const wakeAtMost = 10 * time.Second

// highFirstOfAllNeeds: priorities hold among tasks of a stage that need
// different things, too.
func highFirstOfAllNeeds(t *testing.T, b *bundle) {
	b.can = []vod.Capability{vod.CanHEVC}
	l := b.line(vod.Encoding, "first", "left")
	b.submit(l.e, twice)
	l.begin()
	var low []string
	for i := range 4 {
		low = append(low, b.ask(l.e, request{profile: []string{hevc, twice}[i%2], priority: vod.Low}))
		l.await(i + 1)
	}
	high := []string{
		b.ask(l.e, request{profile: hevc, priority: vod.High}), b.ask(l.e, request{profile: twice, priority: vod.High}),
	}
	l.await(len(low) + len(high))
	order := l.drain(len(low) + len(high))
	for _, id := range high {
		if at := slices.Index(order, id); at >= len(high)+1 { // The first look may be one too early.
			t.Errorf("a HIGH one began as number %d of %v", at+1, order)
		}
	}
}

// needsWaitForWhoCan: what this process cannot do waits, says for what, and goes
// on when one comes that can. What it can do goes on beside it.
func needsWaitForWhoCan(t *testing.T, b *bundle) {
	e := b.engine()
	id := b.submit(e, hevc)
	task := b.await(id, "ready to be encoded", func(r vod.Run) bool { return len(r.Tasks) == 2 }).Tasks[1]
	b.end(b.submit(e, forked), vod.Completed)
	ready := plan.Ready{TaskID: task.ID, IngestID: id, Tenant: tenant, Stage: task.Stage, Needs: []vod.Capability{vod.CanHEVC}}
	if why := e.Waiting(t.Context(), ready); !strings.Contains(why, "hevc") {
		t.Errorf("it waits because of %q", why)
	}
	if s := b.run(id).Tasks[1].Status; s != vod.TaskPending {
		t.Errorf("the encode is %s", s)
	}
	b.can = []vod.Capability{vod.CanHEVC}
	b.engine()
	b.attempts(b.end(id, vod.Completed).Tasks[1], 1)
}

// outage: while the engine's service is down ingests are accepted and cancelled
// without delay; when it is back they go on, what ran included.
func outage(t *testing.T, b *bundle) {
	g := newGate()
	b.script.on("left", g.deaf)
	e := b.engine()
	ran, cancelled := b.submit(e, forked), b.submit(e, forked)
	for range 2 {
		receive(t, "the start", g.begun)
	}
	down, ok := e.(interface {
		Outage(t testing.TB) (end func())
	})
	if !ok {
		t.Fatal("the engine has no method Outage")
	}
	end := down.Outage(t)
	began := time.Now()
	accepted := b.submit(e, forked)
	b.cancel(e, cancelled)
	if took := time.Since(began); took > wakeAtMost {
		t.Errorf("the requests took %s", took)
	}
	g.opened <- nil
	g.opened <- nil
	b.await(ran, "recorded on the left", func(r vod.Run) bool { return r.Tasks[1].Status == vod.TaskCompleted })
	b.script.on("left", nil)
	end()
	b.end(accepted, vod.Completed)
	b.attempts(b.end(ran, vod.Completed).Tasks[1], 1)
	b.end(cancelled, vod.Cancelled)
}

// unwoken: what was accepted by a server that died before it could wake the
// engine is found all the same: an ingest, a new priority, a cancel.
func unwoken(t *testing.T, b *bundle) {
	l := b.line(vod.Retrieval, "fetch")
	runs := b.ingest(forked)
	l.begin()
	waits := b.submit(l.e, forked)
	l.await(1)
	b.must(b.store.IngestChange(t.Context(), waits, raise))
	l.awaitLevel(waits, 1)
	b.must(b.store.IngestChange(t.Context(), runs, plan.Cancel))
	b.end(runs, vod.Cancelled)
	l.begin()
	l.opened <- nil
	b.end(waits, vod.Completed)
}
