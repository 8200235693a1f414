package sqlite

import (
	"context"
	"fmt"
	"slices"

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

// loadRun reads an ingest of any tenant, with its tasks. Each query is of one
// table and unsorted, so that it is compiled once; see [textArg].
func loadRun(q querier, id string) (run vod.Run, err error) {
	in, ok, err := first(q, ingestRow, `SELECT `+ingestColumns+` FROM ingests WHERE id = ?`, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read ingest %s: %w", id, err)
	}
	if !ok {
		return vod.Run{}, noIngest(id)
	}
	input, _, err := first(q, inputRow, `SELECT `+inputColumns+` FROM ingest_inputs WHERE ingest_id = ?`, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read the input of ingest %s: %w", id, err)
	}
	in.Input, in.Sources = input.Input, input.Sources
	if in.Removed, _, err = first(q, removedRow, `SELECT removed_ms FROM ingests WHERE id = ?`, id); err != nil {
		return vod.Run{}, fmt.Errorf("read ingest %s: %w", id, err)
	}
	tasks, err := all(q, taskRow, `SELECT `+taskColumns+` FROM tasks WHERE ingest_id = `+textArg, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read the tasks of ingest %s: %w", id, err)
	}
	slices.SortFunc(tasks, func(a, b vod.Task) int { return a.Step - b.Step })
	return vod.Run{Ingest: in, Tasks: tasks}, nil
}
