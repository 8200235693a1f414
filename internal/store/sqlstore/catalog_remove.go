package sqlstore

import "fmt"

// catalogWithdraw takes back what an ingest published: the asset goes back to
// the entry before.
func (t *tx) catalogWithdraw(ingestID string) error {
	e, err := t.catalogEntry(ingestID)
	if err != nil || e == nil {
		return err
	}
	return t.catalogRemove(ingestID, e.before)
}

// catalogRemove removes the ingest's entry, if it has one. Was that the current
// one, then the entry of the ingest next is served, or, with next empty, the
// newest that remains. An entry whose files are given up is not served again.
func (t *tx) catalogRemove(ingestID, next string) error {
	e, err := t.catalogEntry(ingestID)
	if err != nil || e == nil {
		return err
	}
	// Whoever stood on this entry now stands on what was behind it.
	_, err = t.Exec(`
		UPDATE catalog SET before_id = nullif(nullif(?, ''), ingest_id)
		WHERE tenant = ? AND asset_id = ? AND before_id = ?`, e.before, e.Tenant, e.AssetID, ingestID)
	if err == nil {
		_, err = t.Exec(`DELETE FROM catalog WHERE ingest_id = ?`, ingestID)
	}
	if err != nil {
		return fmt.Errorf("remove the catalogue entry of ingest %s: %w", ingestID, err)
	}
	if !e.current {
		return nil
	}
	if next != "" {
		if _, gone, err := First(t, textRow, `SELECT id FROM ingests WHERE id = ? AND removed_ms IS NOT NULL`, next); err != nil {
			return fmt.Errorf("read ingest %s: %w", next, err)
		} else if gone {
			next = ""
		}
	}
	if next == "" {
		newest, err := t.catalogFirst(`
			INDEXED BY catalog_by_asset
			WHERE tenant = ? AND asset_id = ? AND NOT EXISTS (SELECT 1 FROM ingests WHERE id = ingest_id AND removed_ms IS NOT NULL)
			ORDER BY start_ms DESC, ingest_id DESC LIMIT 1`, e.Tenant, e.AssetID)
		if err != nil || newest == nil {
			return err
		}
		next = newest.IngestID
	}
	return t.catalogServe(e.Tenant, e.AssetID, next)
}
