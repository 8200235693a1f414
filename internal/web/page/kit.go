package page

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Prefix is the path below which all pages stand.
const Prefix = "/ui/"

// Config says whom the pages are for. Caller is required.
type Config struct {
	// Caller gives who sent a request, from its context. For paths below
	// /ui/{tenant}/ the caller acts for the tenant of the path, and a caller that
	// may not is an error.
	Caller func(ctx context.Context) (vod.Caller, error)
	// Tenants gives those that the caller may choose among; nil: its own alone.
	Tenants func(ctx context.Context, by vod.Caller) ([]string, error)
	SignIn  bool   // whether there is somebody to sign out
	Version string // of the program, for the foot of pages
	// Media are addresses from whose origins all pages may show pictures.
	Media []string
	Now   func() time.Time
	Log   *slog.Logger // nil: [slog.Default]
}

// Kit makes pages. It is safe for concurrent use once all handlers are
// registered.
type Kit struct {
	config Config
	assets *assets
	texts  texts
	layout *template.Template
	errors *Templates
	mux    *http.ServeMux
}

// New makes a kit. What is embedded is part of the program: it panics when
// something of it is broken.
func New(c Config) *Kit {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = vod.Now
	}
	k := &Kit{config: c, assets: loadAssets(), texts: loadTexts(), mux: http.NewServeMux()}
	k.layout = template.Must(template.New("").Funcs(k.functions()).ParseFS(files, "templates/*.html"))
	k.errors = &Templates{kit: k, set: k.layout}
	k.mux.Handle("GET "+assetPrefix+"{file}", k.assets)
	k.Handle("GET /ui/{tenant}/{$}", k.home)
	k.mux.HandleFunc("GET /ui/{$}", k.start)
	k.mux.HandleFunc("/ui/", k.missing)
	return k
}

// Request is a person's request for something of a tenant.
type Request struct {
	*http.Request
	Caller vod.Caller // acts for the tenant of the path
}

// Base is the address of the tenant's pages, such as /ui/acme.
func (r *Request) Base() string { return Prefix + url.PathEscape(r.Caller.Tenant) }

// IngestAddress is the address of the page of the ingest that the path names as
// {id}.
func (r *Request) IngestAddress() string {
	return r.Base() + "/ingests/" + url.PathEscape(r.PathValue("id"))
}

// Part tells that htmx asks, and wants a part of a page.
func (r *Request) Part() bool { return isPart(r.Request) }

func isPart(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-History-Restore-Request") != "true"
}

// Handler answers with a page or a part of one. An error is shown to whoever
// asked: what a [vod.Fault] says, and of all others only that they happened.
type Handler func(w http.ResponseWriter, r *Request) error

// Handle registers a handler for a pattern of [http.ServeMux] that begins with
// /ui/{tenant}. Who is not signed in is led to the sign-in page.
func (k *Kit) Handle(pattern string, h Handler) {
	k.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		caller, err := k.config.Caller(r.Context())
		if err == nil && caller.Tenant != r.PathValue("tenant") {
			err = vod.Faultf(vod.NotFound, "There is no tenant %q.", r.PathValue("tenant"))
		}
		if err == nil {
			err = h(w, &Request{r, caller})
		}
		if err != nil {
			k.Fail(w, r, err)
		}
	})
}

// HandleOpen registers a handler for everybody, signed in or not, below /ui/_/.
func (k *Kit) HandleOpen(pattern string, h func(http.ResponseWriter, *http.Request) error) {
	k.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			k.Fail(w, r, err)
		}
	})
}

// Mount puts a handler that makes no pages among the pages.
func (k *Kit) Mount(pattern string, h http.Handler) { k.mux.Handle(pattern, h) }

// ServeHTTP serves everything below /ui/. What changes something is taken from
// pages of this server alone.
func (k *Kit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		k.Fail(w, r, vod.Faultf(vod.Forbidden, "This was asked for by a page of another site, and is not done."))
		return
	}
	k.mux.ServeHTTP(w, r)
}

// start leads to the first of the caller's tenants.
func (k *Kit) start(w http.ResponseWriter, r *http.Request) {
	caller, err := k.config.Caller(r.Context())
	if err != nil {
		k.Fail(w, r, err)
		return
	}
	tenant := caller.Tenant
	if tenant == "" && len(caller.Tenants) > 0 {
		tenant = caller.Tenants[0]
	}
	http.Redirect(w, r, Prefix+url.PathEscape(tenant)+"/ingests", http.StatusSeeOther)
}

func (k *Kit) home(w http.ResponseWriter, r *Request) error {
	http.Redirect(w, r.Request, r.Base()+"/ingests", http.StatusSeeOther)
	return nil
}

func (k *Kit) missing(w http.ResponseWriter, r *http.Request) {
	if _, err := k.config.Caller(r.Context()); err != nil && !strings.HasPrefix(r.URL.Path, "/ui/_/") {
		k.Fail(w, r, err)
		return
	}
	k.Fail(w, r, vod.Faultf(vod.NotFound, "%s", k.Text("error.no_page")))
}

// Now is the time.
func (k *Kit) Now() time.Time { return k.config.Now() }

// Asset is the address of a file of static, by its plain name.
func (k *Kit) Asset(name string) string { return k.assets.path(name) }

// Log is for what pages cannot tell who asked.
func (k *Kit) Log() *slog.Logger { return k.config.Log }
