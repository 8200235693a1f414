// Package presence has a process that runs tasks tell the store that it is
// there, so that people see it and work is sent where it can be done.
package presence

import (
	"context"
	"log/slog"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// Every is how often a process tells of itself: a third of the time after
	// which it counts as lost.
	Every = vod.WorkerLost / 3
	// patience is how long the store may take.
	patience = 5 * time.Second
)

// Announcer tells of one process. All fields are required.
type Announcer struct {
	Store store.Workers
	// Describe is the process as it is now; ID is always the same.
	Describe func(ctx context.Context) vod.Worker
	Log      *slog.Logger
}

// Run tells of the process at once and again and again until the context is
// done, and then that it is gone. That the store cannot be reached ends nothing:
// the work itself will notice.
func (a *Announcer) Run(ctx context.Context) {
	ticker := time.NewTicker(Every)
	defer ticker.Stop()
	failing := false
	last := vod.Worker{}
	for {
		last = a.Describe(ctx)
		err := a.seen(ctx, last)
		switch {
		case ctx.Err() != nil:
		case err != nil && !failing:
			a.Log.Warn("cannot tell the store that this process is there; trying again", "worker", last.ID, "error", err)
		case err == nil && failing:
			a.Log.Info("the store knows again that this process is there", "worker", last.ID)
		}
		failing = err != nil
		select {
		case <-ticker.C:
		case <-ctx.Done():
			a.gone(ctx, last.ID)
			return
		}
	}
}

func (a *Announcer) seen(ctx context.Context, w vod.Worker) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return a.Store.WorkerSeen(ctx, w)
}

// gone is best effort: who is not heard of counts as lost anyway.
func (a *Announcer) gone(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := a.Store.WorkerGone(ctx, id); err != nil {
		a.Log.Info("cannot tell the store that this process is gone", "worker", id, "error", err)
	}
}
