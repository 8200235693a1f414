package metrics

import "sync"

// others stands for every name past the limit.
const others = "other"

// names lets the first so many different names pass, and makes one of all that
// come later: each is kept in memory, and by the monitoring, for ever.
type names struct {
	limit int
	mu    sync.Mutex
	known map[string]bool
}

func newNames(limit int) *names { return &names{limit: limit, known: map[string]bool{}} }

// bound gives the name, or others.
func (n *names) bound(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known[name] {
		if len(n.known) >= n.limit {
			return others
		}
		n.known[name] = true
	}
	return name
}
