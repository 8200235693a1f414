package local

import (
	"container/heap"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
)

// entry is a task that waits, with its place among those of its stage.
type entry struct {
	plan.Ready
	arrival uint64
	since   time.Time // when it might have started at the earliest, had there been a slot
}

// before: by level, else first come, first served.
func (e entry) before(other entry) bool {
	if e.Level != other.Level {
		return e.Level < other.Level
	}
	return e.arrival < other.arrival
}

// queue holds the waiting tasks of a stage, each once. Those that must wait
// for a time stand apart until it has come.
type queue struct {
	due    order
	timed  order
	queued map[string]bool // by task id
}

func newQueue() *queue {
	return &queue{
		due:    order{before: entry.before},
		timed:  order{before: func(a, b entry) bool { return a.NotBefore.Before(b.NotBefore) }},
		queued: map[string]bool{},
	}
}

func (q *queue) push(r plan.Ready, arrival uint64) {
	if q.queued[r.TaskID] {
		return
	}
	q.queued[r.TaskID] = true
	since := time.Now()
	if r.NotBefore.After(since) {
		since = r.NotBefore
	}
	heap.Push(&q.timed, entry{r, arrival, since})
}

// ripen moves the tasks whose time has come; next is when to look again, zero
// for never.
func (q *queue) ripen(now time.Time) (next time.Time) {
	for q.timed.Len() > 0 && !q.timed.entries[0].NotBefore.After(now) {
		heap.Push(&q.due, heap.Pop(&q.timed))
	}
	if q.timed.Len() > 0 {
		next = q.timed.entries[0].NotBefore
	}
	return next
}

// pop gives the first task whose time has come.
func (q *queue) pop() (plan.Ready, bool) {
	if q.due.Len() == 0 {
		return plan.Ready{}, false
	}
	first, _ := heap.Pop(&q.due).(entry)
	delete(q.queued, first.TaskID)
	return first.Ready, true
}

// drop forgets the waiting tasks of an ingest.
func (q *queue) drop(ingestID string) {
	for _, o := range []*order{&q.due, &q.timed} {
		kept := o.entries[:0]
		for _, e := range o.entries {
			if e.IngestID == ingestID {
				delete(q.queued, e.TaskID)
			} else {
				kept = append(kept, e)
			}
		}
		o.entries = kept
		heap.Init(o)
	}
}

// ahead tells how many tasks go before this one, -1 if it is not due.
func (q *queue) ahead(taskID string) int {
	for _, e := range q.due.entries {
		if e.TaskID == taskID {
			n := 0
			for _, other := range q.due.entries {
				if other.before(e) {
					n++
				}
			}
			return n
		}
	}
	return -1
}

// order is a heap of entries.
type order struct {
	entries []entry
	before  func(a, b entry) bool
}

func (o *order) Len() int           { return len(o.entries) }
func (o *order) Less(i, j int) bool { return o.before(o.entries[i], o.entries[j]) }
func (o *order) Swap(i, j int)      { o.entries[i], o.entries[j] = o.entries[j], o.entries[i] }

// Push implements [heap.Interface].
func (o *order) Push(x any) {
	e, _ := x.(entry)
	o.entries = append(o.entries, e)
}

// Pop implements [heap.Interface].
func (o *order) Pop() any {
	last := len(o.entries) - 1
	e := o.entries[last]
	o.entries = o.entries[:last]
	return e
}
