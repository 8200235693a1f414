package postgres

import (
	"context"
	"errors"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// Snapshot runs do on one state of the database, once, and as long as it takes:
// for what reads all of it.
func (s *Store) Snapshot(ctx context.Context, do func(sqlstore.Querier) error) (err error) {
	conn, err := s.db.pool.Acquire(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Release()
	t := &tx{ctx: ctx, conn: conn.Conn(), rewriter: &s.db.rewriter}
	for _, statement := range []string{
		"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		"SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0",
	} {
		if _, err := t.conn.Exec(ctx, statement); err != nil {
			return explain(errors.Join(err, conn.Conn().Close(ctx)))
		}
	}
	defer t.rollback() // Nothing was written that could be lost.
	return explain(t.run(func(t *tx) error { return do(t) }))
}

// Kept is a text as the database can keep it.
func (s *Store) Kept(text string) string { return sqlstore.Clean(text) }
