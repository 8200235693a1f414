package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// entry is a row of the catalogue.
type entry struct {
	vod.Playback
	start   time.Time // of its ingest
	current bool
	before  string // ingest of the entry that is served again without this one; empty: none
}

const entryColumns = catalogColumns + ", start_ms, current, coalesce(before_id, '')"

func entryRow(e *entry) []Column {
	return append(playbackRow(&e.Playback), instant{&e.start}, flag{&e.current}, text[string]{&e.before})
}

// later tells whether e is of a later ingest than other.
func (e entry) later(other entry) bool {
	if e.start.Equal(other.start) {
		return e.IngestID > other.IngestID
	}
	return e.start.After(other.start)
}

func (t *tx) catalogEntry(ingestID string) (*entry, error) {
	return t.catalogFirst(`WHERE ingest_id = ?`, ingestID)
}

func (t *tx) catalogCurrent(tenant, assetID string) (*entry, error) {
	return t.catalogFirst(`WHERE tenant = ? AND asset_id = ? AND current = 1`, tenant, assetID)
}

func (t *tx) catalogFirst(where string, args ...any) (*entry, error) {
	e, ok, err := First(t, entryRow, `SELECT `+entryColumns+` FROM catalog `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	if !ok {
		return nil, nil
	}
	return &e, nil
}

// CatalogPublish implements [store.Catalog].
func (s *Store) CatalogPublish(ctx context.Context, p vod.Playback, taskID string, attempt int) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.lockAsset(asset{p.Tenant, p.AssetID}); err != nil {
			return err
		}
		_, ok, err := First(t, textRow, `
			SELECT ingests.id FROM tasks JOIN ingests ON ingests.id = ingest_id
			WHERE tasks.id = ? AND tasks.status = 'TASK_RUNNING' AND attempt = ?
				AND ingest_id = ? AND tenant = ? AND asset_id = ?`,
			taskID, attempt, p.IngestID, p.Tenant, p.AssetID)
		if err != nil {
			return fmt.Errorf("read task %s: %w", taskID, err)
		}
		if !ok {
			return store.ErrStale
		}
		if err := t.catalogAdd(p); err != nil {
			return fmt.Errorf("publish ingest %s: %w", p.IngestID, err)
		}
		return t.catalogOffer(p)
	})
}

// catalogAdd writes the addresses of p into its entry.
func (t *tx) catalogAdd(p vod.Playback) error {
	_, err := t.Exec(`
		INSERT INTO catalog (`+catalogColumns+`, start_ms, current)
		SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, start_ms, 0 FROM ingests WHERE id = ?3
		ON CONFLICT (ingest_id) DO UPDATE SET
			hls    = CASE excluded.hls WHEN '' THEN catalog.hls ELSE excluded.hls END,
			dash   = CASE excluded.dash WHEN '' THEN catalog.dash ELSE excluded.dash END,
			poster = CASE excluded.poster WHEN '' THEN catalog.poster ELSE excluded.poster END,
			thumbnails = CASE excluded.thumbnails WHEN '' THEN catalog.thumbnails ELSE excluded.thumbnails END`,
		p.Tenant, p.AssetID, p.IngestID, p.HLS, p.DASH, p.Poster, p.Thumbnails)
	return err
}

// catalogOffer makes the entry of p the current one, unless that is of a later
// ingest. Then it stands behind that one, as if it had been published before.
func (t *tx) catalogOffer(p vod.Playback) error {
	e, err := t.catalogEntry(p.IngestID)
	if err != nil {
		return err
	}
	current, err := t.catalogCurrent(p.Tenant, p.AssetID)
	if err != nil {
		return err
	}
	if current == nil || !current.later(*e) {
		return t.catalogPromote(*e)
	}
	if current.before == e.IngestID {
		return nil
	}
	if current.before != "" {
		behind, err := t.catalogEntry(current.before)
		if err != nil || behind.later(*e) {
			return err
		}
	}
	if err := t.catalogPoint(e.IngestID, current.before); err != nil {
		return err
	}
	return t.catalogPoint(current.IngestID, e.IngestID)
}

// catalogPromote makes e the current entry and remembers the one before it.
func (t *tx) catalogPromote(e entry) error {
	if e.current {
		return nil
	}
	current, err := t.catalogCurrent(e.Tenant, e.AssetID)
	if err != nil {
		return err
	}
	if current != nil {
		if err := t.catalogPoint(e.IngestID, current.IngestID); err != nil {
			return err
		}
	}
	return t.catalogServe(e.Tenant, e.AssetID, e.IngestID)
}

// catalogServe makes the entry the current one of its asset, or none when
// ingestID is empty.
func (t *tx) catalogServe(tenant, assetID, ingestID string) error {
	_, err := t.Exec(`UPDATE catalog SET current = 0 WHERE tenant = ? AND asset_id = ? AND current = 1`, tenant, assetID)
	if err == nil && ingestID != "" {
		_, err = t.Exec(`UPDATE catalog SET current = 1 WHERE ingest_id = ?`, ingestID)
	}
	if err != nil {
		return fmt.Errorf("change the current catalogue entry of asset %s: %w", assetID, err)
	}
	return t.replaceInCatalog(tenant, assetID)
}

// catalogPoint sets the entry that stands behind another; empty for none.
func (t *tx) catalogPoint(ingestID, before string) error {
	_, err := t.Exec(`UPDATE catalog SET before_id = nullif(nullif(?, ''), ingest_id) WHERE ingest_id = ?`, before, ingestID)
	if err != nil {
		return fmt.Errorf("write the catalogue entry of ingest %s: %w", ingestID, err)
	}
	return nil
}
