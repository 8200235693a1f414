package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const unfinishedCountQuery = `
	SELECT status, count(*) FROM ingests INDEXED BY ingests_unfinished WHERE end_ms IS NULL GROUP BY status`

type statusCount struct {
	status vod.IngestStatus
	n      int
}

func statusCountRow(c *statusCount) []Column {
	return []Column{text[vod.IngestStatus]{&c.status}, number[int]{&c.n}}
}

// UnfinishedByStatus counts the ingests of all tenants that are not final. What
// it costs grows with their number only.
func (s *Store) UnfinishedByStatus(ctx context.Context) (map[vod.IngestStatus]int, error) {
	counts := map[vod.IngestStatus]int{}
	err := s.db.Read(ctx, func(q Querier) error {
		rows, err := All(q, statusCountRow, unfinishedCountQuery)
		for _, row := range rows {
			counts[row.status] = row.n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count unfinished ingests: %w", err)
	}
	return counts, nil
}
