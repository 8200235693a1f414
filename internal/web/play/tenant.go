package play

import (
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// Routes registers the play pages of a tenant among the others: those of an
// ingest, and of an asset for people who have several tenants.
func Routes(k *page.Kit, c Config) {
	p := newPages(c)
	k.Handle("GET /ui/{tenant}/play/{assetId}", p.asset)
	k.Handle("GET /ui/{tenant}/ingests/{id}/play", p.ingest)
}

func (p *pages) asset(w http.ResponseWriter, r *page.Request) error {
	assetID := r.PathValue("assetId")
	playback, err := p.config.Service.Playback(r.Context(), r.Caller, assetID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return err
	}
	p.show(w, r.Request, playback, missingView{AssetID: assetID})
	return nil
}

// ingest plays what one ingest published, whatever serves the asset now.
func (p *pages) ingest(w http.ResponseWriter, r *page.Request) error {
	run, err := p.config.Service.Get(r.Context(), r.Caller, r.PathValue("id"))
	if err != nil {
		return err
	}
	history, err := p.config.Service.PlaybackHistory(r.Context(), r.Caller, run.Ingest.AssetID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return err
	}
	playback, _ := Published(run, history)
	p.show(w, r.Request, playback, missingView{AssetID: run.Ingest.AssetID, IngestID: run.Ingest.ID})
	return nil
}
