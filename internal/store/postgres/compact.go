package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
)

// Counts and statistics are tables to which each transaction adds rows of its
// own: were it to add to a row that others add to, it would wait until they are
// committed, and all ingests of a tenant would be written one after the other.
// What reads these tables adds up the rows. So that these stay few, one process
// at a time makes one row of all that count the same.

const (
	// compactAfter is after how many writes of this process sums are made.
	compactAfter = 1000
	// compactEvery is after which time they are made if there were any writes.
	compactEvery = time.Minute
	// commitsKept is for how long the last commits of connections are kept, which
	// have long ended by then.
	commitsKept = "1 day"
)

// compactLock is the key of the lock of whoever makes sums.
const compactLock = 0x6f72636865737472

// compactor makes sums now and then.
type compactor struct {
	db   *database
	wake chan struct{} // of capacity 1
	fail func(error)   // is told what went wrong; quick
}

// newCompactor makes one that is woken by the writes of db.
func newCompactor(db *database, fail func(error)) *compactor {
	c := &compactor{db: db, wake: make(chan struct{}, 1), fail: fail}
	db.wrote = func(n int64) {
		if n%compactAfter != 0 {
			return
		}
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
	return c
}

// run makes sums until ctx ends.
func (c *compactor) run(ctx context.Context) {
	ticker := time.NewTicker(compactEvery)
	defer ticker.Stop()
	for done := int64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if c.db.writes.Load() == done {
				continue
			}
		case <-c.wake:
		}
		if _, err := c.db.compact(ctx); err != nil && ctx.Err() == nil {
			c.fail(fmt.Errorf("add up counts and statistics: %w", err))
		}
		done = c.db.writes.Load() // Of which one is that of the compaction.
	}
}

// What is added up by statements alone. The rows of transactions under way are
// not seen, and are added up the next time.
const (
	compactCounts = `
		WITH gone AS (DELETE FROM ingest_counts WHERE summed = 0 RETURNING *)
		INSERT INTO ingest_counts AS has (tenant, status, n, summed) SELECT tenant, status, sum(n), 1 FROM gone GROUP BY 1, 2
		ON CONFLICT (tenant, status) WHERE summed = 1 DO UPDATE SET n = has.n + excluded.n`
	compactStatistics = `
		WITH gone AS (DELETE FROM statistics_counts WHERE summed = 0 RETURNING *)
		INSERT INTO statistics_counts AS has (tenant, slot_ms, profile, accepted, dequeued, completed, skipped, failed, cancelled, summed)
		SELECT tenant, slot_ms, profile, sum(accepted), sum(dequeued), sum(completed), sum(skipped), sum(failed), sum(cancelled), 1
		FROM gone GROUP BY 1, 2, 3
		ON CONFLICT (tenant, slot_ms, profile) WHERE summed = 1 DO UPDATE SET
			accepted = has.accepted + excluded.accepted, dequeued = has.dequeued + excluded.dequeued,
			completed = has.completed + excluded.completed, skipped = has.skipped + excluded.skipped,
			failed = has.failed + excluded.failed, cancelled = has.cancelled + excluded.cancelled`
	compactErrors = `
		WITH gone AS (DELETE FROM statistics_errors WHERE summed = 0 RETURNING *)
		INSERT INTO statistics_errors AS has (tenant, slot_ms, profile, stage, class, reason,
			failed, retried, last_ms, ingest_id, asset_id, message, summed)
		SELECT tenant, slot_ms, profile, stage, class, reason, sum(failed), sum(retried), max(last_ms),
			(array_agg(ingest_id ORDER BY last_ms DESC, ingest_id))[1], (array_agg(asset_id ORDER BY last_ms DESC, ingest_id))[1],
			(array_agg(message ORDER BY last_ms DESC, ingest_id))[1], 1
		FROM gone GROUP BY 1, 2, 3, 4, 5, 6
		ON CONFLICT (tenant, slot_ms, profile, stage, class, reason) WHERE summed = 1 DO UPDATE SET
			failed = has.failed + excluded.failed, retried = has.retried + excluded.retried,
			last_ms = greatest(has.last_ms, excluded.last_ms),
			ingest_id = CASE WHEN excluded.last_ms < has.last_ms THEN has.ingest_id ELSE excluded.ingest_id END,
			asset_id = CASE WHEN excluded.last_ms < has.last_ms THEN has.asset_id ELSE excluded.asset_id END,
			message = CASE WHEN excluded.last_ms < has.last_ms THEN has.message ELSE excluded.message END`
	takeDurations = `
		DELETE FROM statistics_durations d USING (
			SELECT DISTINCT tenant, slot_ms, profile, stage FROM statistics_durations WHERE summed = 0) k
		WHERE (d.tenant, d.slot_ms, d.profile, d.stage) = (k.tenant, k.slot_ms, k.profile, k.stage)
		RETURNING d.tenant, d.slot_ms, d.profile, d.stage, d.histogram`
	putDurations = `
		INSERT INTO statistics_durations (tenant, slot_ms, profile, stage, histogram, summed) VALUES ($1, $2, $3, $4, $5, 1)`
	forgetCommits = `DELETE FROM commits WHERE seen < now() - interval '` + commitsKept + `'`
)

// compact makes sums, unless another process is doing so.
func (d *database) compact(ctx context.Context) (compacted bool, err error) {
	err = d.write(ctx, func(t *tx) error {
		err := t.conn.QueryRow(t.ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(compactLock)).Scan(&compacted)
		if err != nil || !compacted {
			return t.note(err)
		}
		for _, statement := range []string{compactCounts, compactStatistics, compactErrors, forgetCommits} {
			if _, err := t.Exec(statement); err != nil {
				return err
			}
		}
		return t.compactDurations()
	})
	return compacted, err
}

// durationKey is what durations are counted by.
type durationKey struct {
	tenant  string
	slot    int64
	profile string
	stage   string
}

// compactDurations adds up histograms, which no statement can.
func (t *tx) compactDurations() error {
	found, err := t.conn.Query(t.ctx, takeDurations)
	if err != nil {
		return t.note(err)
	}
	sums := map[durationKey]statistics.Histogram{}
	var key durationKey
	var text string
	_, err = pgx.ForEachRow(found, []any{&key.tenant, &key.slot, &key.profile, &key.stage, &text}, func() error {
		h, err := statistics.ParseHistogram(text)
		if err != nil {
			return err
		}
		if sum, known := sums[key]; known {
			sum.Merge(h)
		} else {
			sums[key] = h
		}
		return nil
	})
	if err != nil {
		return t.note(err)
	}
	for key, sum := range sums {
		if _, err := t.conn.Exec(t.ctx, putDurations, key.tenant, key.slot, key.profile, key.stage, sum.String()); err != nil {
			return t.note(err)
		}
	}
	return nil
}
