package sqlite

import (
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// writeTally writes what the batch has counted, every sum once, just before the
// commit. To change a row for each thing that is counted took 8 % of the time of
// an ingest.
func (w *writer) writeTally() error {
	t := &tx{w: w, saved: true} // It stands or falls with the batch.
	for key, c := range w.tally.Counts {
		_, err := t.Exec(addCounts, key.Tenant, key.Slot.UnixMilli(), key.Profile,
			c.Accepted, c.Dequeued, c.Completed, c.Skipped, c.Failed, c.Cancelled)
		if err != nil {
			return fmt.Errorf("count ingests: %w", err)
		}
	}
	for key, h := range w.tally.Durations {
		if err := t.addDurations(key, h); err != nil {
			return fmt.Errorf("count durations: %w", err)
		}
	}
	for key, e := range w.tally.Errors {
		_, err := t.Exec(addErrors, key.Tenant, key.Slot.UnixMilli(), key.Profile, string(key.Stage), string(key.Class), string(key.Reason),
			e.Failed, e.Retried, e.Last.UnixMilli(), e.IngestID, e.AssetID, e.Message)
		if err != nil {
			return fmt.Errorf("count errors: %w", err)
		}
	}
	return nil
}

const (
	addCounts = `
		INSERT INTO statistics_counts (tenant, slot_ms, profile, accepted, dequeued, completed, skipped, failed, cancelled)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant, slot_ms, profile) DO UPDATE SET
			accepted = accepted + excluded.accepted, dequeued = dequeued + excluded.dequeued, completed = completed + excluded.completed,
			skipped = skipped + excluded.skipped, failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled`
	histogramQuery = `SELECT histogram FROM statistics_durations WHERE tenant = ? AND slot_ms = ? AND profile = ? AND stage = ?`
	putHistogram   = `
		INSERT INTO statistics_durations (tenant, slot_ms, profile, stage, histogram) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (tenant, slot_ms, profile, stage) DO UPDATE SET histogram = excluded.histogram`
	addErrors = `
		INSERT INTO statistics_errors (tenant, slot_ms, profile, stage, class, reason, failed, retried, last_ms, ingest_id, asset_id, message)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant, slot_ms, profile, stage, class, reason) DO UPDATE SET
			failed = failed + excluded.failed, retried = retried + excluded.retried, last_ms = excluded.last_ms,
			ingest_id = excluded.ingest_id, asset_id = excluded.asset_id, message = excluded.message`
)

// mostHistograms is how many are kept in memory; a slot of a profile has seven.
const mostHistograms = 500

// addDurations adds to a histogram. What the store holds of those that change
// is kept in memory, as nobody else writes: to read it anew took as long as to
// write it.
func (t *tx) addDurations(key sqlstore.DurationKey, h statistics.Histogram) error {
	args := []any{key.Tenant, key.Slot.UnixMilli(), key.Profile, string(key.Stage)}
	sum, known := t.w.histograms[key]
	if !known {
		kept, _, err := sqlstore.First(t, textRow, histogramQuery, args...)
		if err != nil {
			return err
		}
		if sum, err = statistics.ParseHistogram(kept); err != nil {
			return err
		}
		if len(t.w.histograms) >= mostHistograms {
			clear(t.w.histograms)
		}
		t.w.histograms[key] = sum
	}
	sum.Merge(h)
	_, err := t.Exec(putHistogram, append(args, sum.String())...)
	return err
}
