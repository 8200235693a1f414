package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TaskGet implements [store.Ingests].
func (s *Store) TaskGet(ctx context.Context, taskID string) (task vod.Task, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		var ok bool
		task, ok, err = First(q, taskRow, `SELECT `+taskColumns+` FROM tasks WHERE id = ?`, taskID)
		if err != nil {
			return fmt.Errorf("read task %s: %w", taskID, err)
		}
		if !ok {
			return vod.Faultf(vod.NotFound, "There is no task %s.", taskID)
		}
		return nil
	})
	return task, err
}

// TaskAttempts implements [store.Ingests].
func (s *Store) TaskAttempts(ctx context.Context, taskID string) (attempts []vod.Attempt, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		attempts, err = All(q, attemptRow, `
			SELECT `+attemptColumns+` FROM attempts WHERE task_id = ? ORDER BY number`, taskID)
		if err != nil {
			return fmt.Errorf("read the attempts of task %s: %w", taskID, err)
		}
		return nil
	})
	return attempts, err
}

// saveAttempt writes an attempt. Who ends one does not know how it began: a
// start, command, log or report that is not given stays as it is.
func (t *tx) saveAttempt(a *vod.Attempt) error {
	args, err := Values(attemptRow(a))
	if err != nil {
		return err
	}
	_, err = t.Exec(`
		INSERT INTO attempts (`+attemptColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (task_id, number) DO UPDATE SET
			status   = excluded.status,
			start_ms = coalesce(excluded.start_ms, attempts.start_ms),
			end_ms   = excluded.end_ms,
			error    = excluded.error,
			command  = coalesce(excluded.command, attempts.command),
			log      = CASE excluded.log WHEN '' THEN attempts.log ELSE excluded.log END,
			report   = coalesce(excluded.report, attempts.report)`, args...)
	if err != nil {
		return fmt.Errorf("write attempt %d of task %s: %w", a.Number, a.TaskID, err)
	}
	return nil
}
