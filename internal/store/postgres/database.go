package postgres

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

const (
	// workTimeout bounds a transaction from the moment at which it has a
	// connection.
	workTimeout = time.Minute
	// patience is for how long a transaction is tried again that failed for a
	// reason that passes: that of a restart of the server.
	patience = 15 * time.Second
)

// errClosed is returned for what is asked of a store after Close.
var errClosed = errors.New("the store is closed")

// database runs transactions on a pool of connections.
type database struct {
	pool     *pgxpool.Pool
	now      func() time.Time
	rewriter rewriter
	// writing has room for as many writes as there may be at once: some
	// connections are left to reads, however many writes wait for a lock.
	writing chan struct{}
	quit    chan struct{} // closed by close
	writes  atomic.Int64  // how many were committed
	wrote   func(n int64) // is told of that number; quick
	// observer hears how the database is used.
	observer Observer
	// committing is called just before a commit is sent, for tests; nil: nothing.
	committing func(*pgx.Conn)
}

func newDatabase(pool *pgxpool.Pool, now func() time.Time) *database {
	size := int(pool.Config().MaxConns)
	return &database{
		pool: pool, now: now, writing: make(chan struct{}, size-max(1, size/4)), quit: make(chan struct{}), wrote: func(int64) {}, observer: nobody{},
	}
}

var _ sqlstore.Database = (*database)(nil)

// Read implements [sqlstore.Database].
func (d *database) Read(ctx context.Context, do func(sqlstore.Querier) error) error {
	return d.read(ctx, func(t *tx) error { return do(t) })
}

// Write implements [sqlstore.Database].
func (d *database) Write(ctx context.Context, do func(sqlstore.Writer) error) error {
	return d.write(ctx, func(t *tx) error { return do(t) })
}

// Taken implements [sqlstore.Database].
func (d *database) Taken(err error) bool { return taken(err) }

// read runs do on one state of the database. It may be called again. The
// context bounds the wait for a connection alone, as all reads are of few rows:
// to end one in the middle is to lose the connection.
func (d *database) read(ctx context.Context, do func(*tx) error) error {
	return d.again(ctx, func() error {
		return d.once(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", func(t *tx) error {
			err := t.run(do)
			t.rollback() // Nothing was written that could be lost.
			return err
		})
	})
}

// write runs do in a transaction and returns when its effects are durable, or
// nothing of it is written. do may be called again. A context that ends before
// there is a connection keeps it from running; later, the write is carried
// through, so that an error means that nothing was written.
func (d *database) write(ctx context.Context, do func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case d.writing <- struct{}{}:
		defer func() { <-d.writing }()
	case <-ctx.Done():
		return ctx.Err()
	case <-d.quit:
		return errClosed
	}
	begun := time.Now()
	err := d.again(ctx, func() error {
		return d.once(ctx, "BEGIN ISOLATION LEVEL READ COMMITTED", func(t *tx) error {
			if err := t.run(do); err != nil {
				t.rollback()
				return err
			}
			return d.commit(t)
		})
	})
	d.observed(begun, err)
	return err
}

// once runs work in a transaction on a connection of the pool. The error of the
// database decides what comes of it, whatever was made of that.
func (d *database) once(ctx context.Context, begin string, work func(*tx) error) error {
	select {
	case <-d.quit:
		return errClosed
	default:
	}
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return passing(err, passes(err))
	}
	defer conn.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workTimeout)
	defer cancel()
	t := &tx{ctx: ctx, conn: conn.Conn(), rewriter: &d.rewriter, now: d.now()}
	if _, err := t.conn.Exec(ctx, begin); err != nil {
		return passing(err, passes(err) || t.conn.IsClosed())
	}
	err = work(t)
	if err != nil && t.failed != nil && (passes(t.failed) || t.conn.IsClosed()) {
		return passing(err, true)
	}
	return err
}

// again repeats what fails for a reason that passes.
func (d *database) again(ctx context.Context, do func() error) error {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval = 5*time.Millisecond, time.Second
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := do()
		var again *passingError
		if err == nil || errors.As(err, &again) {
			return struct{}{}, err
		}
		return struct{}{}, backoff.Permanent(err)
	}, backoff.WithBackOff(delays), backoff.WithMaxElapsedTime(patience),
		backoff.WithNotify(func(err error, _ time.Duration) { d.observer.StoreRetried(codeOf(err)) }))
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		return errors.Join(ended, err)
	}
	return explain(err)
}

// close waits for the transactions under way, and closes the connections.
func (d *database) close() {
	close(d.quit)
	d.pool.Close()
}
