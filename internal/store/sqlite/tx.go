package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// querier is what reads need: a write's transaction, or a read's snapshot.
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
}

// tx is the part of the writer's transaction that one write has. It sees what
// the writes before it in the batch have done. It must not be used after the
// write's function has returned.
//
// Statements run without the caller's context: to interrupt one could roll
// back the writes of others.
type tx struct {
	w     *writer
	saved bool // a savepoint stands
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.w.prepare(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
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

// snapshot is a read transaction: all its queries see the same state.
type snapshot struct {
	ctx context.Context
	tx  *sql.Tx
}

func (s snapshot) query(query string, args ...any) (*sql.Rows, error) {
	return s.tx.QueryContext(s.ctx, query, args...)
}

// read runs do on one state of the store.
func (s *Store) read(ctx context.Context, do func(querier) error) error {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // Nothing was written that could be lost.
	return do(snapshot{ctx, tx})
}

// all runs a query and gives its rows; columns binds a row's columns.
func all[T any](q querier, columns func(*T) []column, query string, args ...any) (list []T, err error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong.
	for rows.Next() {
		var row T
		bound := columns(&row)
		targets := make([]any, len(bound))
		for i, c := range bound {
			targets[i] = c
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

// first is like all for the first row; ok is false when there is none.
func first[T any](q querier, columns func(*T) []column, query string, args ...any) (row T, ok bool, err error) {
	list, err := all(q, columns, query, args...)
	if err != nil || len(list) == 0 {
		return row, false, err
	}
	return list[0], true, nil
}
