package sqlstore

import (
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// changeEnd keeps what depends on whether an ingest is over: which ingests are
// replaced, and what the run uses of others. was is its status before.
func (t *tx) changeEnd(was vod.IngestStatus, run *vod.Run) error {
	switch in := &run.Ingest; {
	case was.Final() == in.Status.Final():
		return nil
	case in.Status.Final():
		if err := t.settleReuses(run); err != nil {
			return err
		}
		if err := t.forgetUploads(in.ID); err != nil {
			return err
		}
		return t.replaceAtEnd(*in)
	default:
		return t.reopen(in)
	}
}

// reopen takes a retried ingest back from retention. What is being removed of
// it are attempts that it had by now; the retry makes others.
func (t *tx) reopen(in *vod.Ingest) error {
	_, err := t.Exec(`UPDATE ingests SET replaced_ms = NULL, removed_ms = NULL, reopened_ms = ? WHERE id = ?`, t.now.UnixMilli(), in.ID)
	if err == nil {
		_, err = t.Exec(`DELETE FROM removals WHERE ingest_id = ? AND task_id = ''`, in.ID)
	}
	if err != nil {
		return fmt.Errorf("take ingest %s back from retention: %w", in.ID, err)
	}
	return t.noteUploads(*in)
}

const (
	laterQuery = `
		SELECT id FROM ingests INDEXED BY ingests_by_asset_status
		WHERE tenant = ? AND asset_id = ? AND status = 'COMPLETED' AND (start_ms, id) > (?, ?) AND imported = 0 LIMIT 1`
	laterOfProfileQuery = `
		SELECT id FROM ingests INDEXED BY ingests_by_asset_status
		WHERE tenant = ? AND asset_id = ? AND status = 'COMPLETED' AND (start_ms, id) > (?, ?) AND imported = 0
			AND profile_name = ? LIMIT 1`
	// replaceEarlier marks what a COMPLETED ingest replaces. All ingests of the
	// asset are looked at; there are few, and an ingest ends but once.
	replaceEarlier = `
		UPDATE ingests INDEXED BY ingests_by_asset SET replaced_ms = ?
		WHERE tenant = ? AND asset_id = ? AND (start_ms, id) < (?, ?) AND end_ms IS NOT NULL AND replaced_ms IS NULL
			AND imported = 0 AND (status <> 'COMPLETED' OR profile_name = ?)
			AND NOT EXISTS (SELECT 1 FROM catalog WHERE ingest_id = ingests.id)`
	replaceEntries = `
		UPDATE ingests SET replaced_ms = ?
		WHERE id IN (SELECT ingest_id FROM catalog INDEXED BY catalog_by_asset WHERE tenant = ? AND asset_id = ? AND current = 0)
			AND end_ms IS NOT NULL AND replaced_ms IS NULL`
)

// replaceAtEnd marks what the end of an ingest makes replaced: others, or
// itself.
func (t *tx) replaceAtEnd(in vod.Ingest) error {
	if in.Imported {
		return nil
	}
	e, err := t.catalogEntry(in.ID)
	switch {
	case err != nil:
		return err
	case e != nil:
		err = t.replaceInCatalog(in.Tenant, in.AssetID)
	default:
		err = t.replaceIfLate(in)
	}
	if err != nil || in.Status != vod.Completed {
		return err
	}
	_, err = t.Exec(replaceEarlier, t.now.UnixMilli(), in.Tenant, in.AssetID, in.Start.UnixMilli(), in.ID, in.ProfileName)
	if err != nil {
		return fmt.Errorf("mark what ingest %s replaces: %w", in.ID, err)
	}
	return nil
}

// replaceIfLate marks an ingest without an entry in the catalogue that ended
// when a later one had COMPLETED before.
func (t *tx) replaceIfLate(in vod.Ingest) error {
	query, args := laterQuery, []any{in.Tenant, in.AssetID, in.Start.UnixMilli(), in.ID}
	if in.Status == vod.Completed {
		query, args = laterOfProfileQuery, append(args, in.ProfileName)
	}
	_, late, err := First(t, textRow, query, args...)
	if err == nil && late {
		_, err = t.Exec(`UPDATE ingests SET replaced_ms = ? WHERE id = ? AND replaced_ms IS NULL`, t.now.UnixMilli(), in.ID)
	}
	if err != nil {
		return fmt.Errorf("mark ingest %s as replaced: %w", in.ID, err)
	}
	return nil
}

// replaceInCatalog puts the marks of the asset's entries right after a change
// of the current one. As long as the ingest of that one runs, a cancel may go
// back to the one before, which therefore is not replaced yet.
func (t *tx) replaceInCatalog(tenant, assetID string) error {
	current, err := t.catalogCurrent(tenant, assetID)
	if err != nil || current == nil {
		return err
	}
	_, err = t.Exec(`UPDATE ingests SET replaced_ms = NULL WHERE id = ? AND replaced_ms IS NOT NULL`, current.IngestID)
	if err != nil {
		return fmt.Errorf("mark ingest %s as current: %w", current.IngestID, err)
	}
	_, over, err := First(t, textRow, `SELECT id FROM ingests WHERE id = ? AND end_ms IS NOT NULL`, current.IngestID)
	if err == nil && over {
		_, err = t.Exec(replaceEntries, t.now.UnixMilli(), tenant, assetID)
	}
	if err != nil {
		return fmt.Errorf("mark what ingest %s replaces: %w", current.IngestID, err)
	}
	return nil
}

// replaceBack takes the mark from the COMPLETED ingest that is the newest
// again under the profile of one that is deleted.
func (t *tx) replaceBack(in vod.Ingest) error {
	if in.Status != vod.Completed || in.Imported {
		return nil
	}
	_, err := t.Exec(`
		UPDATE ingests SET replaced_ms = NULL
		WHERE replaced_ms IS NOT NULL AND removed_ms IS NULL AND NOT EXISTS (SELECT 1 FROM catalog WHERE ingest_id = ingests.id)
			AND id = (
				SELECT id FROM ingests INDEXED BY ingests_by_asset_status
				WHERE tenant = ? AND asset_id = ? AND status = 'COMPLETED' AND imported = 0 AND profile_name = ? AND id <> ?
				ORDER BY start_ms DESC, id DESC LIMIT 1)`,
		in.Tenant, in.AssetID, in.ProfileName, in.ID)
	if err != nil {
		return fmt.Errorf("mark what ingest %s does not replace any more: %w", in.ID, err)
	}
	return nil
}
