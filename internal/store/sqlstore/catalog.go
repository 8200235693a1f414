package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const catalogColumns = "tenant, asset_id, ingest_id, hls, dash, poster, thumbnails"

func playbackRow(p *vod.Playback) []Column {
	return []Column{
		text[string]{&p.Tenant},
		text[string]{&p.AssetID},
		text[string]{&p.IngestID},
		text[string]{&p.HLS},
		text[string]{&p.DASH},
		text[string]{&p.Poster},
		text[string]{&p.Thumbnails},
	}
}

// historyRow binds an entry with when its files were given up.
func historyRow(p *vod.Playback) []Column { return append(playbackRow(p), maybe{&p.Removed}) }

// CatalogCurrent implements [store.Catalog].
func (s *Store) CatalogCurrent(ctx context.Context, tenant, assetID string) (p vod.Playback, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		var ok bool
		p, ok, err = First(q, playbackRow, `
			SELECT `+catalogColumns+` FROM catalog
			WHERE tenant = ? AND asset_id = ? AND current = 1`, tenant, assetID)
		if err != nil {
			return fmt.Errorf("read the catalogue entry of asset %s: %w", assetID, err)
		}
		if !ok {
			return vod.Faultf(vod.NotFound, "The catalogue has nothing of asset %s.", assetID)
		}
		return nil
	})
	return p, err
}

// CatalogEntries implements [store.Catalog].
func (s *Store) CatalogEntries(ctx context.Context, tenant, assetID string) (list []vod.Playback, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, historyRow, `
			SELECT `+catalogColumns+`, (SELECT removed_ms FROM ingests WHERE id = ingest_id) FROM catalog
			WHERE tenant = ? AND asset_id = ?
			ORDER BY start_ms DESC, ingest_id DESC`, tenant, assetID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue entries of asset %s: %w", assetID, err)
	}
	return list, nil
}

// CatalogSelect implements [store.Catalog].
func (s *Store) CatalogSelect(ctx context.Context, tenant, assetID, ingestID string, by vod.AuditEntry) (p vod.Playback, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.lockAsset(asset{tenant, assetID}); err != nil {
			return err
		}
		e, err := t.catalogEntry(ingestID)
		if err != nil {
			return err
		}
		if e == nil || e.Tenant != tenant || e.AssetID != assetID {
			return vod.Faultf(vod.NotFound, "The catalogue has no entry of asset %s by ingest %s.", assetID, ingestID)
		}
		p = e.Playback
		if e.current {
			return nil
		}
		if _, gone, err := First(t, textRow, `SELECT id FROM ingests WHERE id = ? AND removed_ms IS NOT NULL`, ingestID); err != nil {
			return fmt.Errorf("read ingest %s: %w", ingestID, err)
		} else if gone {
			return vod.Faultf(vod.Conflict, "The files of ingest %s were removed after another ingest had replaced it; ingest the asset again.", ingestID)
		}
		if err := t.catalogPromote(*e); err != nil {
			return err
		}
		return t.audit(by)
	})
	if err != nil {
		return vod.Playback{}, err
	}
	return p, nil
}
