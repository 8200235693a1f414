package play

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/problem"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates
var files embed.FS

// Service is what the play page needs of the use cases.
type Service interface {
	// Playback gives the addresses that play an asset now. An asset that
	// nothing plays for is a [vod.Fault], NotFound.
	Playback(ctx context.Context, by vod.Caller, assetID string) (vod.Playback, error)
	// PlaybackHistory gives what every ingest of the asset published.
	PlaybackHistory(ctx context.Context, by vod.Caller, assetID string) ([]vod.Playback, error)
	Get(ctx context.Context, by vod.Caller, id string) (vod.Run, error)
}

// Config says where the page finds things. All but Connect and Log is required.
type Config struct {
	Service Service
	// Caller gives who sent a request to /play/, from its context.
	Caller func(ctx context.Context) vod.Caller
	Kit    *page.Kit // texts, scripts and styles
	// Connect are origins that the page may also load from, such as those of key
	// servers: the keys of encrypted streams come from addresses that only the
	// manifests know.
	Connect []string
	Log     *slog.Logger // nil: [slog.Default]
}

type pages struct {
	config    Config
	templates *template.Template
}

func newPages(c Config) *pages {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	functions := template.FuncMap{"asset": c.Kit.Asset, "t": c.Kit.Text}
	return &pages{config: c, templates: template.Must(template.New("").Funcs(functions).ParseFS(files, "templates/*.html"))}
}

// Handler serves everything below /play/.
func Handler(c Config) http.Handler {
	p := newPages(c)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /play/{assetId}", p.play)
	mux.HandleFunc("GET /play/", p.missing)
	return mux
}

// playView is what the page shows.
type playView struct {
	AssetID  string
	IngestID string
	Format   string // "HLS" or "DASH"
	Manifest string
	Poster   string
	// Thumbnails is the address of the WebVTT track of pictures, or empty.
	Thumbnails string
	HLS        bool // whether there is one
	DASH       bool
	Embedded   bool // in a frame of another page, which tells the rest
}

// missingView is what a page without a player says.
type missingView struct {
	AssetID  string // empty: the address names none
	IngestID string // whose stream it is about; empty: of the asset
	Removed  bool   // the files were given up
}

func (p *pages) play(w http.ResponseWriter, r *http.Request) {
	assetID := r.PathValue("assetId")
	playback, err := p.config.Service.Playback(r.Context(), p.config.Caller(r.Context()), assetID)
	switch {
	case vod.CodeOf(err) == vod.NotFound:
		p.missing(w, r)
	case vod.CodeOf(err) != "": // Such as a permission that is missing.
		problem.Write(w, r, problem.FromError(err))
	case err != nil:
		p.config.Log.Error("play page failed", "asset", assetID, "error", err)
		p.render(w, http.StatusInternalServerError, "failed.html", nil, nil)
	default:
		p.show(w, r, playback, missingView{AssetID: assetID})
	}
}

// show plays something, or says why it cannot.
func (p *pages) show(w http.ResponseWriter, r *http.Request, playback vod.Playback, otherwise missingView) {
	view := playView{
		AssetID: otherwise.AssetID, IngestID: playback.IngestID, Format: "HLS", Manifest: playback.HLS,
		Poster: playback.Poster, Thumbnails: playback.Thumbnails, HLS: playback.HLS != "", DASH: playback.DASH != "",
		Embedded: r.URL.Query().Has("embedded"),
	}
	if r.URL.Query().Get("format") == "dash" && view.DASH || !view.HLS {
		view.Format, view.Manifest = "DASH", playback.DASH
	}
	if otherwise.Removed = !playback.Removed.IsZero(); view.Manifest == "" || otherwise.Removed {
		p.render(w, http.StatusNotFound, "missing.html", otherwise, nil)
		return
	}
	p.render(w, http.StatusOK, "play.html", view, []string{view.Manifest, view.Poster, view.Thumbnails})
}

func (p *pages) missing(w http.ResponseWriter, r *http.Request) {
	p.render(w, http.StatusNotFound, "missing.html", missingView{AssetID: r.PathValue("assetId")}, nil)
}

// render writes a page that may load media from the origins of the addresses.
func (p *pages) render(w http.ResponseWriter, status int, name string, view any, media []string) {
	var made bytes.Buffer
	if err := p.templates.ExecuteTemplate(&made, name, view); err != nil {
		p.config.Log.Error("page template failed", "template", name, "error", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", securityPolicy(media, p.config.Connect))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN") // as frame-ancestors
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store") // what is current may change at any time
	w.WriteHeader(status)
	_, _ = made.WriteTo(w) // the browser has gone
}

// securityPolicy lets pages of this server have the page in a frame, and allows
// the page this server and the origins of the addresses, and for
// requests by the players also those of connect. Media Source Extensions play
// from blob: addresses, and hls.js makes its text tracks from data: ones.
func securityPolicy(media, connect []string) string {
	origins := page.Origins("'self'", media)
	return "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
		"connect-src " + page.Origins(origins, connect) + "; img-src " + origins + "; media-src blob: data: " + origins
}
