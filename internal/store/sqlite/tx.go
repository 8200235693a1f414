package sqlite

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"io"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// tx is the part of the writer's transaction that one write has. It sees what
// the writes before it in the batch have done. It must not be used after the
// write's function has returned.
//
// Statements run without the caller's context: to interrupt one could roll
// back the writes of others.
type tx struct {
	w     *writer
	saved bool            // a savepoint stands
	sums  *sqlstore.Tally // what it adds to the statistics; nil: nothing
	found []searchEntry   // what it adds to the search
}

var _ sqlstore.Writer = (*tx)(nil)

// Lock implements [sqlstore.Writer]: nobody else writes.
func (t *tx) Lock(...string) error { return nil }

// Serial implements [sqlstore.Writer].
func (t *tx) Serial() bool { return true }

// Now implements [sqlstore.Writer].
func (t *tx) Now() time.Time { return t.w.now() }

// Count implements [sqlstore.Writer]. The writer adds up the tallies of a batch.
func (t *tx) Count(sums *sqlstore.Tally) error {
	t.sums = sums
	return nil
}

// Query implements [sqlstore.Querier].
func (t *tx) Query(query string, args ...any) (driver.Rows, error) {
	stmt, err := t.w.prepare(query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.Query(args...) //nolint:rowserrcheck // Next asks for it.
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

// Exec implements [sqlstore.Writer]. The savepoint is set by the first call, so that a write that is
// refused before that costs nothing.
func (t *tx) Exec(query string, args ...any) (affected int64, err error) {
	if !t.saved {
		if err := t.w.control("SAVEPOINT write"); err != nil {
			return 0, err
		}
		t.saved = true
	}
	stmt, err := t.w.prepare(query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// end keeps what was written, or undoes it where the write failed with cause.
func (t *tx) end(cause error) error {
	if !t.saved {
		return nil
	}
	if cause != nil {
		if err := t.w.control("ROLLBACK TO write"); err != nil {
			if codeOf(cause) != 0 {
				return cause // SQLite has rolled back by itself, and this is why.
			}
			return err
		}
	}
	return t.w.control("RELEASE write")
}

// sqlRows are rows of the writer.
type sqlRows struct{ *sql.Rows }

// Columns implements [driver.Rows]; nobody asks for them.
func (r sqlRows) Columns() []string { return nil }

// Next implements [driver.Rows].
func (r sqlRows) Next(row []driver.Value) error {
	if !r.Rows.Next() {
		return cmp.Or(r.Err(), io.EOF)
	}
	targets := make([]any, len(row))
	for i := range row {
		targets[i] = (*any)(&row[i])
	}
	return r.Scan(targets...)
}
