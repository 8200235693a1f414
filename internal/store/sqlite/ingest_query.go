package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const unfinishedQuery = `SELECT id FROM ingests INDEXED BY ingests_unfinished WHERE end_ms IS NULL ORDER BY start_ms, id`

// IngestUnfinished implements [store.Ingests].
func (s *Store) IngestUnfinished(ctx context.Context) (ids []string, err error) {
	err = s.read(ctx, func(q querier) error {
		ids, err = all(q, idRow, unfinishedQuery)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list unfinished ingests: %w", err)
	}
	return ids, nil
}

const (
	// earlierQuery gives the newest run that could stand for another one.
	earlierQuery = `
		SELECT id FROM ingests INDEXED BY ingests_earlier
		WHERE tenant = ? AND asset_id = ? AND profile_name = ? AND profile_version = ? AND id <> ?
			AND status = 'COMPLETED' AND imported = 0
		ORDER BY start_ms DESC, id DESC LIMIT 1`
	servedQuery = `SELECT ingest_id FROM catalog INDEXED BY catalog_current WHERE tenant = ? AND asset_id = ? AND current = 1`
	// newestQuery gives an asset's newest COMPLETED ingest under any profile.
	newestQuery = `
		SELECT id FROM ingests INDEXED BY ingests_by_asset_status
		WHERE tenant = ? AND asset_id = ? AND id <> ? AND status = 'COMPLETED' AND imported = 0
		ORDER BY start_ms DESC, id DESC LIMIT 1`
	// publishedQuery gives what an asset is played from without one ingest.
	publishedQuery = `
		SELECT CASE ingest_id WHEN ? THEN coalesce(before_id, '') ELSE ingest_id END FROM catalog INDEXED BY catalog_current
		WHERE tenant = ? AND asset_id = ? AND current = 1`
	aheadQuery = `
		SELECT id FROM ingests INDEXED BY ingests_by_asset_status
		WHERE tenant = ? AND asset_id = ? AND status = ? AND (start_ms, id) < (?, ?)
		ORDER BY start_ms DESC, id DESC LIMIT 1`
)

// IngestEarlier implements [store.Ingests].
func (s *Store) IngestEarlier(ctx context.Context, in vod.Ingest) (earlier *vod.Run, err error) {
	err = s.read(ctx, func(q querier) error {
		id, ok, err := first(q, idRow, earlierQuery, in.Tenant, in.AssetID, in.ProfileName, in.ProfileVersion, in.ID)
		if err != nil || !ok {
			return err
		}
		current, ok, err := first(q, idRow, servedQuery, in.Tenant, in.AssetID)
		if err == nil && !ok {
			current, _, err = first(q, idRow, newestQuery, in.Tenant, in.AssetID, in.ID)
		}
		if err != nil || current != id {
			return err
		}
		run, err := loadRun(q, id)
		if err != nil || !run.Ingest.Removed.IsZero() {
			return err
		}
		earlier = &run
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for an earlier ingest than %s: %w", in.ID, err)
	}
	return earlier, nil
}

// IngestPublished implements [store.Ingests].
func (s *Store) IngestPublished(ctx context.Context, in vod.Ingest) (published *vod.Run, err error) {
	err = s.read(ctx, func(q querier) error {
		id, ok, err := first(q, idRow, publishedQuery, in.ID, in.Tenant, in.AssetID)
		if err != nil || !ok || id == "" {
			return err
		}
		run, err := loadRun(q, id)
		if err != nil || !run.Ingest.Removed.IsZero() {
			return err
		}
		published = &run
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what asset %s is played from: %w", in.AssetID, err)
	}
	return published, nil
}

// IngestAhead implements [store.Ingests].
func (s *Store) IngestAhead(ctx context.Context, in vod.Ingest) (id string, err error) {
	err = s.read(ctx, func(q querier) error {
		for _, status := range []vod.IngestStatus{vod.Running, vod.Cancelling, vod.Queued} {
			found, ok, err := first(q, idRow, aheadQuery, in.Tenant, in.AssetID, string(status), in.Start.UnixMilli(), in.ID)
			if err != nil || ok {
				id = found
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("look for unfinished ingests of asset %s: %w", in.AssetID, err)
	}
	return id, nil
}

func idRow(id *string) []column { return []column{text[string]{id}} }

// tenantsQuery reads the key that equals the id, and those that have it before
// the mark: char(32) is what follows the mark.
const tenantsQuery = `
	SELECT tenant FROM ingests INDEXED BY ingests_by_id WHERE id = ?1
	UNION ALL SELECT tenant FROM ingests INDEXED BY ingests_by_id WHERE id > ?1 || char(31) AND id < ?1 || char(32)`

// IngestTenants implements [store.Ingests].
func (s *Store) IngestTenants(ctx context.Context, id string) (tenants []string, err error) {
	if strings.Contains(id, keyMark) {
		return nil, nil
	}
	err = s.read(ctx, func(q querier) error {
		tenants, err = all(q, idRow, tenantsQuery, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for ingest %s: %w", id, err)
	}
	return tenants, nil
}
