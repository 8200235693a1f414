package retention

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// postpone is when a removal that failed is tried again.
const postpone = 10 * time.Minute

// batch is how many removals are carried out before they are noted as done.
const batch = 100

// Journal is what a Remover asks of the store.
type Journal interface {
	Removals(ctx context.Context, now time.Time, limit int) ([]store.Removal, error)
	RemovalsOf(ctx context.Context, ingestID string) ([]store.Removal, error)
	RemovalDone(ctx context.Context, done ...store.Removal) error
	RemovalPostpone(ctx context.Context, r store.Removal, due time.Time) error
	AttemptReused(ctx context.Context, taskID string, number int) (bool, error)
	TaskGet(ctx context.Context, taskID string) (vod.Task, error)
	IngestGet(ctx context.Context, tenant, id string) (vod.Run, error)
}

// Remover removes files that the store's journal tells of. It is safe for
// concurrent use: what two do is done once, or twice to no harm.
type Remover struct {
	Store     Journal
	Locations *location.Set
	Now       func() time.Time
	Log       *slog.Logger
	// Entered, of capacity 1, has a [Worker] look at the journal at once, after
	// a deletion that may have entered more than was asked for. nil: it looks
	// when its time has come.
	Entered chan struct{}
}

// Ingests removes the files of ingests whose rows are gone. What cannot be
// removed now is logged, and tried again by [Remover.Due].
func (r *Remover) Ingests(ctx context.Context, ids ...string) {
	for chunk := range slices.Chunk(ids, batch) {
		var removals []store.Removal
		for _, id := range chunk {
			list, err := r.Store.RemovalsOf(ctx, id)
			if err != nil {
				r.Log.WarnContext(ctx, "cannot remove the files of a deleted ingest now", "ingest", id, "error", err)
			}
			removals = append(removals, list...)
		}
		if err := r.carryOut(ctx, removals); err != nil {
			r.Log.WarnContext(ctx, "cannot remove the files of deleted ingests now", "error", err)
		}
	}
	select {
	case r.Entered <- struct{}{}:
	default: // It is going to look anyway.
	}
}

// Due carries out the removals that are due, and tells how many these were. It
// ends early with the context.
func (r *Remover) Due(ctx context.Context) (n int, err error) {
	for ctx.Err() == nil {
		list, err := r.Store.Removals(ctx, r.Now(), batch)
		if err != nil || len(list) == 0 {
			return n, err
		}
		if err := r.carryOut(ctx, list); err != nil {
			return n, err
		}
		n += len(list)
		if len(list) < batch || !wait(ctx) {
			break
		}
	}
	return n, nil
}

// carryOut removes the folders. An error is one of the store.
func (r *Remover) carryOut(ctx context.Context, list []store.Removal) error {
	var done []store.Removal
	for _, removal := range list {
		if ctx.Err() != nil {
			break
		}
		again, err := r.remove(ctx, removal)
		if err != nil {
			r.Log.WarnContext(ctx, "cannot remove files; trying again later", "ingest", removal.IngestID, "task", removal.TaskID, "error", err)
			again = r.Now().Add(postpone)
		}
		if again.IsZero() {
			done = append(done, removal)
			continue
		}
		if err := r.Store.RemovalPostpone(ctx, removal, again); err != nil {
			return err
		}
	}
	if len(done) == 0 {
		return ctx.Err()
	}
	return r.Store.RemovalDone(context.WithoutCancel(ctx), done...)
}

// remove removes what one entry of the journal tells of. again is when it is to
// be looked at once more; zero: it is done.
func (r *Remover) remove(ctx context.Context, removal store.Removal) (again time.Time, err error) {
	run, err := r.Store.IngestGet(ctx, removal.Tenant, removal.IngestID)
	deleted := vod.CodeOf(err) == vod.NotFound
	if err != nil && !deleted {
		return again, err
	}
	attempts, err := r.Locations.IngestAttempts(ctx, removal.Tenant, removal.IngestID, removal.MediaKey)
	if err != nil {
		return again, err
	}
	kept := false
	var errs []error // One folder that cannot be removed keeps no other.
	for _, a := range attempts {
		if removal.TaskID != "" && a.TaskID != removal.TaskID {
			continue
		}
		needed, young, err := r.needed(ctx, a, run, deleted)
		if err != nil {
			return again, err
		}
		switch {
		case needed:
			kept = true
		case !young.IsZero():
			again = young
		default:
			errs = append(errs, r.Locations.Remove(ctx, a))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return again, err
	}
	if deleted && !kept && removal.TaskID == "" {
		return again, r.Locations.RemoveIngest(ctx, removal.Tenant, removal.IngestID, removal.MediaKey)
	}
	return again, nil
}

// needed tells whether an attempt's folder stays. young is when one that no
// task has recorded is old enough to be removed, if it is not yet.
//
// The run was read before the folders: an attempt that has begun since has a
// greater number than its task had then.
func (r *Remover) needed(ctx context.Context, a location.Attempt, run vod.Run, deleted bool) (needed bool, young time.Time, err error) {
	reused, err := r.Store.AttemptReused(ctx, a.TaskID, a.Number)
	if err != nil || reused || deleted {
		return reused, young, err
	}
	task := run.Task(a.TaskID)
	if task == nil || a.Number > task.Attempt {
		return true, young, nil // Whatever it is, this removal is not of it.
	}
	if !run.Ingest.Removed.IsZero() {
		return false, young, nil
	}
	recorded, err := recorded(*task, a)
	if err != nil || recorded {
		return true, young, err
	}
	old, err := r.oldEnough(ctx, a)
	if r.Now().Before(old) {
		young = old
	}
	return false, young, err
}

// oldEnough is when the folder of an attempt that no task has recorded may go.
func (r *Remover) oldEnough(ctx context.Context, a location.Attempt) (time.Time, error) {
	modified, err := a.ModTime(ctx)
	return modified.Add(store.OrphanAfter), err
}

// recorded tells whether the task runs the attempt, or put out files of it.
func recorded(task vod.Task, a location.Attempt) (bool, error) {
	if task.Status == vod.TaskRunning && task.Attempt == a.Number {
		return true, nil
	}
	outputs, err := task.OutputFilesets()
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(outputs, func(fs vod.Fileset) bool {
		return slices.ContainsFunc(fs.Files, func(f vod.File) bool { return a.Holds(f.URI) })
	}), nil
}

// orphan tells whether an attempt's folder, found on disk, is old and nothing in
// the store refers to it. The store is asked first: looking at every file is
// what costs.
func (r *Remover) orphan(ctx context.Context, a location.Attempt) (bool, error) {
	task, err := r.Store.TaskGet(ctx, a.TaskID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return false, err
	}
	if recorded, err := recorded(task, a); err != nil || recorded {
		return false, err
	}
	if reused, err := r.Store.AttemptReused(ctx, a.TaskID, a.Number); err != nil || reused {
		return false, err
	}
	old, err := r.oldEnough(ctx, a)
	return err == nil && !r.Now().Before(old), err
}
