package httpd

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
)

// Config is what the API is made of. Service is required.
type Config struct {
	Service Service
	// Now is the clock that the elapsed time of unfinished work is taken from;
	// nil: [time.Now].
	Now func() time.Time
	// Log gets a line per request and the causes of internal errors; nil:
	// [slog.Default].
	Log *slog.Logger
	// Observer hears of every request; nil: nobody.
	Observer Observer
	// Tracers make spans of requests; nil: there are none.
	Tracers trace.TracerProvider
	// PublicURL is the address under which players and browsers reach the
	// server. Its host is let in beside the loopback names.
	PublicURL string
	// Auth checks the tokens that everything but the public paths then needs;
	// nil: there is no sign-in, and only loopback names are answered.
	Auth Authenticator
	// Sessions are those of people who signed in with a browser, for requests
	// without a token; nil: there are none. It needs Auth.
	Sessions Sessions
	// RateLimit is how many requests a second the holder of a token or session may
	// send on average; 0: any number.
	RateLimit float64
	// TrustedProxies may tell in X-Forwarded-For where a request came from.
	TrustedProxies []netip.Prefix
	// Mounts are further handlers by [http.ServeMux] pattern, such as "/media/"
	// or "GET /{$}". They stand behind sign-in or guard, and find who asks with
	// [Caller], or, below /ui/, with [CallerOf].
	Mounts map[string]http.Handler
}

// New makes the handler of the whole server.
func New(c Config) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Observer == nil {
		c.Observer = nobody{}
	}
	s := &server{
		service: c.Service, now: c.Now, log: Traced(c.Log), observer: c.Observer, tracers: c.Tracers,
		auth: c.Auth, sessions: c.Sessions, origins: newOrigins(c.PublicURL),
		limits: newLimits(c.RateLimit), room: newBodyRoom(), pages: newPages(), proxies: c.TrustedProxies,
	}
	mux := http.NewServeMux()
	api.HandlerWithOptions(s.strict(), api.StdHTTPServerOptions{
		BaseRouter:       &ruled{ServeMux: mux, server: s, queries: queryRules(), bodies: bodyRules()},
		ErrorHandlerFunc: s.refuse,
	})
	for pattern, handler := range c.Mounts {
		mux.Handle(pattern, handler)
	}
	h := s.spans(compressed(s.route(mux)), mux)
	h = s.signIn(h)
	if c.Auth == nil {
		h = s.guard(h, newGuard(c.PublicURL))
	}
	h = s.access(h, mux)
	return patient(secured(h, strings.HasPrefix(c.PublicURL, "https:")), writePatience)
}

// server implements the generated interface; its methods stand in the file of
// their resource.
type server struct {
	service Service
	now     func() time.Time
	log     *slog.Logger
	auth    Authenticator // nil: no sign-in
	limits  *limits
	// sessions is nil without sign-in, and origins guards them.
	sessions Sessions
	origins  *http.CrossOriginProtection
	room     *bodyRoom
	pages    *pages
	proxies  proxies

	observer Observer
	tracers  trace.TracerProvider // nil: no tracing
}

var _ api.StrictServerInterface = (*server)(nil)

func (s *server) strict() api.ServerInterface {
	return api.NewStrictHandlerWithOptions(s, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  s.refuse,
		ResponseErrorHandlerFunc: s.fail,
	})
}
