package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// countsQuery reads what triggers have counted.
const countsQuery = `SELECT status, CAST(sum(n) AS BIGINT) FROM ingest_counts WHERE tenant = ` + TextArg + ` GROUP BY status`

// IngestCount implements [store.Lists].
func (s *Store) IngestCount(ctx context.Context, f store.IngestFilter, most int) (counts map[vod.IngestStatus]int, err error) {
	if most < 1 {
		return nil, fmt.Errorf("count ingests: at most %d", most)
	}
	statuses := slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
	if len(statuses) == 0 {
		statuses = vod.IngestStatuses()
	}
	f.Statuses, f.After, f.Limit = nil, nil, 0
	err = s.db.Read(ctx, func(q Querier) error {
		if countsAll(f) {
			counts, err = countedByTriggers(q, f.Tenant, statuses)
			return err
		}
		sel, ok, err := selects(q, f)
		switch {
		case err != nil:
			return err
		case !ok:
			counts = map[vod.IngestStatus]int{}
		case sel.Text != "":
			counts, err = s.db.SearchCount(q, sel, statuses, most)
		default:
			counts, err = countedNow(q, sel, statuses, most)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count ingests: %w", err)
	}
	return counts, nil
}

// countsAll tells whether the filter selects all ingests of its tenant.
func countsAll(f store.IngestFilter) bool {
	return f.AssetID == "" && f.IngestID == "" && f.ProfileName == "" && f.ProfileVersion == 0 && f.Text == "" &&
		f.From.IsZero() && f.To.IsZero()
}

func countedByTriggers(q Querier, tenant string, statuses []vod.IngestStatus) (map[vod.IngestStatus]int, error) {
	rows, err := All(q, statusCountRow, countsQuery, tenant)
	counts := map[vod.IngestStatus]int{}
	for _, row := range rows {
		if row.n > 0 && slices.Contains(statuses, row.status) {
			counts[row.status] = row.n
		}
	}
	return counts, err
}

func countedNow(q Querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error) {
	counts := map[vod.IngestStatus]int{}
	for _, status := range statuses {
		query, args := listScan("1", f, status)
		n, _, err := First(q, numberRow, "SELECT count(*) FROM ("+query+" LIMIT "+IntegerArg+") AS counted", append(args, most)...)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts[status] = int(n)
		}
	}
	return counts, nil
}
