package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// readConnections is the size of the read pool. More gained nothing on two
// cores, and each has a page cache of its own.
const readConnections = 3

// Store is the store in one file. See [store.Store].
type Store struct {
	*sqlstore.Store

	path    string
	schema  int64 // version of the schema that this program is written for
	writer  *writer
	writeDB *sql.DB
	readers *readers
	close   func() error // the first call closes, all give its error
}

var _ store.Store = (*Store)(nil)

// Option changes how a store is opened.
type Option func(*settings)

type settings struct {
	now         func() time.Time
	synchronous string
	batched     func(writes int, took time.Duration, err error)
	busy        time.Duration // see WithBusyWait
	changes     func([]store.Change)
	// upgrade copies the database before its schema is changed; nil: it is not
	// copied.
	upgrade func(ctx context.Context, path string, from, to int64) (*backup, error)
}

// WithNow sets the clock by which idempotency keys expire and outputs are
// replaced.
func WithNow(now func() time.Time) Option { return func(s *settings) { s.now = now } }

// WithBatches has f hear of every transaction, for statistics: how many writes
// shared it, how long it took, and why none of them was written. f is quick.
func WithBatches(f func(writes int, took time.Duration, err error)) Option {
	return func(s *settings) { s.batched = f }
}

// Open opens the store in the file at path, creates it where there is none,
// and brings its schema up to date. The folder must exist. The file is made
// readable by its owner alone: addresses of sources may hold signatures.
func Open(ctx context.Context, path string, options ...Option) (_ *Store, err error) {
	set := settings{now: time.Now, synchronous: "FULL", busy: busyWait, batched: func(int, time.Duration, error) {}}
	for _, o := range options {
		o(&set)
	}
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	s := &Store{path: path}
	s.Store = sqlstore.New(database{s}, set.now)
	s.close = sync.OnceValue(s.closeAll)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.writeDB, err = connect(ctx, path, 1, set.writing()); err != nil {
		return nil, err
	}
	if s.schema, err = migrate(ctx, s.writeDB, path, set); err != nil {
		return nil, err
	}
	if s.readers, err = newReaders(ctx, path, readConnections, pragmas(set.synchronous, true)); err != nil {
		return nil, err
	}
	conn, err := s.writeDB.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("take the write connection: %w", err)
	}
	if s.writer, err = newWriter(conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	s.writer.batched, s.writer.now = set.batched, set.now
	if set.changes != nil {
		s.writer.feed = &feed{tell: set.changes}
	}
	go s.writer.loop()
	return s, nil
}

// createPrivate makes an empty file, unless there is a file.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return f.Close()
}

// Ready tells whether the schema is current and the writer answers.
func (s *Store) Ready(ctx context.Context) error {
	var version int64
	err := s.read(ctx, func(q sqlstore.Querier) (err error) {
		version, _, err = sqlstore.First(q, numberRow, versionQuery)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if version != s.schema {
		return fmt.Errorf("the database %s has schema version %d, this program needs %d", s.path, version, s.schema)
	}
	return s.write(ctx, func(*tx) error { return nil })
}

// Close lets the writes that were taken end, and closes the file. Writes that
// still wait for their turn fail. It may be called again.
func (s *Store) Close() error { return s.close() }

func (s *Store) closeAll() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.close())
	}
	if s.writeDB != nil { // Last, so that it moves the WAL into the file.
		errs = append(errs, s.writeDB.Close())
	}
	return errors.Join(errs...)
}
