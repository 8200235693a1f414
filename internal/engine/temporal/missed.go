package temporal

import (
	"sync"
	"time"
)

// missed remembers the ingests whose wake has failed, and whether Temporal is
// worth a try.
type missed struct {
	mu     sync.Mutex
	ids    map[string]bool
	failed time.Time // when Temporal did not answer last
}

func newMissed() *missed { return &missed{ids: map[string]bool{}} }

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
