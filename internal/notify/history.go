package notify

import (
	"crypto/rand"
	"slices"
	"sort"

	"github.com/via-orchestrate/orchestrate/internal/store"
)

// history is the last changes of one tenant. It is guarded by the hub's mutex.
//
// Changes are numbered by tenant: from numbers of all tenants one could count
// what others do.
type history struct {
	epoch string // tells the numbers of this history from those of any other
	seq   uint64 // of the last change
	floor uint64 // changes up to here are not all kept
	// entries have ascending numbers. One whose thing has changed again since is
	// void; there are at most as many of these as others, and one.
	entries []entry
	first   int              // entries before this one are void
	newest  map[thing]uint64 // number of the entry of each thing
	wake    chan struct{}    // closed at the next change; nil: nobody waits

	followers int
	used      uint64 // when the last follower went, by the hub's count
}

type thing struct {
	kind store.ChangeKind
	id   string
}

type entry struct {
	seq     uint64
	created uint64 // number under which the creation of the thing was told; 0: it was not
	void    bool
	change  store.Change
}

func newHistory() *history {
	return &history{epoch: rand.Text()[:12], newest: map[thing]uint64{}}
}

// add takes a change in, and gives up the oldest where more than kept are there.
func (h *history) add(c store.Change, kept int) {
	h.seq++
	e := entry{seq: h.seq, change: c}
	key := thing{c.Kind, c.ID}
	if seq, known := h.newest[key]; known {
		old := &h.entries[h.after(seq-1)]
		if c.What == store.Updated {
			e.created = old.created
		}
		*old = entry{seq: seq, void: true}
	}
	if c.What == store.Created {
		e.created = h.seq
	}
	h.newest[key] = h.seq
	h.entries = append(h.entries, e)
	if len(h.newest) > kept {
		h.drop()
	}
	if len(h.entries) > 2*len(h.newest) {
		h.entries, h.first = slices.DeleteFunc(h.entries, func(e entry) bool { return e.void }), 0
	}
}

// drop gives up the oldest change that is kept.
func (h *history) drop() {
	for h.entries[h.first].void {
		h.first++
	}
	oldest := &h.entries[h.first]
	h.floor = oldest.seq
	delete(h.newest, thing{oldest.change.Kind, oldest.change.ID})
	*oldest = entry{seq: oldest.seq, void: true}
}

// miss notes that anything may have changed.
func (h *history) miss() {
	h.seq++
	h.floor = h.seq
	h.entries, h.first = nil, 0
	clear(h.newest)
}

// after is the index of the first entry with a number above seq.
func (h *history) after(seq uint64) int {
	return sort.Search(len(h.entries), func(i int) bool { return h.entries[i].seq > seq })
}

// rouse wakes those who wait.
func (h *history) rouse() {
	if h.wake != nil {
		close(h.wake)
		h.wake = nil
	}
}
