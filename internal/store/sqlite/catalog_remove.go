package sqlite

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
// newest that remains.
func (t *tx) catalogRemove(ingestID, next string) error {
	e, err := t.catalogEntry(ingestID)
	if err != nil || e == nil {
		return err
	}
	// Whoever stood on this entry now stands on what was behind it.
	_, err = t.exec(`
		UPDATE catalog SET before_id = nullif(nullif(?, ''), ingest_id)
		WHERE tenant = ? AND asset_id = ? AND before_id = ?`, e.before, e.Tenant, e.AssetID, ingestID)
	if err == nil {
		_, err = t.exec(`DELETE FROM catalog WHERE ingest_id = ?`, ingestID)
	}
	if err != nil {
		return fmt.Errorf("remove the catalogue entry of ingest %s: %w", ingestID, err)
	}
	if !e.current {
		return nil
	}
	if next == "" {
		newest, err := t.catalogFirst(`
			WHERE tenant = ? AND asset_id = ?
			ORDER BY start_ms DESC, ingest_id DESC LIMIT 1`, e.Tenant, e.AssetID)
		if err != nil || newest == nil {
			return err
		}
		next = newest.IngestID
	}
	return t.catalogServe(e.Tenant, e.AssetID, next)
}
