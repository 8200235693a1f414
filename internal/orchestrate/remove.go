package orchestrate

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Delete removes an ingest that is over, with its files, but for those that
// another ingest names which was skipped; one that is not over is a Conflict.
func (s *Service) Delete(ctx context.Context, by vod.Caller, id string) error {
	if err := by.Require(vod.DeleteIngests); err != nil {
		return err
	}
	run, err := s.Store.IngestGet(ctx, by.Tenant, id)
	if err != nil {
		return err
	}
	if err := s.Store.IngestDelete(ctx, by.Tenant, id, s.audit(by, vod.DeletedIngest, run.Ingest)); err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "ingest.delete", "ingest", id, "tenant", by.Tenant, "by", by.Subject)
	if !run.Ingest.Imported {
		s.RemoveFiles(ctx, id)
	}
	return nil
}

// DeleteAsset removes every ingest of an asset, as Delete does; if one is not
// over nothing is removed and it is a Conflict.
func (s *Service) DeleteAsset(ctx context.Context, by vod.Caller, assetID string) error {
	if err := by.Require(vod.DeleteIngests); err != nil {
		return err
	}
	entry := by.Audit(s.Now(), vod.DeletedIngest, "")
	entry.AssetID = assetID
	ids, err := s.Store.AssetDelete(ctx, by.Tenant, assetID, entry)
	if err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "asset.delete", "asset", assetID, "ingests", len(ids), "tenant", by.Tenant, "by", by.Subject)
	s.RemoveFiles(ctx, ids...)
	return nil
}
