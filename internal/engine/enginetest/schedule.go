package enginetest

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/scratch"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// twice is a pipeline that encodes in two steps, one after the other.
const twice = `
retrieval:
  - filesetFilter: initialInput
    retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
    filesetLabelOut: retrieved
encoding:
  - filesetFilter: retrieved
    encodingProfile: {name: first, type: FFMPEG, targetLocation: {name: store}}
    filesetLabelOut: first
  - filesetFilter: first
    encodingProfile: {name: second, type: FFMPEG, targetLocation: {name: store}}
    filesetLabelOut: second
packaging:
  - filesetFilter: second
    packagingProfile: {name: pack, type: CMAF, targetLocation: {name: store}}
    filesetLabelOut: packaged
`

// line is a stage of one slot whose tasks begin one after the other, each when
// the case says so.
type line struct {
	*gate
	b     *bundle
	e     engine.Engine
	stage vod.Stage
}

// line starts an engine with one slot in the stage, whose steps of these names
// wait for the case.
func (b *bundle) line(stage vod.Stage, names ...string) *line {
	b.t.Helper()
	b.slots = map[vod.Stage]int{stage: 1}
	l := &line{gate: newGate(), b: b, stage: stage}
	for _, name := range names {
		b.script.on(name, l.act)
	}
	l.e = b.engine()
	return l
}

// begin waits for the next task to begin.
func (l *line) begin() step.Job {
	l.b.t.Helper()
	return receive(l.b.t, "the next task of the stage", l.begun)
}

// await waits until n tasks wait for the slot.
func (l *line) await(n int) {
	l.b.t.Helper()
	loaded, ok := l.e.(interface {
		Load() map[vod.Stage]engine.Load
	})
	if !ok {
		l.b.t.Fatal("the engine has no method Load")
	}
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); ; <-ticker.C {
		load := loaded.Load()[l.stage]
		if load.Ready == n {
			return
		}
		if time.Now().After(deadline) {
			l.b.t.Fatalf("it does not come that %d tasks wait: %+v", n, load)
		}
	}
}

// awaitLevel waits until the engine has the ingest's waiting task at the level,
// where it can be late with that.
func (l *line) awaitLevel(ingestID string, level int) {
	l.b.t.Helper()
	if e, ok := l.e.(interface {
		AwaitLevel(t testing.TB, ingestID string, level int)
	}); ok {
		e.AwaitLevel(l.b.t, ingestID, level)
	}
}

// drain lets n tasks run, the one that has begun first, and gives the ingests
// of those that begin after it, in their order.
func (l *line) drain(n int) (order []string) {
	l.b.t.Helper()
	for range n {
		l.opened <- nil
		order = append(order, l.begin().IngestID)
	}
	l.opened <- nil
	return order
}

// highFirst: what is HIGH, or due soon, goes before what is NORMAL, and that
// before what is LOW, whenever they came.
func highFirst(t *testing.T, b *bundle) {
	l := b.line(vod.Retrieval, "fetch")
	l.b.submit(l.e, forked)
	l.begin()
	low := b.ask(l.e, request{profile: forked, priority: vod.Low})
	l.await(1)
	normal := b.submit(l.e, forked)
	l.await(2)
	high := b.ask(l.e, request{profile: forked, priority: vod.High})
	l.await(3)
	due := b.ask(l.e, request{profile: forked, priority: vod.Low, due: vod.Now().Add(vod.DueSoon / 2)})
	l.await(4)
	want := []string{high, due, normal, low}
	if got := l.drain(4); !slices.Equal(got, want) {
		t.Errorf("began %v, want %v", got, want)
	}
	b.end(low, vod.Completed)
}

// finishFirst: the second encode of an ingest goes before the first of one that
// was accepted before it was ready.
func finishFirst(t *testing.T, b *bundle) {
	l := b.line(vod.Encoding, "first", "second")
	begun := b.submit(l.e, twice)
	l.begin()
	other := b.submit(l.e, twice)
	l.await(1)
	last := b.submit(l.e, twice)
	l.await(2)
	l.opened <- nil // Its second encode may come too late for the slot that this frees.
	next := l.begin()
	l.await(2)
	order := append([]string{next.IngestID}, l.drain(4)...)
	second := slices.Index(order, begun)
	if second < 0 || second > 1 || slices.Index(order, last) < second {
		t.Errorf("began %v; %s was to be finished before %s begins", order, begun, last)
	}
	for _, id := range []string{begun, other, last} {
		b.end(id, vod.Completed)
	}
}

// fairShares: a tenant with few tasks does not wait behind all of one with
// many. The bound is what a service of many machines can hold: of thirteen, its
// three have begun with the eighth.
func fairShares(t *testing.T, b *bundle) {
	const many, few, within = 10, 3, 8
	l := b.line(vod.Retrieval, "fetch")
	b.submit(l.e, forked)
	l.begin()
	for i := range many {
		b.submit(l.e, forked)
		l.await(i + 1)
	}
	var others []string
	for i := range few {
		others = append(others, b.ask(l.e, request{profile: forked, tenant: "other"}))
		l.await(many + i + 1)
	}
	order := l.drain(many + few)
	for _, id := range others {
		if at := slices.Index(order, id); at >= within {
			t.Errorf("a task of the tenant with %d began as number %d of %d", few, at+1, many+few)
		}
	}
}

// raisedWhileQueued: what waits behind others goes first when its priority is
// raised. The bound leaves an engine of many machines time to hear of it.
func raisedWhileQueued(t *testing.T, b *bundle) {
	overtakes(t, b, raise)
}

// raise makes an ingest go first.
func raise(run *vod.Run) error {
	run.Ingest.Priority = vod.High
	return nil
}

// dueSoonWhileQueued: so it does when it gets a due time that is near.
func dueSoonWhileQueued(t *testing.T, b *bundle) {
	overtakes(t, b, func(run *vod.Run) error {
		run.Ingest.Due = vod.Now().Add(time.Minute)
		return nil
	})
}

func overtakes(t *testing.T, b *bundle, change func(*vod.Run) error) {
	const ahead, within = 6, 3
	l := b.line(vod.Retrieval, "fetch")
	b.submit(l.e, forked)
	l.begin()
	late := b.ask(l.e, request{profile: forked, priority: vod.Low})
	l.await(1)
	for i := range ahead {
		b.submit(l.e, forked)
		l.await(i + 2)
	}
	b.must(b.store.IngestChange(t.Context(), late, change))
	b.must(l.e.Wake(t.Context(), late))
	l.awaitLevel(late, 1)
	order := l.drain(ahead + 1)
	if at := slices.Index(order, late); at >= within {
		t.Errorf("it began as number %d of %d", at+1, ahead+1)
	}
	b.attempts(b.end(late, vod.Completed).Tasks[0], 1)
}

// changedWhileRunning: a change of the priority disturbs nothing that runs, and
// what runs can be cancelled after it.
func changedWhileRunning(t *testing.T, b *bundle) {
	g := newGate()
	b.script.on("fetch", g.act)
	e := b.engine()
	ids := []string{b.submit(e, forked), b.submit(e, forked)}
	for range ids {
		receive(t, "the start", g.begun)
	}
	for _, priority := range []vod.Priority{vod.High, vod.Low} {
		for _, id := range ids {
			b.must(b.store.IngestChange(t.Context(), id, func(run *vod.Run) error {
				run.Ingest.Priority = priority
				return nil
			}))
			b.must(e.Wake(t.Context(), id))
		}
	}
	b.cancel(e, ids[0])
	b.attempts(b.end(ids[0], vod.Cancelled).Tasks[0], 1)
	g.opened <- nil
	b.attempts(b.end(ids[1], vod.Completed).Tasks[0], 1)
}

// noRoom: a task for which there is no room in the scratch folder waits; that
// is no attempt.
func noRoom(t *testing.T, b *bundle) {
	full := atomic.Int32{}
	full.Store(2) // times
	b.reserve = func(int64) (func(), error) {
		if full.Add(-1) >= 0 {
			return nil, &scratch.FullError{Sentence: "There is no room in the scratch folder."}
		}
		return func() {}, nil
	}
	run := b.end(b.submit(b.engine(), forked), vod.Completed)
	for _, task := range run.Tasks {
		b.attempts(task, 1)
	}
	if full.Load() >= 0 {
		t.Error("nothing asked for room")
	}
}
