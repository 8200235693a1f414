package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// tx is a transaction, of one caller and for the time of one read or write. It
// is what package sqlstore reads and writes by.
type tx struct {
	ctx      context.Context //nolint:containedctx // Of the one call that the transaction is for.
	conn     *pgx.Conn
	rewriter *rewriter
	now      time.Time
	wrote    bool
	// failed is the first error of the database. The transaction is over with it,
	// whatever its user makes of it.
	failed error
}

// Query implements [sqlstore.Querier].
func (t *tx) Query(query string, args ...any) (driver.Rows, error) {
	found, err := t.conn.Query(t.ctx, t.rewriter.rewrite(query), askable(args)...) // Whoever asks closes them, and Next tells.
	if err != nil {
		return nil, t.note(err)
	}
	return watched{rows{found}, t}, nil
}

// Exec implements [sqlstore.Writer].
func (t *tx) Exec(query string, args ...any) (affected int64, err error) {
	if err := checkText(args); err != nil {
		return 0, err
	}
	t.wrote = true
	tag, err := t.conn.Exec(t.ctx, t.rewriter.rewrite(query), args...)
	if err != nil {
		return 0, t.note(err)
	}
	return tag.RowsAffected(), nil
}

// Lock implements [sqlstore.Writer]: until the transaction ends, no other one
// has the lock of the same parts. Different parts may rarely share a lock.
func (t *tx) Lock(parts ...string) error {
	_, err := t.conn.Exec(t.ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", lockName(parts))
	if err != nil {
		return t.note(fmt.Errorf("lock %s: %w", parts, err))
	}
	return nil
}

// Serial implements [sqlstore.Writer].
func (t *tx) Serial() bool { return false }

// Now implements [sqlstore.Writer].
func (t *tx) Now() time.Time { return t.now }

// lockName may hold what no text of the database can.
func lockName(parts []string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(strings.Join(parts, "\x1f"), "\uFFFD"), "\x00", "\uFFFD")
}

// note keeps the first error.
func (t *tx) note(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// run has do work in the transaction; a panic is an error.
func (t *tx) run(do func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a transaction panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return do(t)
}

// rollback undoes the transaction. Where it cannot, the connection is closed,
// and the server undoes it.
func (t *tx) rollback() {
	if _, err := t.conn.Exec(t.ctx, "ROLLBACK"); err != nil {
		_ = t.conn.Close(t.ctx) // It is given up either way.
	}
}

// watched notes errors of rows, too.
type watched struct {
	rows
	t *tx
}

// Next implements [driver.Rows].
func (w watched) Next(row []driver.Value) error {
	err := w.rows.Next(row)
	if err != nil && !errors.Is(err, io.EOF) {
		return w.t.note(err)
	}
	return err
}

// Close implements [driver.Rows].
func (w watched) Close() error {
	if err := w.rows.Close(); err != nil {
		return w.t.note(err)
	}
	return nil
}

// askable replaces what no text of the database can hold by what hardly any
// does, so that it is not found rather than refused.
func askable(args []any) []any {
	for i, arg := range args {
		s, ok := arg.(string)
		if ok && !keepable(s) {
			args = slices.Clone(args)
			args[i] = sqlstore.Clean(s)
		}
	}
	return args
}

// keepable tells whether Postgres can keep it as text.
func keepable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// checkText refuses what Postgres cannot keep as text.
func checkText(args []any) error {
	for _, arg := range args {
		s, ok := arg.(string)
		if !ok || keepable(s) {
			continue
		}
		what := "a character that is no UTF-8"
		if strings.IndexByte(s, 0) >= 0 {
			what = "a NUL character"
		}
		return vod.Faultf(vod.Invalid, "The text %.80q has %s, which the database cannot keep.", s, what)
	}
	return nil
}
