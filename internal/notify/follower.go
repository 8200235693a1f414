package notify

import (
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/store"
)

// atOnce bounds what one call of Next gives, and so what a follower holds.
const atOnce = 64

// Follower is a place in the history of a tenant. Next is for one goroutine.
type Follower struct {
	hub    *Hub
	of     *history
	holder string
	filter Filter
	at     uint64 // changes up to here are known
	missed bool   // and not all of these
	leave  sync.Once
}

// Event is a change with the id under which it is followed on.
type Event struct {
	ID     string
	Change store.Change
}

// Batch is what happened since the one before.
type Batch struct {
	// Missed tells that changes are not known any more: anything may have
	// changed. Then there are no events.
	Missed bool
	// Events are the changes, each thing once, as its last one; it is created
	// where the follower did not hear of it before.
	Events []Event
	// From is the id of what the follower knew before.
	From string
	// At is the id of what the follower knows now. It also moves by changes that
	// the filter does not select.
	At string
	// Rest tells that there is more to read already. Else More is closed once
	// there is.
	Rest bool
	More <-chan struct{}
}

// Next gives what happened since it was last called. It does not wait.
func (f *Follower) Next() Batch {
	f.hub.mu.Lock()
	defer f.hub.mu.Unlock()
	if f.at < f.of.floor {
		f.at, f.missed = f.of.seq, true
	}
	before := f.at
	b := Batch{Missed: f.missed, From: f.of.id(before)}
	for i := f.of.after(f.at); !f.missed && i < len(f.of.entries) && len(b.Events) < atOnce; i++ {
		e := &f.of.entries[i]
		f.at = e.seq
		if e.void || !f.filter.selects(e.change) {
			continue
		}
		c := e.change
		if c.What == store.Updated && e.created > before {
			c.What = store.Created
		}
		b.Events = append(b.Events, Event{f.of.id(e.seq), c})
	}
	f.missed = false
	if len(b.Events) < atOnce {
		f.at = f.of.seq
	}
	b.At, b.Rest = f.of.id(f.at), f.at < f.of.seq
	if f.of.wake == nil {
		f.of.wake = make(chan struct{})
	}
	b.More = f.of.wake
	return b
}

// Done is closed when the hub is.
func (f *Follower) Done() <-chan struct{} { return f.hub.done }

// Close ends following. It may be called again.
func (f *Follower) Close() { f.leave.Do(func() { f.hub.leave(f) }) }
