package engine

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// recordWhileStopping is how long an attempt's end is tried to be recorded when
// the server stops. What cannot be recorded by then is lost with the process
// and taken up after its start. While the server runs there is no limit: the
// work is done, and a task that nobody runs must not stay TASK_RUNNING.
const recordWhileStopping = 5 * time.Second

// record writes how the attempt ended, and what that makes of the ingest.
func (a *attempt) record(ctx context.Context, o plan.Outcome) (State, error) {
	recording, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), vod.ErrStopping) {
			time.AfterFunc(recordWhileStopping, giveUp)
		}
	})()
	finish := func(p *plan.Plan, run *vod.Run) error {
		return p.Finish(run, a.task.ID, a.task.Attempt, o, a.x.Now())
	}
	unsure := false // whether a try before this one was committed although it failed
	recording, recorded := tracing.Child(recording, "store.record")
	state, err := backoff.Retry(recording, func() (State, error) {
		state, err := a.x.change(recording, a.ingest.ID, finish)
		switch {
		case unsure && errors.Is(err, plan.ErrStale):
			return a.x.Advance(recording, a.ingest.ID) // It was, or the attempt was taken away: the store knows.
		case errors.Is(err, plan.ErrStale) || vod.CodeOf(err) == vod.NotFound:
			return state, backoff.Permanent(err)
		case err != nil:
			unsure = true
			a.log.Error("cannot record how the attempt ended; trying again", "error", err)
		}
		return state, err
	}, backoff.WithMaxElapsedTime(0))
	recorded(err)
	return state, err
}
