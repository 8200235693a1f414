package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// timeColumns are those of a task that stand before its documents, which may be
// long: SQLite reads a row no further than it must.
const timeColumns = "t.id, t.ingest_id, step, stage, t.status, attempt, failures, lost, claim_rank, share, t.start_ms, t.end_ms, not_before_ms"

// timesPortion is for how many ingests one statement asks, so that there is one
// statement for any number.
const timesPortion = 50

// timesQuery asks by keys: an id may be that of an import.
func timesQuery() string {
	return `SELECT ` + timeColumns + ` FROM ingests i INDEXED BY ingests_by_id CROSS JOIN tasks t
	WHERE i.id IN (` + strings.Repeat(", "+TextArg, 2*timesPortion)[2:] + `) AND i.tenant = ` + TextArg + ` AND t.ingest_id = i.id`
}

// timesArgs are those of the statement for up to a portion of ids. Nothing has
// the empty key.
func timesArgs(tenant string, ids []string) []any {
	args := make([]any, 0, 2*timesPortion+1)
	for _, id := range ids {
		args = append(args, id, importKey(tenant, id))
	}
	for len(args) < 2*timesPortion {
		args = append(args, "")
	}
	return append(args, tenant)
}

// IngestTimes implements [store.Lists].
func (s *Store) IngestTimes(ctx context.Context, tenant string, ids []string) (map[string][]vod.Task, error) {
	if len(ids) > 500 {
		return nil, fmt.Errorf("tasks of %d ingests: 500 may be asked for", len(ids))
	}
	asked := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return strings.Contains(id, KeyMark) })
	slices.Sort(asked)
	var tasks []vod.Task
	err := s.db.Read(ctx, func(q Querier) error {
		tasks = nil
		columns := func(t *vod.Task) []Column { return taskRow(t)[:strings.Count(timeColumns, ",")+1] }
		for portion := range slices.Chunk(slices.Compact(asked), timesPortion) {
			some, err := All(q, columns, timesQuery(), timesArgs(tenant, portion)...)
			if err != nil {
				return err
			}
			tasks = append(tasks, some...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("tasks of ingests: %w", err)
	}
	times := map[string][]vod.Task{}
	for _, t := range tasks {
		t.ID, t.IngestID = IDOf(t.ID), IDOf(t.IngestID)
		times[t.IngestID] = append(times[t.IngestID], t)
	}
	for _, of := range times {
		slices.SortFunc(of, func(a, b vod.Task) int { return a.Step - b.Step })
	}
	return times, nil
}
