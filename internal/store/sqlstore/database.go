package sqlstore

import (
	"context"
	"database/sql/driver"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Querier asks the database. Rows hold int64 for every kind of whole number,
// string, float64 and nil. Parameters are int64, int, string, float64 and nil; a
// statement has either ? for all of them, in their order, or ?1, ?2 and so on.
type Querier interface {
	Query(query string, args ...any) (driver.Rows, error)
}

// Writer is the transaction of one write. It is used by one goroutine, and not
// after the write's function has returned.
type Writer interface {
	Querier
	Exec(query string, args ...any) (affected int64, err error)
	// Lock waits until no other write, in whatever process, holds what the parts
	// name, and holds it until the transaction ends.
	Lock(parts ...string) error
	// Serial tells that one write runs at a time anyway, so that nothing must be
	// read for the sake of a lock.
	Serial() bool
	// Now is the time of the write.
	Now() time.Time
	// Count adds to the statistics what the write counts if it is carried through.
	// It is called once at most, as the last thing.
	Count(*Tally) error
	// IndexNew makes a new ingest searchable. It calls insert once, which writes
	// the ingest's row, with the columns that are added to it, such as ", a, b".
	IndexNew(in *vod.Ingest, insert func(columns string, values ...any) error) error
	// IndexAgain is called when what a run is found by may have changed, after
	// its row and before its tasks are written; see [SearchTextOf].
	IndexAgain(run *vod.Run) error
}

// Database is what an adapter provides. All of it is safe for concurrent use.
type Database interface {
	// Read runs do on one state of the database, which sees all writes that have
	// returned.
	Read(ctx context.Context, do func(Querier) error) error
	// Write runs do in a transaction and returns when that is durable, or when
	// nothing of it is written. What do returns is returned as it is. do may run
	// again, and then begins anew. A context that is over keeps it from running.
	//
	// Each statement of do sees what was committed before it began, so that what is
	// read after a Lock is current. A panic of do is an error.
	Write(ctx context.Context, do func(Writer) error) error
	// Taken tells whether err is that of a row whose key another row has.
	Taken(err error) bool

	// Merge makes one statement, without its limit, of several that an index can
	// each read in the order; no more than n rows will be asked for.
	Merge(scans []string, order string, n int) string

	// SearchPage gives a page in list order, and one row more if there is, of a
	// filter that has a text of three characters or more. Its ingest id is a key.
	SearchPage(q Querier, f store.IngestFilter) ([]vod.Ingest, error)
	// SearchCount counts what such a filter selects in each of the statuses, in
	// place of its own, no further than most.
	SearchCount(q Querier, f store.IngestFilter, statuses []vod.IngestStatus, most int) (map[vod.IngestStatus]int, error)
}

// Store is nearly all of a [store.Store]; what depends on the database is left to
// the adapter that embeds it.
type Store struct {
	db  Database
	now func() time.Time
}

// New makes the store of a database. By the clock, idempotency keys expire that
// are looked for.
func New(db Database, now func() time.Time) *Store { return &Store{db: db, now: now} }

// tx is what one write has.
type tx struct {
	Writer
	now   time.Time // of the write
	taken func(error) bool
	sums  *Tally // what it adds to the statistics; nil: nothing so far
}

// write runs do as one write.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	return s.db.Write(ctx, func(w Writer) error {
		t := &tx{Writer: w, now: w.Now(), taken: s.db.Taken}
		if err := do(t); err != nil || t.sums == nil {
			return err
		}
		return w.Count(t.sums)
	})
}

// tally is where the write counts what it changes.
func (t *tx) tally() *Tally {
	if t.sums == nil {
		t.sums = NewTally()
	}
	return t.sums
}
