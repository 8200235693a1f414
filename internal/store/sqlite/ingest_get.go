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
		key, ok, err := keyOf(q, tenant, id)
		if err != nil {
			return err
		}
		if !ok {
			return noIngest(id)
		}
		run, err = loadRun(q, key)
		return err
	})
	if err != nil {
		return vod.Run{}, err
	}
	return shown(run), nil
}

// loadRun reads the ingest with the key, with its tasks. Each query is of one
// table and unsorted, so that it is compiled once; see [textArg].
func loadRun(q querier, id string) (run vod.Run, err error) {
	in, ok, err := first(q, keptRow, `SELECT `+ingestColumns+`, removed_ms FROM ingests WHERE id = ?`, id)
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
	tasks, err := all(q, taskRow, `SELECT `+taskColumns+` FROM tasks WHERE ingest_id = `+textArg, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read the tasks of ingest %s: %w", id, err)
	}
	slices.SortFunc(tasks, func(a, b vod.Task) int { return a.Step - b.Step })
	return vod.Run{Ingest: in, Tasks: tasks}, nil
}

// keptRow is an ingest with what retention has made of it. Lists do not tell.
func keptRow(in *vod.Ingest) []column { return append(ingestRow(in), maybe{&in.Removed}) }
