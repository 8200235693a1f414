package ingests

import (
	"context"
	"embed"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates/*.html
var files embed.FS

// Service is what the page needs of the use cases.
type Service interface {
	List(ctx context.Context, by vod.Caller, f store.IngestFilter) (page []vod.Ingest, more bool, err error)
	Count(ctx context.Context, by vod.Caller, f store.IngestFilter) (map[vod.IngestStatus]int, error)
	Forecasts(ctx context.Context, by vod.Caller, ingests []vod.Ingest) (map[string]orchestrate.Forecast, error)
	ProfileList(ctx context.Context, by vod.Caller) ([]vod.ProfileVersion, error)

	ViewPut(ctx context.Context, by vod.Caller, name, query string) error
	ViewList(ctx context.Context, by vod.Caller) ([]vod.View, error)
	ViewDelete(ctx context.Context, by vod.Caller, name string) error

	BulkPreview(ctx context.Context, by vod.Caller, r orchestrate.BulkRequest) (orchestrate.BulkPlan, error)
	BulkStart(ctx context.Context, by vod.Caller, p orchestrate.BulkPlan) (id string, err error)
	Bulk(by vod.Caller, id string) (orchestrate.BulkJob, error)
}

// pages answers for the list.
type pages struct {
	Service
	kit       *page.Kit
	templates *page.Templates
}

// Routes registers the pages of the list.
func Routes(k *page.Kit, s Service) {
	p := &pages{Service: s, kit: k, templates: k.Templates(files, nil)}
	k.Handle("GET /ui/{tenant}/ingests", p.list)
	k.Handle("GET /ui/{tenant}/ingests/rows", p.rows)
	k.Handle("GET /ui/{tenant}/ingests/newer", p.newer)
	k.Handle("GET /ui/{tenant}/ingests/counts", p.counts)
	// Not below ingests, where every name may be the id of an ingest.
	k.Handle("POST /ui/{tenant}/bulk/preview", p.bulkPreview)
	k.Handle("POST /ui/{tenant}/bulk", p.bulkStart)
	k.Handle("GET /ui/{tenant}/bulk/{job}", p.bulkJob)
	k.Handle("POST /ui/{tenant}/views", p.viewSave)
	k.Handle("POST /ui/{tenant}/views/delete", p.viewDelete)
}
