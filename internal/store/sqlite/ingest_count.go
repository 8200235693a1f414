package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// countsQuery reads what triggers have counted.
const countsQuery = `SELECT status, n FROM ingest_counts WHERE tenant = ` + textArg

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
	err = s.read(ctx, func(q querier) error {
		if countsAll(f) {
			counts, err = countedByTriggers(q, f.Tenant, statuses)
		} else {
			counts, err = countedNow(q, f, statuses, most)
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

func countedByTriggers(q querier, tenant string, statuses []vod.IngestStatus) (map[vod.IngestStatus]int, error) {
	rows, err := all(q, statusCountRow, countsQuery, tenant)
	counts := map[vod.IngestStatus]int{}
	for _, row := range rows {
		if row.n > 0 && slices.Contains(statuses, row.status) {
			counts[row.status] = row.n
		}
	}
	return counts, err
}

func countedNow(q querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error) {
	counts := map[vod.IngestStatus]int{}
	if f.Text != "" {
		if rare, err := countedRare(q, f, statuses, most); err != nil || rare != nil {
			return rare, err
		}
	}
	for _, status := range statuses {
		f.Statuses = []vod.IngestStatus{status}
		sel, ok, err := selects(q, f)
		if err != nil || !ok {
			return counts, err
		}
		query, args := countQuery(sel, most)
		n, _, err := first(q, func(n *int) []column { return []column{number[int]{n}} }, query, args...)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts[status] = n
		}
	}
	return counts, nil
}

// rareText is how many ingests may have a text that is looked for once. To look
// for a long text costs more than to look at these.
const rareText = 100

// countedRare counts what has a text by its rows; nil: there is more of it than
// rareText.
func countedRare(q querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error) {
	f.Statuses = statuses
	sel, ok, err := selects(q, f)
	if err != nil || ok && sel.match == "" {
		return nil, err
	}
	counts := map[vod.IngestStatus]int{}
	if !ok {
		return counts, nil
	}
	query, args := sel.query("status")
	statusRow := func(s *vod.IngestStatus) []column { return []column{text[vod.IngestStatus]{s}} }
	found, err := upTo(rareText+1, q, statusRow, query, args...)
	if err != nil || len(found) > rareText {
		return nil, err
	}
	for _, status := range found {
		counts[status] = min(counts[status]+1, most)
	}
	return counts, nil
}

// exact tells whether what search says of the selection is all there is to say,
// so that its rows need not be looked at: tenants, profiles and final statuses
// have marks that nothing else has.
func (sel selection) exact() bool {
	return sel.Statuses[0].Final() && sel.AssetID == "" && sel.IngestID == "" && sel.ProfileVersion == 0 &&
		sel.From.IsZero() && sel.To.IsZero()
}

// countQuery counts what a selection has in its one status, no further than
// most.
func countQuery(sel selection, most int) (query string, args []any) {
	switch {
	case sel.match != "" && sel.exact():
		query, args = "SELECT 1 FROM search WHERE search MATCH "+textArg, []any{sel.match}
	case sel.match != "":
		query, args = sel.query("1")
	default:
		query, args = listScan("1", sel.IngestFilter, sel.Statuses[0])
	}
	return "SELECT count(*) FROM (" + query + " LIMIT " + integerArg + ")", append(args, most)
}
