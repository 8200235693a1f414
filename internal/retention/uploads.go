package retention

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// abortUploads gives up the uploads into buckets that no attempt goes on with:
// no listing of a bucket shows them, but they are paid for.
func (w *Worker) abortUploads(ctx context.Context) {
	for attempt, err := range w.Locations.Uploading(ctx, w.Now().Add(-store.OrphanAfter)) {
		running := false
		if err == nil {
			running, err = w.running(ctx, attempt)
		}
		if err == nil && !running {
			if err = w.Locations.AbortUploads(ctx, attempt); err == nil {
				w.Log.InfoContext(ctx, "uploads aborted", "task", attempt.TaskID, "attempt", attempt.Number)
			}
		}
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "cannot abort uploads", "task", attempt.TaskID, "attempt", attempt.Number, "error", err)
		}
	}
}

// running tells whether the attempt is at work.
func (w *Worker) running(ctx context.Context, a location.Attempt) (bool, error) {
	task, err := w.Store.TaskGet(ctx, a.TaskID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return false, err
	}
	return task.Status == vod.TaskRunning && task.Attempt == a.Number, nil
}
