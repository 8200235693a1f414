package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/metrics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	cleanEvery = 10 * time.Minute
	// orphanAfter is how long files that no task has recorded are left alone: an
	// attempt under way has not recorded its own yet.
	orphanAfter = time.Hour
)

// clean removes what nobody needs any more, from time to time.
func (a *App) clean(ctx context.Context) {
	ticker := time.NewTicker(cleanEvery)
	defer ticker.Stop()
	for {
		a.sweep(ctx, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *App) sweep(ctx context.Context, now time.Time) {
	n, err := a.uploads.Sweep(now)
	if err != nil {
		a.log.Warn("cannot sweep all uploads", "error", err)
	}
	if n > 0 {
		a.metrics.Swept(metrics.SweptUpload, n)
		a.log.Info("uploads swept", "removed", n)
	}
	for attempt, err := range a.locations.Attempts() {
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			a.log.Warn("cannot look for orphans", "error", err)
			continue
		}
		orphan, err := a.isOrphan(ctx, attempt, now)
		if err == nil && orphan {
			if err = a.locations.Remove(attempt); err == nil {
				a.metrics.Swept(metrics.SweptOrphan, 1)
				a.log.Info("orphan removed", "task", attempt.TaskID, "attempt", attempt.Number)
			}
		}
		if err != nil {
			a.log.Warn("cannot sweep", "task", attempt.TaskID, "attempt", attempt.Number, "error", err)
		}
	}
}

// isOrphan tells whether the attempt's folder is old and recorded by no task.
// The store is asked first: looking at every file is what costs.
func (a *App) isOrphan(ctx context.Context, attempt location.Attempt, now time.Time) (bool, error) {
	task, err := a.store.TaskGet(ctx, attempt.TaskID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return false, err
	}
	if task.Status == vod.TaskRunning && task.Attempt == attempt.Number {
		return false, nil
	}
	outputs, err := task.OutputFilesets()
	if err != nil || slices.ContainsFunc(outputs, func(fs vod.Fileset) bool { return holds(attempt, fs) }) {
		return false, err
	}
	modified, err := attempt.ModTime()
	return err == nil && now.Sub(modified) >= orphanAfter, err
}

func holds(attempt location.Attempt, fs vod.Fileset) bool {
	return slices.ContainsFunc(fs.Files, func(f vod.File) bool { return attempt.Holds(f.URI) })
}

// uploadInUse tells whether an ingest that is not over reads the upload.
func (a *App) uploadInUse(tenant, id string) (bool, error) {
	ctx := a.background
	ids, err := a.store.IngestUnfinished(ctx)
	if err != nil {
		return false, err
	}
	for _, ingestID := range ids {
		run, err := a.store.IngestGet(ctx, tenant, ingestID)
		if err != nil && vod.CodeOf(err) != vod.NotFound {
			return false, err
		}
		if strings.Contains(string(run.Ingest.Input), `"upload:`+id+`"`) {
			return true, nil
		}
	}
	return false, nil
}
