package client

import "context"

// Playback tells what plays for an asset.
func (c *Client) Playback(ctx context.Context, assetID string) (*Playback, error) {
	return decode[Playback](c.api.GetPlayback(ctx, assetID))
}

// SelectPlayback rolls an asset back, or forth, to what another of its ingests
// published.
func (c *Client) SelectPlayback(ctx context.Context, assetID, ingestID string) (*Playback, error) {
	return decode[Playback](c.api.SelectPlayback(ctx, assetID, PlaybackSelection{IngestID: ingestID}))
}

// PlaybackHistory lists all that ingests published for an asset, newest ingest
// first.
func (c *Client) PlaybackHistory(ctx context.Context, assetID string) (*PlaybackHistory, error) {
	return decode[PlaybackHistory](c.api.GetPlaybackHistory(ctx, assetID))
}

// DeleteAsset removes an asset with all its ingests and published files.
func (c *Client) DeleteAsset(ctx context.Context, assetID string) error {
	return done(c.api.DeleteAsset(ctx, assetID))
}
