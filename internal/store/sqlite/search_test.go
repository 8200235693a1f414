package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// filled is a store of n ingests of tenant t that were there before texts could
// be searched: asset ids from asset-0000000 on, names of files from 1000000 on,
// 2 % failed, under three profiles.
func filled(t testing.TB, n int) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := connect(t.Context(), path, 1, pragmas("NORMAL", false))
	if err != nil {
		t.Fatal(err)
	}
	provider, err := newProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
		INSERT INTO ingests (` + filledColumns + `)
		SELECT printf('%08x-0000-4000-8000-%012x', i * 2654435761 % 4294967296, i), 't', printf('asset-%07d', i), 'p' || (i % 3), 1 + i % 2,
			iif(i % 50 = 0, 'FAILED', 'COMPLETED'), 0, 1700000000000 + i * 10, 1700000000000 + i * 10 + 5,
			iif(i % 50 = 0, 'The source of number ' || i || ' answers 404 Not Found.', ''), '["VIDEO"]', 0, 0, 1, '', '' FROM n`, `
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
		INSERT INTO ingest_inputs (ingest_id, input)
		SELECT printf('%08x-0000-4000-8000-%012x', i * 2654435761 % 4294967296, i),
			printf('{"filesets":[{"files":[{"uri":"https://example.com/in/film-%d.mp4"},{"uri":"https://example.com/in/film-%d.sv.vtt"}]}]}', 1000000 + i, 1000000 + i) FROM n`,
	} {
		if _, err := db.ExecContext(t.Context(), statement, n); err != nil {
			t.Fatal(err)
		}
	}
	const size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
	var before, after int64
	if err := db.QueryRowContext(t.Context(), size).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	s := openFile(t, path)
	took := time.Since(began)
	err = s.read(t.Context(), func(q sqlstore.Querier) (err error) {
		after, _, err = sqlstore.First(q, numberRow, size)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d ingests made searchable in %s; %d bytes for each, %d before", n, took, after/int64(n), before/int64(n))
	return s
}

// TestTextIsReadInListOrder asks SQLite how it would run lists and counts by
// text, with each combination of other filters: it may only read the text's
// own index, from a position on and in list order, and find the rows by it.
func TestTextIsReadInListOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	if _, err := s.IngestCreate(t.Context(), vod.Ingest{ID: "i", Tenant: "t", AssetID: "a", ProfileName: "p", Status: vod.Running, Start: vod.Now()}, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	want := []string{"SCAN search VIRTUAL TABLE INDEX 64:M7><", "SEARCH ingests USING INDEX ingests_by_search (search_id=?)"}
	for _, f := range everyFilter("a", "p", "i", 25) {
		f.Text = "text"
		err := s.read(t.Context(), func(q sqlstore.Querier) error {
			sel, ok, err := selects(q, f)
			if err != nil || !ok {
				return fmt.Errorf("%+v selects nothing: %w", f, err)
			}
			f = sel.IngestFilter
			query, args := sel.query(sqlstore.ListColumns)
			plan, err := planOf(q, query+" ORDER BY search.rowid", args)
			if !slices.Equal(plan, want) { // 64: FTS5 gives the rows in order.
				t.Fatalf("%+v: %q", f, plan)
			}
			if err != nil || len(f.Statuses) != 1 {
				return err
			}
			query, args = countQuery(sel, 10)
			plan, err = planOf(q, query, args)
			counting := []string{"CO-ROUTINE (subquery-1)", "SCAN search VIRTUAL TABLE INDEX 0:M7><", want[1], "SCAN (subquery-1)"}
			if sel.exact() {
				counting = []string{"CO-ROUTINE (subquery-1)", "SCAN search VIRTUAL TABLE INDEX 0:M7", "SCAN (subquery-1)"}
			}
			if !slices.Equal(plan, counting) {
				t.Fatalf("count of %+v: %q", f, plan)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCountsReadAnIndexAlone: rows are looked at only where an index does not
// have all of the filter.
func TestCountsReadAnIndexAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, f := range everyFilter("a", "p", "", 1) {
		if len(f.Statuses) != 1 || f.AssetID == "" && f.ProfileName == "" && f.From.IsZero() && f.To.IsZero() {
			continue // Triggers have counted that.
		}
		all := asked(t, s, func(ctx context.Context, s *sqlstore.Store) error {
			_, err := s.IngestCount(ctx, f, 10)
			return err
		})
		plan := explain(t, s, all[0].query, all[0].args...)
		index := "SEARCH ingests USING " + countIndex(f) + " (tenant=?"
		if len(all) != 1 || len(plan) != 3 || !strings.HasPrefix(plan[1], index) {
			t.Errorf("%+v: %q, want %s", f, plan, index)
		}
	}
}

// countIndex is the index that a count in one status reads.
func countIndex(f store.IngestFilter) string {
	switch asset, profile := f.AssetID != "", f.ProfileName != ""; {
	case asset && f.ProfileVersion != 0:
		return "INDEX ingests_by_asset_profile_status"
	case f.ProfileVersion != 0:
		return "COVERING INDEX ingests_by_version_status"
	case asset && profile:
		return "COVERING INDEX ingests_by_asset_profile_status"
	case asset:
		return "COVERING INDEX ingests_by_asset_status"
	case profile:
		return "COVERING INDEX ingests_by_profile_status"
	}
	return "COVERING INDEX ingests_by_status"
}

// TestTextReadsNoMoreThanItShows counts the rows that SQLite looks at, where
// nearly all ingests have the text.
func TestTextReadsNoMoreThanItShows(t *testing.T) {
	t.Parallel()
	const rows, limit = 5_000, 10
	s := filled(t, rows)
	for _, f := range []store.IngestFilter{
		{Text: "film"},
		{Text: "FILM-10", Statuses: []vod.IngestStatus{vod.Failed}},
		{Text: "film", ProfileName: "p1"},
		{Text: "film", ProfileName: "p1", Statuses: []vod.IngestStatus{vod.Failed, vod.Completed}},
		{Text: "film", AssetID: "asset-0000007"},
		{Text: "film", Statuses: []vod.IngestStatus{vod.Running}},
		{Text: "asset", After: &store.Position{Start: time.UnixMilli(1_700_000_000_000 + rows*5), ID: "x"}},
		{Text: "asset", To: time.UnixMilli(1_700_000_000_000 + rows*5)},
		{Text: "asset-0000003"},
		{Text: "nothing"},
	} {
		f.Tenant, f.Limit = "t", limit
		var sel selection
		err := s.read(t.Context(), func(q sqlstore.Querier) (err error) {
			sel, _, err = selects(q, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		query, args := sel.query(sqlstore.ListColumns)
		query += " ORDER BY search.rowid"
		if read := rowsRead(t, s, query+" LIMIT 11", args); read > limit+2 { // One more may start with the bound.
			t.Errorf("%+v: %d rows are read", f, read)
		}
		page, _, err := s.IngestList(t.Context(), f)
		if nothing := f.Text == "nothing" || len(f.Statuses) == 1 && f.Statuses[0] == vod.Running; err != nil || (len(page) == 0) != nothing {
			t.Errorf("%+v: %d rows, %v", f, len(page), err)
		}
	}
}

// TestOfOtherTenantsNothingIsRead: however common a text is elsewhere.
func TestOfOtherTenantsNothingIsRead(t *testing.T) {
	t.Parallel()
	s := filled(t, 500)
	in := vod.Ingest{ID: "i", Tenant: "u", AssetID: "asset-u", ProfileName: "p1", Status: vod.Running, Start: time.UnixMilli(1_600_000_000_000)}
	if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	err := s.read(t.Context(), func(q sqlstore.Querier) error {
		sel, _, err := selects(q, store.IngestFilter{Tenant: "u", Text: "asset"})
		if err != nil {
			return err
		}
		query, args := sel.query("1")
		if read := rowsRead(t, s, strings.Replace(query, "SELECT 1", "SELECT "+sqlstore.ListColumns, 1), args); read != 1 {
			t.Errorf("%d rows are read", read)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkSearch measures pages of 50 by text, and counts.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkSearch(b, filled(b, n), n) })
	}
}

func benchmarkSearch(b *testing.B, s *Store, n int) {
	for name, f := range map[string]store.IngestFilter{
		"everything":            {Text: "film-"},
		"everything, 8 letters": {Text: "asset-00"},
		"everything, middle":    {Text: "film-", After: &store.Position{Start: time.UnixMilli(1_700_000_000_000 + int64(n)*5)}},
		"everything, profile":   {Text: "film-", ProfileName: "p1"},
		"everything, version":   {Text: "film-", ProfileName: "p1", ProfileVersion: 2},
		"everything, failed":    {Text: "film-", Statuses: []vod.IngestStatus{vod.Failed}},
		"everything, running":   {Text: "film-", Statuses: []vod.IngestStatus{vod.Running}},
		"everything, one asset": {Text: "film-", AssetID: "asset-0000007"},
		"an error":              {Text: "404 Not Found"},
		"one":                   {Text: "asset-0000777"},
		"one by number":         {Text: "1000777"},
		"nothing":               {Text: "no such text"},
		"nothing, of digits":    {Text: "7778889990"},
		"version":               {ProfileName: "p1", ProfileVersion: 2},
		"none":                  {},
	} {
		f.Tenant, f.Limit = "t", 50
		b.Run("list/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.IngestList(b.Context(), f); err != nil {
					b.Fatal(err)
				}
			}
		})
		if f.After != nil {
			continue
		}
		b.Run("count/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.IngestCount(b.Context(), f, 1000); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
