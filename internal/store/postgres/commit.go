package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// outcomeTimeout is for how long it is asked whether a commit was carried out
// whose answer was lost: longer than a server takes to come up after a crash.
const outcomeTimeout = 2 * time.Minute

// errNotCommitted is for a commit that was lost with its connection.
var errNotCommitted = errors.New("the connection was lost, and the transaction with it")

// commit ends a transaction, and tells with certainty whether it was written.
// One round trip leaves the transaction's token in the row of its connection,
// tells listeners what has changed, and commits.
func (d *database) commit(t *tx) error {
	if !t.wrote {
		t.rollback()
		return nil
	}
	at, token := sessionOf(t.conn), uuid.NewString()
	if d.committing != nil {
		d.committing(t.conn)
	}
	err := sendCommit(t, at, token)
	if err == nil {
		d.wrote(d.writes.Add(1))
		return nil
	}
	var refused *pgconn.PgError
	if pgconn.SafeToRetry(err) || errors.As(err, &refused) && !t.conn.IsClosed() {
		t.rollback()
		return t.note(fmt.Errorf("commit: %w", err))
	}
	_ = t.conn.Close(t.ctx) // It is lost; this frees what it had here.
	written, unknown := d.committed(t.ctx, at, token)
	switch {
	case unknown != nil:
		return fmt.Errorf("%w (%w, %w)", vod.Faultf(vod.Unavailable,
			"The connection to the database was lost while a change was being written, and whether it was cannot be found out. Look before you do it again."), err, unknown)
	case !written:
		return t.note(fmt.Errorf("%w: %w", errNotCommitted, err))
	}
	d.wrote(d.writes.Add(1))
	return nil
}

func sendCommit(t *tx, at session, token string) error {
	var batch pgx.Batch
	batch.Queue("SELECT orchestrate_commit($1, $2)", at.name, token)
	batch.Queue("COMMIT")
	results := t.conn.SendBatch(t.ctx, &batch)
	_, err := results.Exec()
	if err == nil {
		var tag pgconn.CommandTag
		if tag, err = results.Exec(); err == nil && tag.String() != "COMMIT" {
			err = &pgconn.PgError{Severity: "ERROR", Code: "25P02", Message: "a statement of the transaction had failed: " + tag.String()}
		}
	}
	return errors.Join(err, results.Close())
}

// committed tells whether the transaction with the token was committed, whose
// connection is lost. First the process at the server that the connection had
// is ended, so that it cannot commit afterwards: what was sent may still be on
// its way.
func (d *database) committed(ctx context.Context, at session, token string) (written bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outcomeTimeout)
	defer cancel()
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		var known bool
		if known, written, err = d.outcome(ctx, at, token); known {
			return written, nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false, errors.Join(err, ctx.Err())
		}
	}
}

func (d *database) outcome(ctx context.Context, at session, token string) (known, written bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return false, false, err
	}
	defer conn.Release()
	tag, err := conn.Exec(ctx, `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2`, at.process, at.since)
	if err != nil || tag.RowsAffected() > 0 {
		return false, false, err
	}
	var last string
	err = conn.QueryRow(ctx, `SELECT token FROM commits WHERE connection = $1`, at.name).Scan(&last)
	if errors.Is(err, pgx.ErrNoRows) {
		return true, false, nil
	}
	return err == nil, last == token, err
}
