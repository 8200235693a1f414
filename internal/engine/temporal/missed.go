package temporal

import (
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A workflow takes ten thousand signals in its life. So this process sends one
// so many at once, and later one in so long a time; what comes in between is
// told together, when missed wakes are made good.
const (
	tellAtOnce = 10
	tellEvery  = 10 * time.Second
)

// missed remembers the ingests whose wake has failed or was put off, and whether
// Temporal is worth a try.
type missed struct {
	mu     sync.Mutex
	ids    map[string]bool
	told   map[string]*rate.Limiter // of workflows that were told something lately
	swept  time.Time                // when told was looked through last
	failed time.Time                // when Temporal did not answer last
}

func newMissed() *missed { return &missed{ids: map[string]bool{}, told: map[string]*rate.Limiter{}} }

// due tells whether the ingest's workflow may be told now, and notes that it is.
func (m *missed) due(ingestID string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); now.Sub(m.swept) > tellEvery {
		m.swept = now
		maps.DeleteFunc(m.told, func(_ string, l *rate.Limiter) bool { return l.Tokens() >= tellAtOnce })
	}
	limit, known := m.told[ingestID]
	if !known {
		limit = rate.NewLimiter(rate.Every(tellEvery), tellAtOnce)
		m.told[ingestID] = limit
	}
	return limit.Allow()
}

func (m *missed) add(ingestID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ids[ingestID] = true
}

// fail notes that Temporal did not answer.
func (m *missed) fail() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed = time.Now()
}

// down tells whether Temporal did not answer a moment ago.
func (m *missed) down() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.failed.IsZero() && time.Since(m.failed) < mendEvery
}

// take gives all that were missed, and forgets them.
func (m *missed) take() (ids []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.ids {
		ids = append(ids, id)
	}
	clear(m.ids)
	return ids
}
