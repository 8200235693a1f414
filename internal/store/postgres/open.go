package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// Store is the store in a database. See [store.Store].
type Store struct {
	*sqlstore.Store
	db    *database
	knows int64 // the newest migration of this program
	close func()
}

var _ store.Store = (*Store)(nil)

// Option changes how a store is opened.
type Option func(*settings)

type settings struct {
	now      func() time.Time
	changes  func([]store.Change)
	fail     func(error)
	observer Observer
}

// WithNow sets the clock by which idempotency keys expire and outputs are
// replaced.
func WithNow(now func() time.Time) Option { return func(s *settings) { s.now = now } }

// WithChanges has f hear of what every transaction changes, of whatever process,
// soon after it is committed. It takes a connection of its own. f is quick, and
// does not call the store.
func WithChanges(f func([]store.Change)) Option { return func(s *settings) { s.changes = f } }

// WithFailures has f hear of what goes wrong in the background and is tried
// again: the connection to hear of changes, and sums that are made. f is quick.
func WithFailures(f func(error)) Option { return func(s *settings) { s.fail = f } }

// Open opens the store in the database at the address, such as
// postgres://USER@HOST:5432/DATABASE, and brings its schema up to date. No error
// repeats the address.
func Open(ctx context.Context, address string, options ...Option) (_ *Store, err error) {
	set := settings{now: time.Now, fail: func(error) {}, observer: nobody{}}
	for _, o := range options {
		o(&set)
	}
	config, err := parse(address)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain(err)
	}
	s := &Store{db: newDatabase(pool, set.now)}
	s.db.observer = set.observer
	s.Store = sqlstore.New(s.db, set.now)
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	s.close = sync.OnceFunc(func() {
		stop()
		running.Wait()
		s.db.close()
	})
	defer func() {
		if err != nil {
			s.close()
			err = explain(err)
		}
	}()
	if err := checkServer(ctx, pool); err != nil {
		return nil, err
	}
	if s.knows, err = migrate(ctx, pool); err != nil {
		return nil, err
	}
	if set.changes != nil {
		f := &feed{config: config.ConnConfig, tell: set.changes, fail: func(err error) {
			set.observer.ListenerLost()
			set.fail(err)
		}}
		conn, err := f.connect(ctx)
		if err != nil {
			return nil, err
		}
		running.Go(func() { f.run(background, conn) })
	}
	c := newCompactor(s.db, set.fail)
	running.Go(func() { c.run(background) })
	return s, nil
}

// Ready tells whether the database takes writes, and its schema is one that this
// program can serve.
func (s *Store) Ready(ctx context.Context) error {
	return s.db.write(ctx, func(t *tx) error {
		has, err := schemaOf(t.ctx, t.conn)
		if err != nil {
			return t.note(err)
		}
		if has.version < s.knows {
			return fmt.Errorf("the database has schema version %d, this program needs %d", has.version, s.knows)
		}
		if err := has.serves(s.knows); err != nil {
			return err
		}
		var standby, readOnly bool
		err = t.conn.QueryRow(t.ctx, "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean").Scan(&standby, &readOnly)
		if err != nil {
			return t.note(err)
		}
		if standby || readOnly {
			return errReadOnly
		}
		return nil
	})
}

var errReadOnly = errors.New("the database can only be read: it is a standby, or was set to read only; connect to the primary")

// IngestVersion implements [store.Ingests]. It is not known, as other processes
// write.
func (s *Store) IngestVersion(string) (version uint64, known bool) { return 0, false }

// Close lets the transactions under way end, and closes the connections. It may
// be called again.
func (s *Store) Close() error {
	s.close()
	return nil
}
