package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// errClosed is returned for a write after Close.
var errClosed = errors.New("the store is closed")

// maxBatch bounds how many writes share a transaction, and so how long the
// first of them waits for its answer.
const maxBatch = 256

// request is a write that waits for its turn.
type request struct {
	ctx   context.Context
	do    func(*tx) error
	err   error
	reply chan error // of capacity 1: the writer never waits for a caller
}

// writer runs writes one after the other on the one connection that writes.
type writer struct {
	conn     *sql.Conn
	stmts    map[string]*sql.Stmt
	versions *listVersions
	tally    *sqlstore.Tally       // of the batch under way
	index    map[int64]searchEntry // of the batch under way, by row
	// histograms are those that the store holds, of what was counted last; of
	// none where that is not sure.
	histograms map[sqlstore.DurationKey]statistics.Histogram
	feed       *feed         // nil: nobody wants to hear of changes
	requests   chan *request // unbuffered: what was taken is answered
	quit       chan struct{} // closed by close
	done       chan struct{} // closed when loop has returned
	batched    func(writes int, took time.Duration, err error)
	now        func() time.Time
}

func newWriter(conn *sql.Conn) (*writer, error) {
	w := &writer{
		conn: conn, now: time.Now, versions: newListVersions(), tally: sqlstore.NewTally(), index: map[int64]searchEntry{}, histograms: map[sqlstore.DurationKey]statistics.Histogram{}, batched: func(int, time.Duration, error) {},
		stmts: map[string]*sql.Stmt{}, requests: make(chan *request), quit: make(chan struct{}), done: make(chan struct{}),
	}
	return w, w.watch(conn)
}

// write runs do in the writer's transaction and returns when its effects are
// durable, or nothing of it is written. A context that ends before its turn
// keeps it from running; later, the write is carried through, so that an
// error always means that nothing was written.
func (w *writer) write(ctx context.Context, do func(*tx) error) error {
	r := &request{ctx: ctx, do: do, reply: make(chan error, 1)}
	select {
	case <-w.quit: // Checked first: select picks at random.
		return errClosed
	default:
	}
	select {
	case w.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	case <-w.done:
		return errClosed
	}
	select {
	case err := <-r.reply:
		return err
	case <-w.done:
	}
	select { // It may have been answered just before the end.
	case err := <-r.reply:
		return err
	default:
		return errClosed
	}
}

// close lets the batch under way end and gives the connection back. It is
// called once.
func (w *writer) close() error {
	close(w.quit)
	<-w.done
	return w.release()
}

// release closes the statements too: they are not closed with the connection,
// and one that is open would keep SQLite from ending the WAL.
func (w *writer) release() error {
	var errs []error
	for _, stmt := range w.stmts {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case <-w.quit:
			return
		case r := <-w.requests:
			w.batch(r)
		}
	}
}

// batch runs the first write and all that wait by then in one transaction.
func (w *writer) batch(first *request) {
	taken, began := []*request{first}, time.Now()
	err := w.begin()
	for i := 0; err == nil && i < len(taken); i++ {
		if err = w.run(taken[i]); err == nil && len(taken) < maxBatch {
			taken = append(taken, w.waiting()...)
		}
	}
	if err == nil {
		err = w.commit()
	}
	clear(w.versions.touched)
	w.tally.Clear()
	clear(w.index)
	w.feed.clear()
	if err != nil {
		clear(w.histograms)
		// It fails when SQLite has rolled back by itself, as for a full disk.
		_ = w.control("ROLLBACK")
	}
	w.batched(len(taken), time.Since(began), err)
	for _, r := range taken {
		if err != nil {
			// Also for those that were refused: what they saw may be gone.
			r.err = err
		}
		r.reply <- r.err
	}
}

// commit ends the transaction and tells of it.
func (w *writer) commit() error {
	if err := w.writeIndex(); err != nil {
		return err
	}
	if err := w.writeTally(); err != nil {
		return err
	}
	changes := w.feed.changes(&tx{w: w})
	err := w.versions.commit(func() error { return w.control("COMMIT") })
	if err == nil {
		w.feed.told(changes)
	}
	return err
}

// waiting takes the next write, if there is one now.
func (w *writer) waiting() []*request {
	select {
	case r := <-w.requests:
		return []*request{r}
	default:
		return nil
	}
}

// run runs one write. The error it returns is the end of the whole batch; a
// refusal of the write itself is left in r.
func (w *writer) run(r *request) (fatal error) {
	if r.err = r.ctx.Err(); r.err != nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			fatal = fmt.Errorf("a write panicked: %v\n%s", p, debug.Stack())
		}
	}()
	t, mark := &tx{w: w}, w.feed.mark()
	if r.err = r.do(t); r.err != nil {
		w.feed.back(mark)
	} else {
		w.take(t)
	}
	return t.end(r.err)
}

// take takes over what is written at the end of the batch.
func (w *writer) take(t *tx) {
	for _, e := range t.found {
		e.isNew = e.isNew || w.index[e.row].isNew
		w.index[e.row] = e
	}
	if t.sums == nil {
		return
	}
	w.tally.Add(t.sums)
	if t.sums.Removed {
		clear(w.histograms)
	}
}

func (w *writer) begin() error {
	// IMMEDIATE, so that a process that should not be there is met here, once,
	// and not in the middle.
	return w.control("BEGIN IMMEDIATE")
}

// control runs a statement that begins or ends a transaction.
func (w *writer) control(query string) error {
	stmt, err := w.prepare(query)
	if err != nil {
		return err
	}
	if _, err = stmt.Exec(); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// prepare gives the statement for query, prepared once. The number of
// different queries is small and bounded by the program's text.
func (w *writer) prepare(query string) (*sql.Stmt, error) {
	if stmt, ok := w.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	w.stmts[query] = stmt
	return stmt, nil
}
