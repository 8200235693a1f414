package media

import (
	"context"
	"embed"
	"html/template"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates/*.html
var files embed.FS

// Service is what the parts need of the use cases.
type Service interface {
	Get(ctx context.Context, by vod.Caller, id string) (vod.Run, error)
	Attempts(ctx context.Context, by vod.Caller, run vod.Run, taskID string) ([]vod.Attempt, error)
	Steps(ctx context.Context, by vod.Caller, id string) ([]orchestrate.StepView, error)
	// Playback gives what plays of an asset now, PlaybackHistory what each of its
	// ingests published. Nothing at all is a [vod.Fault], NotFound.
	Playback(ctx context.Context, by vod.Caller, assetID string) (vod.Playback, error)
	PlaybackHistory(ctx context.Context, by vod.Caller, assetID string) ([]vod.Playback, error)
	PlaybackSelect(ctx context.Context, by vod.Caller, assetID, ingestID string) (vod.Playback, error)
}

// pages are the handlers of this package.
type pages struct {
	kit       *page.Kit
	templates *page.Templates
	service   Service
}

// Routes registers the parts.
func Routes(k *page.Kit, s Service) {
	p := &pages{kit: k, templates: k.Templates(files, template.FuncMap{"rate": rate}), service: s}
	const base = "/ui/{tenant}/ingests/{id}"
	k.Handle("GET "+base+"/media", p.media)
	k.Handle("GET "+base+"/media/player", p.player)
	k.Handle("GET "+base+"/flow", p.flow)
	k.Handle("GET "+base+"/source", p.source)
	k.Handle("POST "+base+"/select", p.choose)
}

// nothing leaves the part out of the page.
func nothing(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
