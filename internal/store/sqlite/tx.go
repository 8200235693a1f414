package sqlite

import (
	"cmp"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// textArg is a parameter of text in a comparison. With a bare ? SQLite looks
// whether the value bound is 0 or 1, which would ask for another plan, and
// therefore compiles a prepared statement anew at each use; so it does for
// LIMIT ?, joins and sorts. That took 40 % of the time of a list.
const textArg = "CAST(? AS TEXT)"

// integerArg is the same of an integer.
const integerArg = "CAST(? AS INTEGER)"

// querier is what reads need: a write's transaction, or a read's snapshot.
type querier interface {
	query(query string, args ...any) (driver.Rows, error)
}

// tx is the part of the writer's transaction that one write has. It sees what
// the writes before it in the batch have done. It must not be used after the
// write's function has returned.
//
// Statements run without the caller's context: to interrupt one could roll
// back the writes of others.
type tx struct {
	w     *writer
	saved bool   // a savepoint stands
	sums  *tally // what it adds to the statistics; nil: nothing so far
}

// tally is where the write counts what it changes.
func (t *tx) tally() *tally {
	if t.sums == nil {
		t.sums = newTally()
	}
	return t.sums
}

func (t *tx) query(query string, args ...any) (driver.Rows, error) {
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

// exec writes. The savepoint is set by the first call, so that a write that is
// refused before that costs nothing.
func (t *tx) exec(query string, args ...any) (affected int64, err error) {
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

// all runs a query and gives its rows; columns binds a row's columns.
func all[T any](q querier, columns func(*T) []column, query string, args ...any) (list []T, err error) {
	return while(func([]T) bool { return true }, 0, q, columns, query, args...)
}

// upTo is like all for the first n rows. SQLite reads no more than these. That
// is as good as a LIMIT and cheaper: SQLite compiles a statement with a
// LIMIT ? anew for each value, as it might ask for another plan.
func upTo[T any](n int, q querier, columns func(*T) []column, query string, args ...any) (list []T, err error) {
	return while(func(list []T) bool { return len(list) < n }, min(n, 26), q, columns, query, args...) // 26: a page of the usual size and one row more
}

// while is like all for as long as more says so of the rows that were read; size
// is how many are to be expected.
func while[T any](more func([]T) bool, size int, q querier, columns func(*T) []column, query string, args ...any) (list []T, err error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Next tells what went wrong.
	var row T
	bound := columns(&row)
	values := make([]driver.Value, len(bound))
	for more(list) {
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if list == nil {
			list = make([]T, 0, size)
		}
		for i, c := range bound {
			if err := c.Scan(values[i]); err != nil {
				return nil, fmt.Errorf("column %d: %w", i, err)
			}
		}
		list = append(list, row)
	}
	return list, nil
}

// first is like all for the first row; ok is false when there is none.
func first[T any](q querier, columns func(*T) []column, query string, args ...any) (row T, ok bool, err error) {
	list, err := upTo(1, q, columns, query, args...)
	if err != nil || len(list) == 0 {
		return row, false, err
	}
	return list[0], true, nil
}
