package temporal

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/worker"
)

// slots are those of one stage in this process, shared by all its queues. A
// queue is polled while there is a free slot; the slot is taken when a task has
// come. So the polls of several queues may together bring more tasks than there
// are slots: what finds none is given back at once, to be delivered elsewhere.
// A single queue never asks for more than it has slots for.
type slots struct {
	total int
	held  func() string // why no task of this stage may start now; empty when it may
	poll  time.Duration // how often held is asked, and what waits

	backlog *backlog
	looking sync.Mutex // held while the backlogs are looked at
	queues  []string

	mu      sync.Mutex
	running int
	changed chan struct{} // closed, and made anew, when a slot may have become free
}

// queue is one task queue of the stage, to the SDK a supplier of slots.
type queue struct {
	*slots
	name string
	// Both are guarded by the lock of slots.
	permits int // given to the SDK, for a poll or a task
	used    int // of these, by tasks that run
}

var (
	_ worker.SlotSupplier = (*queue)(nil)
	_ worker.WorkerTuner  = (*queue)(nil)
)

// ReserveSlot waits until the queue may be polled.
func (q *queue) ReserveSlot(ctx context.Context, _ worker.SlotReservationInfo) (*worker.SlotPermit, error) {
	for {
		changed, granted := q.permit(q.first(ctx, q.name))
		if granted {
			return &worker.SlotPermit{}, nil
		}
		timer := time.NewTimer(q.poll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		case <-changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (q *queue) permit(first bool) (changed <-chan struct{}, granted bool) {
	held := q.held() != ""
	q.mu.Lock()
	defer q.mu.Unlock()
	if first && !held && q.running+q.permits-q.used < q.total {
		q.permits++
		return nil, true
	}
	return q.changed, false
}

// TryReserveSlot gives none: it is for tasks that skip the queue.
func (q *queue) TryReserveSlot(worker.SlotReservationInfo) *worker.SlotPermit { return nil }

// MarkSlotUsed does nothing; see [queue.take].
func (q *queue) MarkSlotUsed(worker.SlotMarkUsedInfo) {}

// ReleaseSlot takes back what ReserveSlot gave.
func (q *queue) ReleaseSlot(worker.SlotReleaseInfo) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.permits--
	q.tell()
}

// MaxSlots tells that there is no limit of this queue alone.
func (q *queue) MaxSlots() int { return 0 }

// take takes a slot for a task that has come. It gives false when there is none,
// or when no task of the stage may start.
func (q *queue) take() (release func(), ok bool) {
	held := q.held() != ""
	q.mu.Lock()
	defer q.mu.Unlock()
	if held || q.running >= q.total {
		return nil, false
	}
	q.running++
	q.used++
	q.backlog.forget(q.name)
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.running--
		q.used--
		q.tell()
	}, true
}

// GetActivityTaskSlotSupplier implements [worker.WorkerTuner]. Nothing but
// activities is taken from the queue, so the other kinds need no slots.
func (q *queue) GetActivityTaskSlotSupplier() worker.SlotSupplier { return q }

// GetWorkflowTaskSlotSupplier implements [worker.WorkerTuner].
func (q *queue) GetWorkflowTaskSlotSupplier() worker.SlotSupplier { return q }

// GetLocalActivitySlotSupplier implements [worker.WorkerTuner].
func (q *queue) GetLocalActivitySlotSupplier() worker.SlotSupplier { return q }

// GetNexusSlotSupplier implements [worker.WorkerTuner].
func (q *queue) GetNexusSlotSupplier() worker.SlotSupplier { return q }

// GetSessionActivitySlotSupplier implements [worker.WorkerTuner].
func (q *queue) GetSessionActivitySlotSupplier() worker.SlotSupplier { return q }

// tell lets all that wait look again. The caller holds the lock.
func (s *slots) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// load tells how many slots there are, and how many of them are taken.
func (s *slots) load() (total, running int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total, s.running
}
