package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/ingest"
	"github.com/via-orchestrate/orchestrate/internal/web/ingests"
	"github.com/via-orchestrate/orchestrate/internal/web/media"
	"github.com/via-orchestrate/orchestrate/internal/web/overview"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	"github.com/via-orchestrate/orchestrate/internal/web/play"
	"github.com/via-orchestrate/orchestrate/internal/web/profiles"
	"github.com/via-orchestrate/orchestrate/internal/web/signin"
	"github.com/via-orchestrate/orchestrate/internal/web/submit"
	"github.com/via-orchestrate/orchestrate/internal/web/workers"
)

// Service is what the pages need of the use cases.
type Service interface {
	ingest.Service
	ingests.Service
	media.Service
	overview.Service
	play.Service
	profiles.Service
	submit.Service
	workers.Service
}

// Config says whom the pages are for, and where they find things. Log, Tenants,
// SignIn and Connect may be left out.
type Config struct {
	Service Service
	// Caller gives who sent a request, from its context; see [page.Config].
	Caller  func(ctx context.Context) (vod.Caller, error)
	Tenants func(ctx context.Context, by vod.Caller) ([]string, error)
	// Document gives what the API answers of an ingest.
	Document ingest.Document
	// Events is the stream of changes, for the tenant of the caller.
	Events http.Handler
	SignIn *signin.Config // nil: nobody signs in
	// Connect are origins that players may also load from; see [play.Config].
	Connect []string
	// Media are addresses from whose origins all pages may show pictures, such as
	// that of the media server.
	Media   []string
	Version string
	Now     func() time.Time
	Log     *slog.Logger
}

// Handler serves everything below /ui/ and /play/.
func Handler(c Config) http.Handler {
	kit := page.New(page.Config{
		Caller: c.Caller, Tenants: c.Tenants, SignIn: c.SignIn != nil, Version: c.Version, Now: c.Now, Log: c.Log,
		Media: c.Media,
	})
	signin.Routes(kit, c.SignIn)
	ingests.Routes(kit, c.Service)
	ingest.Routes(kit, c.Service, c.Document)
	overview.Routes(kit, c.Service)
	profiles.Routes(kit, c.Service)
	submit.Routes(kit, c.Service)
	media.Routes(kit, c.Service)
	workers.Routes(kit, c.Service)
	player := play.Config{
		Service: c.Service, Kit: kit, Connect: c.Connect, Log: c.Log,
		Caller: func(ctx context.Context) vod.Caller {
			caller, _ := c.Caller(ctx) // Without one, the zero caller may do nothing.
			return caller
		},
	}
	play.Routes(kit, player)
	if c.Events != nil {
		kit.Mount("GET /ui/{tenant}/events", c.Events)
	}
	mux := http.NewServeMux()
	mux.Handle(page.Prefix, kit)
	mux.Handle("/play/", play.Handler(player))
	return mux
}
