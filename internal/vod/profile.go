package vod

import (
	"encoding/json"
	"time"
)

// ProfileVersion is one version of a named pipeline, as it was applied.
type ProfileVersion struct {
	Tenant    string
	Name      string
	VersionID int64           // milliseconds since 1970, unique and growing per name
	Document  json.RawMessage // canonical JSON of the document as applied
}

// Playback is what the built-in catalogue tells of an asset: the addresses
// that one ingest published.
type Playback struct {
	Tenant   string
	AssetID  string
	IngestID string
	HLS      string // address of the multivariant playlist, or empty
	DASH     string // address of the manifest, or empty
	Poster   string // address of the poster image, or empty
	// Thumbnails is the address of the WebVTT track of thumbnail sheets, or empty.
	Thumbnails string
	// Removed is when the files were given up, because another ingest had served
	// the asset for long enough; zero while they are there. Only the history of an
	// asset tells.
	Removed time.Time
}
