package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// readers is the pool of connections that read. They are driven without
// database/sql: its locks, goroutines and conversions took as long as SQLite
// itself for a page of 25 rows.
type readers struct {
	db   *sql.DB
	free chan *reader  // of the pool's size
	quit chan struct{} // closed by close
}

// reader is one connection. Whoever has it uses it alone.
type reader struct {
	conn  *sql.Conn
	raw   driver.Conn // of conn, for the time of one read
	stmts map[string]stmt
}

// stmt is what the driver's statements are.
type stmt interface {
	driver.Stmt
	driver.StmtQueryContext
}

func newReaders(ctx context.Context, path string, n int, set []pragma) (_ *readers, err error) {
	db, err := connect(ctx, path, n, set)
	if err != nil {
		return nil, err
	}
	pool := &readers{db: db, free: make(chan *reader, n), quit: make(chan struct{})}
	for range n {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("take a read connection: %w", err), pool.close())
		}
		pool.free <- &reader{conn: conn, stmts: map[string]stmt{}}
	}
	return pool, nil
}

// close waits for the reads under way. It is called once.
func (p *readers) close() error {
	close(p.quit)
	var errs []error
	for range p.db.Stats().InUse {
		r := <-p.free
		for _, stmt := range r.stmts { // They are not closed with the connection.
			errs = append(errs, stmt.Close())
		}
		errs = append(errs, r.conn.Close())
	}
	return errors.Join(append(errs, p.db.Close())...)
}

// read runs do on one state of the store. The context bounds the wait for a
// connection alone: every read is of few rows, and to watch the context while
// they are read took a goroutine for each statement.
func (s *Store) read(ctx context.Context, do func(sqlstore.Querier) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-s.readers.quit: // Checked first: select picks at random.
		return errClosed
	default:
	}
	select {
	case r := <-s.readers.free:
		defer func() { s.readers.free <- r }()
		return r.conn.Raw(func(raw any) error {
			var ok bool
			if r.raw, ok = raw.(driver.Conn); !ok {
				return fmt.Errorf("the driver's connection is %T", raw)
			}
			return r.snapshot(do)
		})
	case <-ctx.Done():
		return ctx.Err()
	case <-s.readers.quit:
		return errClosed
	}
}

// snapshot runs do in a read transaction: all its queries see the same state.
func (r *reader) snapshot(do func(sqlstore.Querier) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a read panicked: %v\n%s", p, debug.Stack())
		}
	}()
	if err := r.control("BEGIN"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.control("ROLLBACK")) }() // Nothing was written that could be lost.
	return do(r)
}

func (r *reader) control(query string) error {
	rows, err := r.Query(query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return rows.Close()
}

// Query implements [sqlstore.Querier].
func (r *reader) Query(query string, args ...any) (driver.Rows, error) {
	stmt, err := r.prepare(query)
	if err != nil {
		return nil, err
	}
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, fmt.Errorf("argument %d of %q: %w", i+1, query, err)
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: value}
	}
	return stmt.QueryContext(context.Background(), named)
}

// prepare gives the statement for query, prepared once. The number of
// different queries is small and bounded by the program's text.
func (r *reader) prepare(query string) (stmt, error) {
	if known, ok := r.stmts[query]; ok {
		return known, nil
	}
	prepared, err := r.raw.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	known, ok := prepared.(stmt)
	if !ok {
		return nil, fmt.Errorf("the driver's statement is %T", prepared)
	}
	r.stmts[query] = known
	return known, nil
}
