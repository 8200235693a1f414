package postgres

import (
	"context"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// fill writes ingests of tenant t that are over, of which every filter selects
// many, but what they select together is few. They start 10 ms apart.
func fill(t testing.TB, d *database, rows int) {
	t.Helper()
	err := d.write(t.Context(), func(x *tx) error {
		for _, statement := range []string{
			"SET LOCAL statement_timeout = '10min'", "SET LOCAL session_replication_role = 'replica'", // without triggers
			fmt.Sprintf(`
				INSERT INTO ingests (id, tenant, asset_id, profile_name, profile_version, status, progress, start_ms, end_ms,
					error, media_types, forced, imported, has_input, media_key, input_digest)
				SELECT lpad(to_hex((i * 2654435761) %% 4294967296), 8, '0') || '-' || i, 't',
					CASE i %% 4 WHEN 1 THEN 'large' ELSE 'a' || i %% 1000 END, 'p' || i %% 3, 1 + i %% 2,
					CASE i %% 50 WHEN 0 THEN 'FAILED' WHEN 1 THEN 'SKIPPED' ELSE 'COMPLETED' END,
					0, i * 10::bigint, i * 10::bigint + 5, '', '["VIDEO"]', 0, 0, 1, '', ''
				FROM generate_series(0::bigint, %d - 1) i`, rows),
			"ANALYZE ingests",
		} {
			if _, err := x.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// recorder is a database that keeps what is asked.
type recorder struct {
	*database
	queries []string
	args    [][]any
}

// Read implements [sqlstore.Database].
func (r *recorder) Read(ctx context.Context, do func(sqlstore.Querier) error) error {
	return r.database.Read(ctx, func(q sqlstore.Querier) error { return do(recording{q, r}) })
}

type recording struct {
	sqlstore.Querier
	r *recorder
}

// Query implements [sqlstore.Querier].
func (r recording) Query(query string, args ...any) (driver.Rows, error) {
	r.r.queries, r.r.args = append(r.r.queries, query), append(r.r.args, args)
	return r.Querier.Query(query, args...)
}

// explained gives the plan of each query that do asks, with how many rows it
// reads.
func explained(t *testing.T, d *database, do func(*sqlstore.Store) error) (plans []string) {
	t.Helper()
	r := &recorder{database: d}
	if err := do(sqlstore.New(r, time.Now)); err != nil {
		t.Fatal(err)
	}
	textRow := func(line *string) []sqlstore.Column { return []sqlstore.Column{sqlstore.Text(line)} }
	for i, query := range r.queries {
		err := d.read(t.Context(), func(x *tx) error {
			lines, err := sqlstore.All(x, textRow, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "+query, r.args[i]...)
			plans = append(plans, strings.Join(lines, "\n"))
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	return plans
}

// everyFilter is every combination of the filters, with 0 to 3 statuses.
func everyFilter(rows int) (all []store.IngestFilter) {
	at := time.UnixMilli(int64(rows) * 5)
	statuses := []vod.IngestStatus{vod.Failed, vod.Completed, vod.Running}
	for bits := range 1 << 6 {
		on := func(bit int) bool { return bits>>bit&1 == 1 }
		for n := range len(statuses) + 1 {
			f := store.IngestFilter{Tenant: "t", Statuses: statuses[:n], Limit: 25}
			if on(0) {
				f.AssetID = "large"
			}
			if on(1) {
				f.ProfileName = "p1"
			}
			if on(2) && on(1) {
				f.ProfileVersion = 1
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
			all = append(all, f)
		}
	}
	return all
}

// passedOver is how many rows were read that the list does not show.
func passedOver(plan string) (sum int) {
	for _, m := range regexp.MustCompile(`Rows Removed by Filter: (\d+)`).FindAllStringSubmatch(plan, -1) {
		n, _ := strconv.Atoi(m[1])
		sum += n
	}
	return sum
}

// TestListsAreIndexScans: no list sorts or reads more than its limit asks for,
// although what each filter alone selects is thousands of rows.
func TestListsAreIndexScans(t *testing.T) {
	t.Parallel()
	const rows = 100_000
	d := bare(t, pgtest.Database(t))
	fill(t, d, rows)
	for _, f := range everyFilter(rows) {
		for _, plan := range explained(t, d, func(s *sqlstore.Store) error {
			_, _, err := s.IngestList(t.Context(), f)
			return err
		}) {
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Bitmap") || strings.Contains(plan, "Sort (") || passedOver(plan) > 1000 && f.ProfileVersion == 0 { // Of an asset, a version is looked for among its ingests.
				t.Errorf("%+v:\n%s", f, plan)
			}
		}
	}
}
