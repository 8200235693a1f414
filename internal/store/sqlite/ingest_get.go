package sqlite

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestGet implements [store.Ingests].
func (s *Store) IngestGet(ctx context.Context, tenant, id string) (run vod.Run, err error) {
	err = s.read(ctx, func(q querier) error {
		run, err = loadRun(q, id)
		if err == nil && run.Ingest.Tenant != tenant {
			return noIngest(id)
		}
		return err
	})
	if err != nil {
		return vod.Run{}, err
	}
	return run, nil
}

// loadRun reads an ingest of any tenant, with its tasks.
func loadRun(q querier, id string) (run vod.Run, err error) {
	in, ok, err := first(q, fullIngestRow, `
		SELECT `+ingestColumns+`, `+inputColumns+`
		FROM ingests JOIN ingest_inputs ON ingest_id = id
		WHERE id = ?`, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read ingest %s: %w", id, err)
	}
	if !ok {
		return vod.Run{}, noIngest(id)
	}
	tasks, err := all(q, taskRow, `
		SELECT `+taskColumns+` FROM tasks WHERE ingest_id = ? ORDER BY step`, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read the tasks of ingest %s: %w", id, err)
	}
	return vod.Run{Ingest: in, Tasks: tasks}, nil
}

func fullIngestRow(in *vod.Ingest) []column { return append(ingestRow(in), inputRow(in)...) }
