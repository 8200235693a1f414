package orchestrate

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Playback gives the addresses that play an asset now.
func (s *Service) Playback(ctx context.Context, tenant, assetID string) (vod.Playback, error) {
	return s.Store.CatalogCurrent(ctx, tenant, assetID)
}

// PlaybackSelect makes an earlier ingest of the asset the one that plays
// (roll-back). One whose files are gone is a Conflict.
func (s *Service) PlaybackSelect(ctx context.Context, tenant, assetID, ingestID string) (vod.Playback, error) {
	run, err := s.Store.IngestGet(ctx, tenant, ingestID)
	if err != nil {
		return vod.Playback{}, err
	}
	for _, t := range run.Tasks {
		out, err := t.OutputFilesets()
		if err != nil {
			return vod.Playback{}, err
		}
		if t.Stage == vod.Distribution && !s.Locations.Exists(tenant, out) {
			return vod.Playback{}, vod.Faultf(vod.Conflict, "The distributed files of ingest %s are gone; ingest the asset again.", ingestID)
		}
	}
	s.Log.Info("playback selected", "tenant", tenant, "asset", assetID, "ingest", ingestID)
	return s.Store.CatalogSelect(ctx, tenant, assetID, ingestID)
}

// PlaybackHistory gives what every ingest of the asset published, newest first.
func (s *Service) PlaybackHistory(ctx context.Context, tenant, assetID string) ([]vod.Playback, error) {
	return s.Store.CatalogEntries(ctx, tenant, assetID)
}
