package sqlstore

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const removalColumns = "ingest_id, task_id, tenant, media_key, due_ms"

func removalRow(r *store.Removal) []Column {
	return []Column{text[string]{&r.IngestID}, text[string]{&r.TaskID}, text[string]{&r.Tenant}, text[string]{&r.MediaKey}, instant{&r.Due}}
}

// enter writes an entry of the journal of removals; the time of one that is
// there is replaced.
func (t *tx) enter(in vod.Ingest, taskID string, due time.Time) error {
	_, err := t.Exec(`
		INSERT INTO removals (ingest_id, task_id, tenant, media_key, due_ms) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (ingest_id, task_id) DO UPDATE SET due_ms = excluded.due_ms`,
		in.ID, taskID, in.Tenant, in.MediaKey, due.UnixMilli())
	if err != nil {
		return fmt.Errorf("enter the removal of files of ingest %s: %w", in.ID, err)
	}
	return nil
}

// enterSuperfluous has the folders of those tasks looked through later that
// the change leaves with an attempt that nothing refers to: one that ended
// without result, or whose outputs others took the place of.
func (t *tx) enterSuperfluous(old state, run *vod.Run) error {
	tasks := map[string]bool{}
	for _, a := range run.Attempts {
		if !a.End.IsZero() && a.Status != vod.TaskCompleted {
			tasks[a.TaskID] = true
		}
	}
	for i := range run.Tasks {
		if before, known := old.outputs[run.Tasks[i].ID]; known && len(before) > 0 && !bytes.Equal(before, run.Tasks[i].Outputs) {
			tasks[run.Tasks[i].ID] = true
		}
	}
	for id := range tasks {
		if err := t.enter(run.Ingest, id, t.now.Add(store.OrphanAfter)); err != nil {
			return err
		}
	}
	return nil
}

const (
	removalsQuery   = `SELECT ` + removalColumns + ` FROM removals INDEXED BY removals_by_due WHERE due_ms <= ? ORDER BY due_ms`
	removalsOfQuery = `SELECT ` + removalColumns + ` FROM removals WHERE ingest_id = ? ORDER BY task_id`
)

// Removals implements [store.Retention].
func (s *Store) Removals(ctx context.Context, now time.Time, limit int) (list []store.Removal, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = UpTo(limit, q, removalRow, removalsQuery, now.UnixMilli())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list removals: %w", err)
	}
	return list, nil
}

// RemovalsOf implements [store.Retention].
func (s *Store) RemovalsOf(ctx context.Context, ingestID string) (list []store.Removal, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, removalRow, removalsOfQuery, ingestID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list removals of ingest %s: %w", ingestID, err)
	}
	return list, nil
}

// RemovalDone implements [store.Retention].
func (s *Store) RemovalDone(ctx context.Context, done ...store.Removal) error {
	return s.write(ctx, func(t *tx) error {
		for _, r := range done {
			_, err := t.Exec(`DELETE FROM removals WHERE ingest_id = ? AND task_id = ? AND due_ms = ?`, r.IngestID, r.TaskID, r.Due.UnixMilli())
			if err != nil {
				return fmt.Errorf("end the removal of files of ingest %s: %w", r.IngestID, err)
			}
		}
		return nil
	})
}

// RemovalPostpone implements [store.Retention].
func (s *Store) RemovalPostpone(ctx context.Context, r store.Removal, due time.Time) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.Exec(`UPDATE removals SET due_ms = ? WHERE ingest_id = ? AND task_id = ? AND due_ms = ?`,
			due.UnixMilli(), r.IngestID, r.TaskID, r.Due.UnixMilli())
		if err != nil {
			return fmt.Errorf("postpone the removal of files of ingest %s: %w", r.IngestID, err)
		}
		return nil
	})
}
