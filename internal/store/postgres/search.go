package postgres

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// What has a text is looked for in two ways. First, the newest rows that the
// other filters select are read in list order, up to probed of them: of what
// many ingests have, they hold a page. Where they do not, it is rare among these,
// and the index of trigrams gives all that have it, to be put into list order.
// Postgres would have to guess which of both is cheaper, and guesses badly: it
// takes the trigrams of a text for independent of each other.

// probed is how many rows are looked at for what may be common.
const probed = 1000

// IndexNew implements [sqlstore.Writer].
func (t *tx) IndexNew(in *vod.Ingest, insert func(columns string, values ...any) error) error {
	if err := insert(""); err != nil {
		return err
	}
	return t.index(&vod.Run{Ingest: *in})
}

// IndexAgain implements [sqlstore.Writer].
func (t *tx) IndexAgain(run *vod.Run) error { return t.index(run) }

func (t *tx) index(run *vod.Run) error {
	text := sqlstore.SearchTextOf(run)
	asset, names, failure := folded(text.Asset), folded(text.Names), folded(text.Failure)
	numbers := append(trigrams(asset, names, failure), tenantMark(run.Ingest.Tenant))
	_, err := t.Exec(`
		INSERT INTO ingest_texts (ingest_id, asset, names, failure, trigrams) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (ingest_id) DO UPDATE SET
			asset = excluded.asset, names = excluded.names, failure = excluded.failure, trigrams = excluded.trigrams`,
		run.Ingest.ID, asset, names, failure, numbers)
	if err != nil {
		return fmt.Errorf("make ingest %s searchable: %w", run.Ingest.ID, err)
	}
	return nil
}

// has tells whether a text is found in the row x.
const has = "(strpos(x.asset, " + sqlstore.TextArg + ") > 0 OR strpos(x.names, " + sqlstore.TextArg + ") > 0 OR strpos(x.failure, " + sqlstore.TextArg + ") > 0)"

func hasArgs(f store.IngestFilter) []any {
	text := folded(f.Text)
	return []any{text, text, text}
}

// Merge implements [sqlstore.Database]. Postgres does not merge scans as it
// reads them: it would read and sort all rows. So each is read up to the limit,
// and the few that are left are sorted.
func (d *database) Merge(scans []string, order string, n int) string {
	if len(scans) == 1 {
		return scans[0] + order
	}
	limited := make([]string, len(scans))
	for i, scan := range scans {
		limited[i] = "(" + scan + order + " LIMIT " + strconv.Itoa(n) + ")"
	}
	return strings.Join(limited, " UNION ALL ") + order
}

// newest reads columns of those of the newest rows that have the text.
func (d *database) newest(columns string, f store.IngestFilter, rows int) (query string, args []any) {
	statuses := slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
	if len(statuses) == 0 {
		statuses = []vod.IngestStatus{""}
	}
	scans := make([]string, len(statuses))
	for i, status := range statuses {
		where, more := sqlstore.RowConditions(f)
		if status != "" {
			where, more = append(where, "status = "+sqlstore.TextArg), append(more, string(status))
		}
		scans[i] = "SELECT " + sqlstore.ListColumns + " FROM ingests WHERE " + strings.Join(where, " AND ")
		args = append(args, more...)
	}
	query = "SELECT " + columns + " FROM (" + d.Merge(scans, sqlstore.ListOrder, rows) + " LIMIT " + sqlstore.IntegerArg + ") AS i" +
		" JOIN ingest_texts x ON x.ingest_id = i.id WHERE " + has
	return query, append(append(args, rows), hasArgs(f)...)
}

// indexed reads columns of all rows that have the text, by its trigrams.
func indexed(columns string, f store.IngestFilter) (query string, args []any) {
	numbers := append(trigrams(folded(f.Text)), tenantMark(f.Tenant))
	where, more := sqlstore.RowConditions(f)
	if len(f.Statuses) > 0 {
		where = append(where, "status IN ("+strings.Repeat(", "+sqlstore.TextArg, len(f.Statuses))[2:]+")")
		for _, status := range f.Statuses {
			more = append(more, string(status))
		}
	}
	query = "WITH found AS MATERIALIZED (SELECT ingest_id FROM ingest_texts x WHERE trigrams @> CAST(? AS INTEGER[]) AND " + has + ")" +
		" SELECT " + columns + " FROM found JOIN ingests ON id = ingest_id WHERE " + strings.Join(where, " AND ")
	return query, append(append([]any{numbers}, hasArgs(f)...), more...)
}

// SearchPage implements [sqlstore.Database].
func (d *database) SearchPage(q sqlstore.Querier, f store.IngestFilter) (page []vod.Ingest, err error) {
	query, args := d.newest(sqlstore.ListColumns, f, probed)
	page, err = sqlstore.UpTo(f.Limit+1, q, sqlstore.ListRow, query+sqlstore.ListOrder, args...)
	if err != nil || len(page) > f.Limit {
		return page, err
	}
	query, args = indexed(sqlstore.ListColumns, f)
	return sqlstore.UpTo(f.Limit+1, q, sqlstore.ListRow, query+sqlstore.ListOrder, args...)
}

// statusCount is how many ingests have a status.
type statusCount struct {
	status vod.IngestStatus
	n      int
}

func statusCountRow(c *statusCount) []sqlstore.Column {
	return []sqlstore.Column{sqlstore.Text(&c.status), sqlstore.Number(&c.n)}
}

// SearchCount implements [sqlstore.Database].
func (d *database) SearchCount(q sqlstore.Querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error) {
	counts := map[vod.IngestStatus]int{}
	f.Statuses = nil
	for _, status := range statuses {
		many, err := d.reached(q, f, status, most)
		if err != nil {
			return nil, err
		}
		if many {
			counts[status] = most
		} else {
			f.Statuses = append(f.Statuses, status)
		}
	}
	if len(f.Statuses) == 0 {
		return counts, nil
	}
	query, args := indexed("status, count(*)", f)
	rows, err := sqlstore.All(q, statusCountRow, query+" GROUP BY status", args...)
	for _, row := range rows {
		counts[row.status] = min(row.n, most)
	}
	return counts, err
}

// reached tells whether the newest rows of a status are enough to count the
// most there can be.
func (d *database) reached(q sqlstore.Querier, f store.IngestFilter, status vod.IngestStatus, most int) (bool, error) {
	if most > probed {
		return false, nil
	}
	f.Statuses = []vod.IngestStatus{status}
	query, args := d.newest("1", f, 2*probed)
	numberRow := func(n *int) []sqlstore.Column { return []sqlstore.Column{sqlstore.Number(n)} }
	n, _, err := sqlstore.First(q, numberRow, "SELECT count(*) FROM ("+query+" LIMIT "+sqlstore.IntegerArg+") AS counted", append(args, most)...)
	return n == most, err
}
