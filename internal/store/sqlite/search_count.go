package sqlite

import (
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// SearchCount implements [sqlstore.Database].
func (database) SearchCount(q sqlstore.Querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error) {
	if rare, err := countedRare(q, f, statuses, most); err != nil || rare != nil {
		return rare, err
	}
	counts := map[vod.IngestStatus]int{}
	for _, status := range statuses {
		f.Statuses = []vod.IngestStatus{status}
		sel, ok, err := selects(q, f)
		if err != nil || !ok {
			return counts, err
		}
		query, args := countQuery(sel, most)
		n, _, err := sqlstore.First(q, numberRow, query, args...)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts[status] = int(n)
		}
	}
	return counts, nil
}

// rareText is how many ingests may have a text that is looked for once. To look
// for a long text costs more than to look at these.
const rareText = 100

// countedRare counts what has a text by its rows; nil: there is more of it than
// rareText.
func countedRare(q sqlstore.Querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error) {
	f.Statuses = statuses
	sel, ok, err := selects(q, f)
	if err != nil {
		return nil, err
	}
	counts := map[vod.IngestStatus]int{}
	if !ok {
		return counts, nil
	}
	query, args := sel.query("status")
	statusRow := func(s *vod.IngestStatus) []sqlstore.Column { return []sqlstore.Column{sqlstore.Text(s)} }
	found, err := sqlstore.UpTo(rareText+1, q, statusRow, query, args...)
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
	if sel.exact() {
		query, args = "SELECT 1 FROM search WHERE search MATCH "+sqlstore.TextArg, []any{sel.match}
	} else {
		query, args = sel.query("1")
	}
	return "SELECT count(*) FROM (" + query + " LIMIT " + sqlstore.IntegerArg + ")", append(args, most)
}
