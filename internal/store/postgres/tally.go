package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// Count implements [sqlstore.Writer]. Each sum is a row of its own; see
// compact.go.
func (t *tx) Count(y *sqlstore.Tally) error {
	var batch pgx.Batch
	for key, c := range y.Counts {
		batch.Queue(`
			INSERT INTO statistics_counts (tenant, slot_ms, profile, accepted, dequeued, completed, skipped, failed, cancelled)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			key.Tenant, key.Slot.UnixMilli(), key.Profile, c.Accepted, c.Dequeued, c.Completed, c.Skipped, c.Failed, c.Cancelled)
	}
	for key, h := range y.Durations {
		batch.Queue(`INSERT INTO statistics_durations (tenant, slot_ms, profile, stage, histogram) VALUES ($1, $2, $3, $4, $5)`,
			key.Tenant, key.Slot.UnixMilli(), key.Profile, string(key.Stage), h.String())
	}
	for key, e := range y.Errors {
		batch.Queue(`
			INSERT INTO statistics_errors (tenant, slot_ms, profile, stage, class, reason,
				failed, retried, last_ms, ingest_id, asset_id, message)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			key.Tenant, key.Slot.UnixMilli(), key.Profile, string(key.Stage), string(key.Class), string(key.Reason),
			e.Failed, e.Retried, e.Last.UnixMilli(), e.IngestID, e.AssetID, sqlstore.Clean(e.Message))
	}
	if batch.Len() == 0 {
		return nil
	}
	t.wrote = true
	if err := t.conn.SendBatch(t.ctx, &batch).Close(); err != nil {
		return t.note(fmt.Errorf("count for the statistics: %w", err))
	}
	return nil
}
