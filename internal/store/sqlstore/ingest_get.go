package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestGet implements [store.Ingests].
func (s *Store) IngestGet(ctx context.Context, tenant, id string) (run vod.Run, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
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
// table and unsorted, so that it is compiled once; see [TextArg].
func loadRun(q Querier, id string) (run vod.Run, err error) {
	in, ok, err := First(q, keptRow, `SELECT `+ingestColumns+`, removed_ms FROM ingests WHERE id = ?`, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read ingest %s: %w", id, err)
	}
	if !ok {
		return vod.Run{}, noIngest(id)
	}
	input, _, err := First(q, inputRow, `SELECT `+inputColumns+` FROM ingest_inputs WHERE ingest_id = ?`, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read the input of ingest %s: %w", id, err)
	}
	in.Input, in.Sources = input.Input, input.Sources
	tasks, err := All(q, taskRow, `SELECT `+taskColumns+` FROM tasks WHERE ingest_id = `+TextArg, id)
	if err != nil {
		return vod.Run{}, fmt.Errorf("read the tasks of ingest %s: %w", id, err)
	}
	slices.SortFunc(tasks, func(a, b vod.Task) int { return a.Step - b.Step })
	return vod.Run{Ingest: in, Tasks: tasks}, nil
}

func noIngest(id string) error { return vod.Faultf(vod.NotFound, "There is no ingest %s.", id) }

// keptRow is an ingest with what retention has made of it. Lists do not tell.
func keptRow(in *vod.Ingest) []Column { return append(ingestRow(in), maybe{&in.Removed}) }
