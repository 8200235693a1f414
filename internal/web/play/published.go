package play

import (
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Published is what an ingest put where players find it: its entry in the
// catalogue, of which history has all of the asset, or else the web addresses
// that its tasks put out, as where another system is told of them. It is false
// if there is nothing to play, or never was.
func Published(run vod.Run, history []vod.Playback) (vod.Playback, bool) {
	for _, p := range history {
		if p.IngestID == run.Ingest.ID {
			return p, true
		}
	}
	p := vod.Playback{Tenant: run.Ingest.Tenant, AssetID: run.Ingest.AssetID, IngestID: run.Ingest.ID, Removed: run.Ingest.Removed}
	for _, t := range run.Tasks {
		sets, err := t.OutputFilesets()
		if err != nil || t.Stage != vod.Distribution && t.Stage != vod.Playout {
			continue // Imported documents have whatever their system wrote.
		}
		for _, set := range sets {
			for _, f := range set.Files {
				add(&p, f)
			}
		}
	}
	return p, p.HLS != "" || p.DASH != ""
}

// Pictures are the addresses of the pictures that an ingest put where players
// find them, for the policy of a page that shows them.
func Pictures(run vod.Run) []string {
	p, _ := Published(run, nil)
	return []string{p.Poster, p.Thumbnails}
}

// add takes the first web address of each media type.
func add(p *vod.Playback, f vod.File) {
	if !strings.HasPrefix(f.URI, "https://") && !strings.HasPrefix(f.URI, "http://") {
		return
	}
	place := map[string]*string{
		vod.MediaHLS: &p.HLS, vod.MediaDASH: &p.DASH, vod.MediaImage: &p.Poster, vod.MediaThumbnails: &p.Thumbnails,
	}[f.MediaType]
	if place != nil && *place == "" {
		*place = f.URI
	}
}
