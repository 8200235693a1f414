package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	unfinished      = ` FROM ingests INDEXED BY ingests_unfinished WHERE end_ms IS NULL ORDER BY start_ms, id`
	unfinishedQuery = `SELECT id` + unfinished
	schedulesQuery  = `SELECT id, status, priority, due_ms` + unfinished
)

// IngestUnfinished implements [store.Ingests].
func (s *Store) IngestUnfinished(ctx context.Context) (ids []string, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		ids, err = All(q, textRow, unfinishedQuery)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list unfinished ingests: %w", err)
	}
	return ids, nil
}

// IngestSchedules implements [store.Ingests].
func (s *Store) IngestSchedules(ctx context.Context) (list []vod.Ingest, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, scheduleRow, schedulesQuery)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the schedules of unfinished ingests: %w", err)
	}
	return list, nil
}

func scheduleRow(in *vod.Ingest) []Column {
	return []Column{text[string]{&in.ID}, text[vod.IngestStatus]{&in.Status}, priority{&in.Priority}, maybe{&in.Due}}
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
	err = s.db.Read(ctx, func(q Querier) error {
		id, ok, err := First(q, textRow, earlierQuery, in.Tenant, in.AssetID, in.ProfileName, in.ProfileVersion, in.ID)
		if err != nil || !ok {
			return err
		}
		current, ok, err := First(q, textRow, servedQuery, in.Tenant, in.AssetID)
		if err == nil && !ok {
			current, _, err = First(q, textRow, newestQuery, in.Tenant, in.AssetID, in.ID)
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
	err = s.db.Read(ctx, func(q Querier) error {
		id, ok, err := First(q, textRow, publishedQuery, in.ID, in.Tenant, in.AssetID)
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
	err = s.db.Read(ctx, func(q Querier) error {
		for _, status := range []vod.IngestStatus{vod.Running, vod.Cancelling, vod.Queued} {
			found, ok, err := First(q, textRow, aheadQuery, in.Tenant, in.AssetID, string(status), in.Start.UnixMilli(), in.ID)
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

func textRow(s *string) []Column { return []Column{text[string]{s}} }

func numberRow(n *int64) []Column { return []Column{number[int64]{n}} }

// tenantsQuery reads the key that equals the id, and those that have it before
// the mark.
const tenantsQuery = `
	SELECT tenant FROM ingests INDEXED BY ingests_by_id WHERE id = ?
	UNION ALL SELECT tenant FROM ingests INDEXED BY ingests_by_id WHERE id > ? AND id < ?`

// afterMark is what follows the mark.
const afterMark = "\x20"

// IngestTenants implements [store.Ingests].
func (s *Store) IngestTenants(ctx context.Context, id string) (tenants []string, err error) {
	if strings.Contains(id, KeyMark) {
		return nil, nil
	}
	err = s.db.Read(ctx, func(q Querier) error {
		tenants, err = All(q, textRow, tenantsQuery, id, id+KeyMark, id+afterMark)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for ingest %s: %w", id, err)
	}
	return tenants, nil
}
