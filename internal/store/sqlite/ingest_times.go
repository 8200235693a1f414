package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// timeColumns are those of a task that stand before its documents, which may be
// long: SQLite reads a row no further than it must.
const timeColumns = "t.id, t.ingest_id, step, stage, t.status, attempt, failures, lost, claim_rank, share, t.start_ms, t.end_ms, not_before_ms"

const timesQuery = `
	SELECT ` + timeColumns + ` FROM json_each(?1) asked
	CROSS JOIN ingests i INDEXED BY ingests_by_id ON i.id IN (asked.value, asked.value || char(31) || ?2)
	CROSS JOIN tasks t ON t.ingest_id = i.id
	WHERE i.tenant = ?2`

// IngestTimes implements [store.Lists].
func (s *Store) IngestTimes(ctx context.Context, tenant string, ids []string) (map[string][]vod.Task, error) {
	if len(ids) > 500 {
		return nil, fmt.Errorf("tasks of %d ingests: 500 may be asked for", len(ids))
	}
	asked := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return strings.Contains(id, keyMark) })
	slices.Sort(asked)
	list, err := json.Marshal(slices.Compact(asked))
	if err != nil {
		return nil, fmt.Errorf("tasks of ingests: %w", err)
	}
	var tasks []vod.Task
	err = s.read(ctx, func(q querier) error {
		columns := func(t *vod.Task) []column { return taskRow(t)[:strings.Count(timeColumns, ",")+1] }
		tasks, err = all(q, columns, timesQuery, string(list), tenant)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("tasks of ingests: %w", err)
	}
	times := map[string][]vod.Task{}
	for _, t := range tasks {
		t.ID, t.IngestID = idOf(t.ID), idOf(t.IngestID)
		times[t.IngestID] = append(times[t.IngestID], t)
	}
	for _, of := range times {
		slices.SortFunc(of, func(a, b vod.Task) int { return a.Step - b.Step })
	}
	return times, nil
}
