package orchestrate

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Playback gives the addresses that play an asset now.
func (s *Service) Playback(ctx context.Context, by vod.Caller, assetID string) (vod.Playback, error) {
	if err := by.Require(vod.ReadPlayback); err != nil {
		return vod.Playback{}, err
	}
	return s.Store.CatalogCurrent(ctx, by.Tenant, assetID)
}

// PlaybackSelect makes an earlier ingest of the asset the one that plays
// (roll-back). One whose files are gone is a Conflict.
func (s *Service) PlaybackSelect(ctx context.Context, by vod.Caller, assetID, ingestID string) (vod.Playback, error) {
	if err := by.Require(vod.SelectPlayback); err != nil {
		return vod.Playback{}, err
	}
	run, err := s.Store.IngestGet(ctx, by.Tenant, ingestID)
	if err != nil {
		return vod.Playback{}, err
	}
	for _, t := range run.Tasks {
		out, err := t.OutputFilesets()
		if err != nil {
			return vod.Playback{}, err
		}
		if t.Stage == vod.Distribution && !s.Locations.Exists(ctx, by.Tenant, out) {
			return vod.Playback{}, vod.Faultf(vod.Conflict, "The distributed files of ingest %s are gone; ingest the asset again.", ingestID)
		}
	}
	entry := s.audit(by, vod.SelectedPlayback, run.Ingest)
	p, err := s.Store.CatalogSelect(ctx, by.Tenant, assetID, ingestID, entry)
	if err == nil {
		s.Log.InfoContext(ctx, "playback.select", "tenant", by.Tenant, "asset", assetID, "ingest", ingestID, "by", by.Subject)
	}
	return p, err
}

// PlaybackHistory gives what every ingest of the asset published, newest first.
func (s *Service) PlaybackHistory(ctx context.Context, by vod.Caller, assetID string) ([]vod.Playback, error) {
	if err := by.Require(vod.ReadPlayback); err != nil {
		return nil, err
	}
	return s.Store.CatalogEntries(ctx, by.Tenant, assetID)
}
