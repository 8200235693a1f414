package local

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/engine"
)

// takeUp wakes the ingests that the last process left, until Stop. Those that
// somebody else has woken by then were taken up with that.
func (e *Engine) takeUp(ids []string) {
	for _, id := range ids {
		select {
		case <-e.quit:
			return
		default:
		}
		if e.lostSince(id) == 0 {
			continue
		}
		if err := e.Wake(e.work, id); err != nil {
			e.Log.Error("cannot take up the ingest; trying again", "ingest", id, "error", err)
		}
	}
	if len(ids) > 0 {
		e.Log.Info("took up unfinished ingests", "count", len(ids))
	}
}

// advance asks the store where the ingest stands. The first time after Start it
// takes back what the last process was running: never again, because by then
// this one may be. arrival is the place that such an ingest has had since Start,
// 0 for all others.
func (e *Engine) advance(ctx context.Context, ingestID string) (state engine.State, arrival uint64, err error) {
	if e.lostSince(ingestID) > 0 {
		e.takingUp.Lock()
		defer e.takingUp.Unlock()
		arrival = e.lostSince(ingestID)
	}
	if arrival == 0 {
		state, err = e.Operations.Advance(ctx, ingestID)
		return state, 0, err
	}
	if state, err = e.Operations.Recover(ctx, ingestID); err == nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.lost, ingestID)
	}
	return state, arrival, err
}

func (e *Engine) lostSince(ingestID string) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lost[ingestID]
}
