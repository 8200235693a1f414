package temporal

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Load tells what this process runs of every stage. What waits is one for all
// processes; a process that accepts ingests tells of it, as far as Temporal
// does: those that wait for the time of their next attempt are not counted.
func (e *Engine) Load() map[vod.Stage]engine.Load {
	all := map[vod.Stage]engine.Load{}
	for _, stage := range vod.Stages() {
		var load engine.Load
		s := e.slots[stage]
		if s != nil {
			load.Slots, load.Running = s.load()
		}
		if e.Sweep > 0 {
			e.addBacklog(stage, &load)
		}
		if s != nil && s.held() != "" {
			load.Held, load.Ready = load.Ready, 0
		}
		all[stage] = load
	}
	return all
}

func (e *Engine) addBacklog(stage vod.Stage, load *engine.Load) {
	for _, queue := range queueNames(e.Prefix, stage, vod.Capabilities()) {
		w, err := e.backlog.of(context.Background(), queue)
		if err != nil {
			return // The other queues' would not come either.
		}
		load.Ready += w.count
		if !w.oldest.IsZero() && (load.Oldest.IsZero() || w.oldest.Before(load.Oldest)) {
			load.Oldest = w.oldest
		}
	}
}
