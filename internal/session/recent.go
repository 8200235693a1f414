package session

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	remember   = 5 * time.Second // as minted tokens: so long may one work that was revoked
	remembered = 4096            // sessions; each takes about 1 kB
)

// recent remembers sessions that were just found good.
type recent struct {
	mu    sync.Mutex
	kept  *lru.Cache[string, kept] // by hash
	turns uint64                   // rises with every session that is dropped
}

type kept struct {
	session vod.Session
	until   time.Time
}

func newRecent() *recent {
	cache, err := lru.New[string, kept](remembered)
	if err != nil {
		panic(err) // Of a size below 1, which the constant is not.
	}
	return &recent{kept: cache}
}

func (c *recent) get(hash string, now time.Time) (vod.Session, bool) {
	k, ok := c.kept.Get(hash)
	return k.session, ok && now.Before(k.until)
}

// turn is to be asked before a session is looked up that is to be put here.
func (c *recent) turn() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.turns
}

// put remembers a session, unless one was dropped since the turn: it might be
// this one, read before it was removed.
func (c *recent) put(hash string, s vod.Session, now time.Time, turn uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turns == turn {
		c.kept.Add(hash, kept{s, now.Add(remember)})
	}
}

// drop forgets a session whose row is gone.
func (c *recent) drop(hash string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turns++
	c.kept.Remove(hash)
}
