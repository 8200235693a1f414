package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const workerColumns = "id, host, version, slots, capabilities, memory, processors, scratch, running, started_ms, seen_ms"

// workersKept is for how long a worker that is not heard of is remembered.
const workersKept = 24 * time.Hour

func workerRow(w *vod.Worker) []Column {
	return []Column{
		text[string]{&w.ID},
		text[string]{&w.Host},
		text[string]{&w.Version},
		encoded[map[vod.Stage]int]{&w.Slots},
		encoded[[]vod.Capability]{&w.Capabilities},
		number[int64]{&w.Memory},
		number[int]{&w.Processors},
		number[int64]{&w.Scratch},
		number[int]{&w.Running},
		instant{&w.Started},
		instant{&w.Seen},
	}
}

// WorkerSeen implements [store.Workers].
func (s *Store) WorkerSeen(ctx context.Context, w vod.Worker) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.Lock("worker", w.ID); err != nil {
			return err
		}
		if _, err := t.Exec("DELETE FROM workers WHERE id = ? OR seen_ms < ?", w.ID, t.now.Add(-workersKept).UnixMilli()); err != nil {
			return fmt.Errorf("forget worker %s: %w", w.ID, err)
		}
		if err := t.insert("workers", workerColumns, workerRow(&w)); err != nil {
			return fmt.Errorf("write worker %s: %w", w.ID, err)
		}
		return nil
	})
}

// WorkerGone implements [store.Workers].
func (s *Store) WorkerGone(ctx context.Context, id string) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.Exec("DELETE FROM workers WHERE id = ?", id); err != nil {
			return fmt.Errorf("remove worker %s: %w", id, err)
		}
		return nil
	})
}

// WorkerList implements [store.Workers].
func (s *Store) WorkerList(ctx context.Context, seen time.Time) (list []vod.Worker, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, workerRow, "SELECT "+workerColumns+" FROM workers WHERE seen_ms >= ? ORDER BY host, id", seen.UnixMilli())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list workers: %w", err)
	}
	return list, nil
}
