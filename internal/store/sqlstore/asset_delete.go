package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	unfinishedOfAssetQuery = `
		SELECT ` + ingestColumns + ` FROM ingests INDEXED BY ingests_by_asset_status
		WHERE tenant = ? AND asset_id = ? AND status IN ('QUEUED', 'RUNNING', 'CANCELLING') LIMIT 1`
	idsOfAssetQuery    = `SELECT id FROM ingests INDEXED BY ingests_by_asset WHERE tenant = ? AND asset_id = ? ORDER BY start_ms, id`
	ownersOfAssetQuery = `
		SELECT DISTINCT owner_id FROM reuses WHERE user_id IN (` + idsOfAssetQuery + `)
			AND NOT EXISTS (SELECT 1 FROM ingests WHERE id = owner_id)`
)

// AssetDelete implements [store.Ingests].
func (s *Store) AssetDelete(ctx context.Context, tenant, assetID string, by vod.AuditEntry) (ids []string, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.lockAsset(asset{tenant, assetID}); err != nil {
			return err
		}
		in, unfinished, err := First(t, ingestRow, unfinishedOfAssetQuery, tenant, assetID)
		if err != nil {
			return fmt.Errorf("read the ingests of asset %q: %w", assetID, err)
		}
		if unfinished {
			return vod.Faultf(vod.Conflict, "Ingest %s of asset %q is %s; cancel it first.", in.ID, assetID, in.Status)
		}
		if ids, err = t.deleteAsset(tenant, assetID, by); err != nil {
			return fmt.Errorf("delete asset %q: %w", assetID, err)
		}
		if len(ids) == 0 {
			return vod.Faultf(vod.NotFound, "There is no asset %q.", assetID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// deleteAsset removes all rows of an asset, whose ingests are over, and gives
// the ids of the ingests whose files are to be removed. Files are shared within
// an asset only, so that all users go together.
func (t *tx) deleteAsset(tenant, assetID string, by vod.AuditEntry) (ids []string, err error) {
	for _, query := range []string{idsOfAssetQuery, ownersOfAssetQuery} {
		more, err := All(t, textRow, query, tenant, assetID)
		if err != nil {
			return nil, err
		}
		for _, key := range more {
			ids = append(ids, IDOf(key))
		}
	}
	if _, err := t.Exec(`
		INSERT INTO removals (due_ms, ingest_id, task_id, tenant, media_key)
		SELECT DISTINCT `+IntegerArg+`, owner_id, '', tenant, media_key FROM reuses WHERE user_id IN (`+idsOfAssetQuery+`)
		ON CONFLICT (ingest_id, task_id) DO UPDATE SET due_ms = excluded.due_ms`,
		t.now.UnixMilli(), tenant, assetID); err != nil {
		return nil, err
	}
	if _, err := t.Exec(`
		INSERT INTO removals (due_ms, ingest_id, task_id, tenant, media_key)
		SELECT `+IntegerArg+`, id, '', tenant, media_key FROM ingests INDEXED BY ingests_by_asset
		WHERE tenant = ? AND asset_id = ? AND imported = 0
		ON CONFLICT (ingest_id, task_id) DO UPDATE SET due_ms = excluded.due_ms`, t.now.UnixMilli(), tenant, assetID); err != nil {
		return nil, err
	}
	if by != (vod.AuditEntry{}) {
		if err := t.auditAsset(tenant, assetID, by); err != nil {
			return nil, err
		}
	}
	for _, statement := range []string{
		`DELETE FROM reuses WHERE user_id IN (` + idsOfAssetQuery + `)`,
		`DELETE FROM catalog WHERE tenant = ? AND asset_id = ?`,
		`DELETE FROM ingests WHERE tenant = ? AND asset_id = ?`, // Tasks, attempts and inputs go with them.
	} {
		if _, err := t.Exec(statement, tenant, assetID); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// auditAsset writes the entry for each ingest of the asset. The id that people
// know is the key without what follows it in the key of an import.
func (t *tx) auditAsset(tenant, assetID string, by vod.AuditEntry) error {
	if err := t.lockAudit(tenant); err != nil {
		return err
	}
	_, err := t.Exec(`
		INSERT INTO audit (number, time_ms, tenant, subject, origin, action, target, asset_id)
		SELECT (`+lastAuditQuery+`) + row_number() OVER (ORDER BY start_ms, id), `+IntegerArg+`, tenant, `+TextArg+`, `+TextArg+`, `+TextArg+`,
			replace(id, `+TextArg+`, ''), asset_id
		FROM ingests INDEXED BY ingests_by_asset WHERE tenant = ? AND asset_id = ?`,
		tenant, by.Time.UnixMilli(), by.Subject, by.From, string(by.Action), importKey(tenant, ""), tenant, assetID)
	return err
}
