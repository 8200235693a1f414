package sqlite

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestEveryListIsReadFromAnIndexInItsOrder asks SQLite how it would run each
// combination of filters: it may only seek in an index, by all columns that
// come before the start time there and by the bounds of the page, and must
// not sort. So a list costs what its limit allows, on any page of any size.
func TestEveryListIsReadFromAnIndexInItsOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	in := vod.Ingest{ID: "i", Tenant: "t", AssetID: "a", ProfileName: "p", Status: vod.Running, Start: vod.Now()}
	if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range everyFilter("a", "p", "i", 25) {
		query, args := listed(t, s, f)
		plan := explain(t, s, query, args...)
		seeks := 0
		for _, line := range plan {
			switch {
			case strings.HasPrefix(line, "SEARCH ingests USING INDEX ingests_by_id (id=?)"):
				seeks++
			case strings.HasPrefix(line, "SEARCH ingests USING INDEX ") && strings.Contains(line, "=? AND start_ms>? AND (start_ms,id)<(?,?))"):
				if keys := strings.Count(line, "=?"); keys != equalities(f, query) {
					t.Errorf("%+v: %d columns are sought: %s", f, keys, line)
				}
				seeks++
			case strings.HasPrefix(line, "MERGE (UNION ALL)"), line == "LEFT", line == "RIGHT":
			default:
				t.Errorf("%+v: %s", f, line)
			}
		}
		if want := scansOf(f); seeks != want {
			t.Errorf("%+v: %d seeks, want %d:\n%s", f, seeks, want, strings.Join(plan, "\n"))
		}
	}
}

// listed gives the statement of a list. An ingest's id is looked up before.
func listed(t *testing.T, s *Store, f store.IngestFilter) (query string, args []any) {
	t.Helper()
	all := asked(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, _, err := s.IngestList(ctx, f)
		return err
	})
	last := all[len(all)-1]
	return last.query, last.args
}

// equalities is how many columns a scan of the filter compares for equality.
func equalities(f store.IngestFilter, query string) (n int) {
	n = 1 // tenant
	for _, asked := range []bool{f.AssetID != "", f.ProfileName != "", f.ProfileVersion != 0 && f.AssetID == "", strings.Contains(query, "status = ")} {
		if asked {
			n++
		}
	}
	return n
}

// scansOf is how many scans a list is merged of: one for each status, or one
// for all of them.
func scansOf(f store.IngestFilter) int {
	all := len(vod.IngestStatuses())
	switch n := len(f.Statuses); {
	case n > 0 && n < all:
		return n
	case (f.AssetID != "" || f.ProfileVersion != 0) && f.ProfileName != "" && f.IngestID == "":
		return all
	}
	return 1
}

// everyFilter is every combination of the filters, with 0 to 7 statuses.
func everyFilter(asset, profile, id string, limit int) (all []store.IngestFilter) {
	at := time.UnixMilli(1_000_000)
	for bits := range 1 << 7 {
		on := func(bit int) bool { return bits>>bit&1 == 1 }
		for n := range len(vod.IngestStatuses()) + 1 {
			f := store.IngestFilter{Tenant: "t", Statuses: vod.IngestStatuses()[len(vod.IngestStatuses())-n:], Limit: limit}
			if on(0) {
				f.AssetID = asset
			}
			if on(1) {
				f.ProfileName = profile
			}
			if on(2) {
				f.IngestID = id
			}
			if on(3) {
				f.From = at.Add(-time.Hour)
			}
			if on(4) {
				f.To = at
			}
			if on(5) {
				f.After = &store.Position{Start: at, ID: "i"}
			}
			if on(6) && on(1) {
				f.ProfileVersion = 1
			}
			all = append(all, f)
		}
	}
	return all
}

// TestListsReadNoMoreThanTheyShow counts the rows that SQLite looks at: for k
// statuses at most k times one row more than the limit, although what each
// filter alone selects is thousands of rows, and what they select together is
// the oldest and few.
func TestListsReadNoMoreThanTheyShow(t *testing.T) {
	t.Parallel()
	s := open(t)
	const rows = 12_000
	err := s.write(t.Context(), func(t *tx) error {
		_, err := t.Exec(`
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
			INSERT INTO ingests (`+filledColumns+`)
			SELECT printf('%06d', i), 't', iif(i < 60 OR i % 2 = 1, 'large', 'a' || i % 7), iif(i < 60 OR i % 4 = 2, 'rare', 'p' || i % 3), iif(i < 60 OR i % 4 = 2, 1, 2),
				CASE WHEN i < 60 THEN 'FAILED' WHEN i % 100 = 2 THEN 'CANCELLED' WHEN i % 100 = 3 THEN 'SKIPPED' ELSE 'COMPLETED' END,
				0, i / 3, i + 5, '', '["VIDEO"]', 0, 0, 1, '', '' FROM n`, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const limit = 10
	for _, f := range everyFilter("large", "rare", "000033", limit) {
		f.From = time.UnixMilli(1) // Within what there is.
		if f.After != nil {
			f.After.Start = time.UnixMilli(rows / 3)
		}
		query, args := listed(t, s, f)
		read := rowsRead(t, s, query, args)
		if most := int64(scansOf(f) * (limit + 1)); read > most {
			t.Errorf("%+v: %d rows are read, at most %d may be", f, read, most)
		}
	}
	// That the count counts: another index for the same list.
	query, args := listed(t, s, store.IngestFilter{Tenant: "t", AssetID: "large", ProfileName: "rare", Statuses: []vod.IngestStatus{vod.Failed}, Limit: limit})
	query = strings.Replace(query, "ingests_by_asset_profile_status", "ingests_by_asset", 1)
	if read := rowsRead(t, s, query, args); read < rows/4 {
		t.Errorf("an index that is none for the list: %d rows are read", read)
	}
}

// rowsRead runs a list and counts the rows that it looks at.
// The function is the first of the conditions that SQLite does not find the
// rows by, and so is called for each row that it does find.
func rowsRead(t *testing.T, s *Store, query string, args []any) int64 {
	t.Helper()
	before := rowsCounted.Load()
	err := s.read(t.Context(), func(q sqlstore.Querier) error {
		_, err := sqlstore.All(q, sqlstore.ListRow, strings.ReplaceAll(query, " WHERE ", " WHERE counted(start_ms) AND "), args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rowsCounted.Load() - before
}
