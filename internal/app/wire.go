package app

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/apidoc"
	"github.com/via-orchestrate/orchestrate/internal/httpd"
	"github.com/via-orchestrate/orchestrate/internal/mediahttp"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/upload"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web"
)

// PipelineVersion is what snapshots name as the version of the pipeline.
const PipelineVersion = "0.1.0"

// wire makes what serves, on top of what works.
func (a *App) wire(ctx context.Context) (err error) {
	if a.locations, err = newLocations(a.config, a.objects); err != nil {
		return err
	}
	if a.media, err = a.openMedia(ctx); err != nil {
		return err
	}
	if err := a.openUploads(ctx); err != nil {
		return err
	}
	a.retention = a.newRetention()
	a.warnOfHaste()
	if err := a.openWork(ctx, a.uploads, sweepEvery); err != nil {
		return err
	}
	a.service, err = orchestrate.New(ctx, orchestrate.Config{
		Store: a.store, Engine: a.engine, Hold: a.hold, Locations: a.locations,
		RemoveFiles: a.retention.Ingests, Digest: retrieval.Digest,
		SourceDirs: a.config.AllowSourceDir, Version: PipelineVersion, Now: vod.Now, Log: httpd.Traced(a.log),
	})
	if err != nil {
		return err
	}
	a.server = newServer(a.handler()) //nolint:contextcheck // Pages have the context of their requests.
	return nil
}

// handler puts what the server answers below its address.
func (a *App) handler() http.Handler {
	c := httpd.Config{
		Service: a.service, Now: vod.Now, Log: a.log, Observer: a.metrics, PublicURL: a.config.PublicURL,
		RateLimit: a.config.RateLimit, TrustedProxies: a.config.TrustedProxies,
		Mounts: a.mounts(),
	}
	if a.tracing.On() {
		c.Tracers = a.tracing.Provider()
	}
	if a.auth != nil { // An interface that holds a nil pointer is not nil.
		c.Auth, c.Sessions = a.auth, a.sessions
	}
	return httpd.New(c)
}

// mounts are what the server answers beside the API's own routes; a test holds
// them against api/openapi.yaml.
func (a *App) mounts() map[string]http.Handler {
	events := a.events()
	pages := web.Handler(web.Config{
		Service: a.service, Caller: httpd.CallerOf, Tenants: a.tenants, Document: httpd.DetailText, Events: events, SignIn: a.signInPages(),
		Connect: a.config.PlayConnect, Media: []string{a.config.PublicURL}, Version: PipelineVersion, Now: vod.Now, Log: httpd.Traced(a.log),
	})
	uploads, docs := a.metrics.Uploads(a.uploads.Handler()), apidoc.Handler()
	return map[string]http.Handler{
		"GET /{$}":           http.RedirectHandler("/ui/", http.StatusSeeOther),
		"GET " + apidoc.Path: docs, "GET " + apidoc.Path + "/": docs,
		"GET /events": events,
		"/media/":     mediahttp.Handler(a.media),
		"/uploads":    uploads, "/uploads/": uploads,
		"/ui/": pages, "GET /play/": pages,
	}
}

const (
	// maxStreams is how many event streams there may be, at some 40 kB each.
	maxStreams = 5000
	// streamsEach is how many of them one subject may have: a browser has one for
	// each page that is visible.
	streamsEach = 50
)

// events answers with event streams. Without sign-in everybody is one subject,
// and only the number of all streams is bounded.
func (a *App) events() http.Handler {
	c := httpd.EventsConfig{Hub: a.hub}
	if a.auth != nil {
		c.PerHolder = streamsEach
	}
	return httpd.Events(c)
}

func (a *App) openUploads(ctx context.Context) (err error) {
	shelf, err := a.openShelf(ctx)
	if err != nil {
		return err
	}
	a.uploads, err = upload.New(filepath.Join(a.config.Data, "uploads"), upload.Options{
		Tenant: func(r *http.Request) (string, error) {
			by := httpd.Caller(r.Context())
			return by.Tenant, by.Require(vod.SubmitIngests)
		},
		Changed: func(r *http.Request, action vod.Action, id string) error {
			return a.service.UploadChanged(r.Context(), httpd.Caller(r.Context()), action, id)
		},
		InUse: a.uploadInUse, Shelf: shelf,
		MaxSize: int64(a.config.UploadMax), MinFree: int64(a.config.MinFree), Log: httpd.Traced(a.log),
	})
	if err == nil {
		a.onClose(a.uploads.Close)
	}
	return err
}

// newServer sets limits against slow clients. Uploads and media may take as
// long as they move; their handlers watch that themselves.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}
