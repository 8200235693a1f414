package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// statement is what was asked of the database.
type statement struct {
	query string
	args  []any
}

// recorder is a database that keeps what it is asked.
type recorder struct {
	database
	asked []statement
}

func (r *recorder) Read(ctx context.Context, do func(sqlstore.Querier) error) error {
	return r.database.Read(ctx, func(q sqlstore.Querier) error { return do(recordedReads{q, r}) })
}

func (r *recorder) Write(ctx context.Context, do func(sqlstore.Writer) error) error {
	return r.database.Write(ctx, func(w sqlstore.Writer) error { return do(recordedWrites{w, r}) })
}

func (r *recorder) keep(query string, args []any) {
	r.asked = append(r.asked, statement{query, slices.Clone(args)})
}

type recordedReads struct {
	sqlstore.Querier
	r *recorder
}

func (q recordedReads) Query(query string, args ...any) (driver.Rows, error) {
	q.r.keep(query, args)
	return q.Querier.Query(query, args...)
}

type recordedWrites struct {
	sqlstore.Writer
	r *recorder
}

func (w recordedWrites) Query(query string, args ...any) (driver.Rows, error) {
	w.r.keep(query, args)
	return w.Writer.Query(query, args...)
}

func (w recordedWrites) Exec(query string, args ...any) (int64, error) {
	w.r.keep(query, args)
	return w.Writer.Exec(query, args...)
}

// asked runs do and gives what it asked of the store's database.
func asked(t *testing.T, s *Store, do func(context.Context, *sqlstore.Store) error) []statement {
	t.Helper()
	r := &recorder{database: database{s}}
	if err := do(t.Context(), sqlstore.New(r, time.Now)); err != nil {
		t.Fatal(err)
	}
	if len(r.asked) == 0 {
		t.Fatal("nothing was asked")
	}
	return r.asked
}

// expectPlans runs do and holds that SQLite finds the rows for its statements
// by the indexes, each of which stands in the plan of one of them, and that none
// of them goes through a table or sorts one.
func expectPlans(t *testing.T, s *Store, do func(context.Context, *sqlstore.Store) error, indexes ...string) {
	t.Helper()
	var plans []string
	for _, a := range asked(t, s, do) {
		plan := explain(t, s, a.query, a.args...)
		plans = append(plans, a.query+"\n\t"+strings.Join(plan, "\n\t"))
		for _, line := range plan {
			whole := strings.HasPrefix(line, "SCAN") && !slices.ContainsFunc(scansAllowed(), func(allowed string) bool { return strings.HasPrefix(line, allowed) })
			if whole || strings.Contains(line, "TEMP B-TREE FOR ORDER BY") && !strings.Contains(a.query, "statistics_errors") {
				t.Errorf("%s\n\t%s", a.query, strings.Join(plan, "\n\t"))
			}
		}
	}
	all := strings.Join(plans, "\n")
	for _, index := range indexes {
		if !strings.Contains(all, index) {
			t.Errorf("%s is not used by\n%s", index, all)
		}
	}
}

// scansAllowed are those of what is not over, of what was read by index before,
// and of what is a row by itself.
func scansAllowed() []string {
	return []string{
		"SCAN ingests USING INDEX ingests_unfinished", "SCAN ingests USING COVERING INDEX ingests_unfinished",
		"SCAN (subquery", "SCAN counted", "SCAN summed", "SCAN CONSTANT ROW",
	}
}
