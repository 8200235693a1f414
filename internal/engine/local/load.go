package local

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Load tells what every stage has to do now.
func (e *Engine) Load() map[vod.Stage]engine.Load {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, all := time.Now(), map[vod.Stage]engine.Load{}
	for stage, q := range e.queues {
		slots := max(1, e.Slots[stage])
		load := engine.Load{Slots: slots, Running: slots - e.free[stage]}
		for _, entry := range q.waiting {
			if !entry.due && entry.NotBefore.After(now) {
				load.Delayed++
				continue
			}
			load.Ready++ // Even if the dispatcher has not looked yet.
			load.Oldest = earliest(load.Oldest, entry.since)
		}
		if e.holds(stage) {
			load.Held, load.Ready = load.Ready, 0
		}
		all[stage] = load
	}
	return all
}
