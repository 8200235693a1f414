package httpd

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// GetPlayback implements api.StrictServerInterface.
func (s *server) GetPlayback(ctx context.Context, r api.GetPlaybackRequestObject) (api.GetPlaybackResponseObject, error) {
	p, err := s.service.Playback(ctx, Caller(ctx), r.AssetID)
	if err != nil {
		return nil, err
	}
	return api.GetPlayback200JSONResponse(playback(p)), nil
}

// SelectPlayback implements api.StrictServerInterface.
func (s *server) SelectPlayback(ctx context.Context, r api.SelectPlaybackRequestObject) (api.SelectPlaybackResponseObject, error) {
	if r.Body.IngestID == "" {
		return nil, badKey("/ingestId", "must name an ingest")
	}
	p, err := s.service.PlaybackSelect(ctx, Caller(ctx), r.AssetID, r.Body.IngestID)
	if err != nil {
		return nil, err
	}
	return api.SelectPlayback200JSONResponse(playback(p)), nil
}

// GetPlaybackHistory implements api.StrictServerInterface.
func (s *server) GetPlaybackHistory(ctx context.Context, r api.GetPlaybackHistoryRequestObject) (api.GetPlaybackHistoryResponseObject, error) {
	entries, err := s.service.PlaybackHistory(ctx, Caller(ctx), r.AssetID)
	if err != nil {
		return nil, err
	}
	// That nothing plays now is no error here.
	current, err := s.service.Playback(ctx, Caller(ctx), r.AssetID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return nil, err
	}
	items := []api.PlaybackEntry{}
	for _, e := range entries {
		p := playback(e)
		entry := api.PlaybackEntry{
			AssetID: p.AssetID, IngestID: p.IngestID, HLS: p.HLS, DASH: p.DASH, Poster: p.Poster, Thumbnails: p.Thumbnails,
			Current: e.IngestID == current.IngestID,
		}
		if !e.Removed.IsZero() {
			entry.Removed = &api.Timestamp{Time: e.Removed}
		}
		items = append(items, entry)
	}
	return api.GetPlaybackHistory200JSONResponse{Items: items}, nil
}

// DeleteAsset implements api.StrictServerInterface.
func (s *server) DeleteAsset(ctx context.Context, r api.DeleteAssetRequestObject) (api.DeleteAssetResponseObject, error) {
	if err := s.service.DeleteAsset(ctx, Caller(ctx), r.AssetID); err != nil {
		return nil, err
	}
	return api.DeleteAsset204Response{}, nil
}

func playback(p vod.Playback) api.Playback {
	return api.Playback{
		AssetID: p.AssetID, IngestID: p.IngestID,
		HLS: textOrNull(p.HLS), DASH: textOrNull(p.DASH), Poster: textOrNull(p.Poster),
		Thumbnails: textOrNull(p.Thumbnails),
	}
}
