package notify

import (
	"strconv"
	"strings"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// idleKept is how many histories are kept that nobody follows at the moment, so
// that who comes back finds its place again.
const idleKept = 64

// Config bounds a [Hub].
type Config struct {
	// Kept is how many changed things of each tenant are kept, at some 400 bytes
	// each; 0: 4096.
	Kept int
	// InAll is how many followers there may be; 0: any number.
	InAll int
}

// Hub passes changes on. Its methods are safe for concurrent use.
type Hub struct {
	config Config
	done   chan struct{}
	close  func()

	mu        sync.Mutex
	histories map[string]*history // of the tenants that are followed
	holders   map[string]int      // number of followers
	followers int
	uses      uint64
}

// New makes a hub.
func New(c Config) *Hub {
	if c.Kept == 0 {
		c.Kept = 4096
	}
	h := &Hub{config: c, done: make(chan struct{}), histories: map[string]*history{}, holders: map[string]int{}}
	h.close = sync.OnceFunc(func() { close(h.done) })
	return h
}

// Tell passes on what changed. It waits for nobody, and keeps nothing of a
// tenant that nobody follows.
func (h *Hub) Tell(changes []store.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range changes {
		if c.Kind == store.ChangeMissed {
			for _, kept := range h.histories {
				kept.miss()
				kept.rouse()
			}
			continue
		}
		if kept := h.histories[c.Tenant]; kept != nil {
			kept.add(c, h.config.Kept)
			kept.rouse()
		}
	}
}

// Close ends all followers. There are no new ones after it.
func (h *Hub) Close() { h.close() }

// Following is who wants to follow what.
type Following struct {
	Tenant string
	Holder string // whom the follower counts for
	Most   int    // how many the holder may have at once; 0: any number
	Filter Filter
	After  string // id of the last change that is known already; empty: follow from now on
}

// Filter selects changes. All fields that are not empty must hold.
type Filter struct {
	IngestID string // changes of this ingest alone
	AssetID  string // changes of ingests and of what plays of this asset
}

func (f Filter) selects(c store.Change) bool {
	return (f.IngestID == "" || c.Kind == store.ChangeIngest && c.ID == f.IngestID) && (f.AssetID == "" || c.AssetID == f.AssetID)
}

// Follow begins to follow. The follower must be closed. Too many followers of
// the holder are a RateLimited fault, too many in all and a hub that is closed
// an Unavailable one.
func (h *Hub) Follow(f Following) (*Follower, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.done:
		return nil, vod.Faultf(vod.Unavailable, "The server is stopping.")
	default:
	}
	if f.Most > 0 && h.holders[f.Holder] >= f.Most {
		return nil, vod.Faultf(vod.RateLimited, "There are %d open event streams of this caller, which is the most there may be.", f.Most)
	}
	if h.config.InAll > 0 && h.followers >= h.config.InAll {
		return nil, vod.Faultf(vod.Unavailable, "There are %d open event streams, which is the most that the server keeps.", h.config.InAll)
	}
	of := h.histories[f.Tenant]
	if of == nil {
		of = newHistory()
		h.histories[f.Tenant] = of
	}
	of.followers++
	h.holders[f.Holder]++
	h.followers++
	follower := &Follower{hub: h, of: of, holder: f.Holder, filter: f.Filter, at: of.seq}
	if f.After != "" {
		follower.at, follower.missed = of.place(f.After)
	}
	return follower, nil
}

// place is the number that an id stands for, or else the last one, with missed
// true: what happened in between is not known.
func (h *history) place(id string) (seq uint64, missed bool) {
	epoch, number, _ := strings.Cut(id, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil || epoch != h.epoch || seq > h.seq || seq < h.floor {
		return h.seq, true
	}
	return seq, false
}

func (h *history) id(seq uint64) string { return h.epoch + "-" + strconv.FormatUint(seq, 10) }

// leave counts a follower out.
func (h *Hub) leave(f *Follower) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.followers--
	if h.holders[f.holder]--; h.holders[f.holder] == 0 {
		delete(h.holders, f.holder)
	}
	h.uses++
	f.of.used = h.uses
	if f.of.followers--; f.of.followers == 0 {
		h.forget()
	}
}

// forget gives up the history that nobody has followed for longest, where there
// are too many of these.
func (h *Hub) forget() {
	idle, oldest := 0, ""
	for tenant, of := range h.histories {
		if of.followers > 0 {
			continue
		}
		if idle++; oldest == "" || of.used < h.histories[oldest].used {
			oldest = tenant
		}
	}
	if idle > idleKept {
		delete(h.histories, oldest)
	}
}
