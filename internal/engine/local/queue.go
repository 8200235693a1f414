package local

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
)

// entry is a task that waits, with its place among those of its stage.
type entry struct {
	plan.Ready
	arrival uint64
	since   time.Time // when it might have started at the earliest, had there been a slot
	due     bool      // it stands in a line; else its time has not come
	held    string    // why it was not begun when it was its turn; empty if it was not held back
}

// line says which tasks stand in a line: those of one tenant on one level.
type line struct {
	level  int
	tenant string
}

// queue holds the waiting tasks of a stage, each once. Those that must wait for
// a time stand apart until it has come; the others stand in lines, first come,
// first served. Which line is next is told by the level, then by whose turn it
// is.
type queue struct {
	waiting map[string]*entry // by task id
	timed   order             // those whose time has not come, by that time
	rising  order             // those that are going to rise, by when
	lines   map[line]order    // those that are due; no line is empty
	turns   turns
}

func newQueue() *queue {
	return &queue{
		waiting: map[string]*entry{}, lines: map[line]order{}, turns: turns{of: map[string]turn{}},
		timed: order{compare: byTime}, rising: order{compare: byRise},
	}
}

// push takes a task in. Of one that waits already, only its level is changed: it
// keeps its place among those of its new level.
func (q *queue) push(r plan.Ready, arrival uint64) {
	if known := q.waiting[r.TaskID]; known != nil {
		q.change(known, r)
		return
	}
	since := time.Now()
	if r.NotBefore.After(since) {
		since = r.NotBefore
	}
	e := &entry{Ready: r, arrival: arrival, since: since}
	q.waiting[r.TaskID] = e
	q.timed.put(e)
	if !e.RaiseAt.IsZero() {
		q.rising.put(e)
	}
}

// change gives a waiting task another level.
func (q *queue) change(e *entry, to plan.Ready) {
	due := e.due
	if due {
		q.leave(e)
	}
	q.rising.remove(e)
	e.Level, e.RaiseAt = to.Level, to.RaiseAt
	if !e.RaiseAt.IsZero() {
		q.rising.put(e)
	}
	if due {
		q.join(e)
	}
}

// join has a task stand in its line, and leave takes it out.
func (q *queue) join(e *entry) {
	at := line{e.Level, e.Tenant}
	o, ok := q.lines[at]
	if !ok {
		o.compare = byArrival
	}
	o.put(e)
	q.lines[at], e.due = o, true
}

func (q *queue) leave(e *entry) {
	at := line{e.Level, e.Tenant}
	o := q.lines[at]
	o.remove(e)
	e.due = false
	if len(o.entries) > 0 {
		q.lines[at] = o
	} else {
		delete(q.lines, at)
	}
}

// ripen moves the tasks whose time has come, and raises those that are due soon
// by now; next is when to look again, zero for never.
func (q *queue) ripen(now time.Time) (next time.Time) {
	for e := q.timed.first(); e != nil && !e.NotBefore.After(now); e = q.timed.first() {
		q.timed.remove(e)
		q.join(e)
	}
	for e := q.rising.first(); e != nil && !e.RaiseAt.After(now); e = q.rising.first() {
		q.change(e, e.Raised(now))
	}
	if e := q.timed.first(); e != nil {
		next = e.NotBefore
	}
	if e := q.rising.first(); e != nil {
		next = earliest(next, e.RaiseAt)
	}
	return next
}

// pop gives the task that is next, which is now running; see [queue.ended].
func (q *queue) pop() (plan.Ready, bool) {
	e := q.next()
	if e == nil {
		return plan.Ready{}, false
	}
	q.remove(e)
	q.turns.begin(e.Tenant)
	return e.Ready, true
}

// next is the first task of the line that is next; nil if none is due.
func (q *queue) next() (best *entry) {
	for _, o := range q.lines {
		if first := o.first(); best == nil || q.turns.compare(first, best) < 0 {
			best = first
		}
	}
	return best
}

// ended tells that a task that was popped runs no more.
func (q *queue) ended(tenant string) { q.turns.end(tenant, len(q.waiting) == 0) }

// drop forgets the waiting tasks of an ingest.
func (q *queue) drop(ingestID string) {
	for _, e := range q.waiting {
		if e.IngestID == ingestID {
			q.remove(e)
		}
	}
}

func (q *queue) remove(e *entry) {
	if e.due {
		q.leave(e)
	}
	q.timed.remove(e)
	q.rising.remove(e)
	delete(q.waiting, e.TaskID)
}

// order is a list of entries that is kept sorted.
type order struct {
	entries []*entry
	compare func(a, b *entry) int // 0 for an entry and itself alone
}

func (o *order) first() *entry {
	if len(o.entries) == 0 {
		return nil
	}
	return o.entries[0]
}

func (o *order) put(e *entry) {
	at, _ := slices.BinarySearchFunc(o.entries, e, o.compare)
	o.entries = slices.Insert(o.entries, at, e)
}

// remove takes an entry out, if it is there.
func (o *order) remove(e *entry) {
	if at, found := slices.BinarySearchFunc(o.entries, e, o.compare); found {
		o.entries = slices.Delete(o.entries, at, at+1)
	}
}

func byArrival(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.arrival, b.arrival), strings.Compare(a.TaskID, b.TaskID))
}

func byTime(a, b *entry) int {
	return cmp.Or(a.NotBefore.Compare(b.NotBefore), strings.Compare(a.TaskID, b.TaskID))
}

func byRise(a, b *entry) int {
	return cmp.Or(a.RaiseAt.Compare(b.RaiseAt), strings.Compare(a.TaskID, b.TaskID))
}
