package apidoc

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/problem"
)

// Path is where the page stands; its files are below.
const Path = "/docs"

var (
	//go:embed page.gen.html
	page []byte
	//go:embed style.css
	style []byte
)

// placeholder stands in the page for the address of the style sheet.
const placeholder = `href="STYLE"`

// policy allows the one style sheet, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves [Path] and what is below it.
func Handler() http.Handler {
	sheet := Path + "/style." + sum(style) + ".css"
	html := bytes.Replace(page, []byte(placeholder), []byte(`href="`+sheet+`"`), 1)
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, file{html, "text/html; charset=utf-8", "no-cache", sum(html)})
	mux.Handle("GET "+sheet, file{style, "text/css; charset=utf-8", "public, max-age=31536000, immutable", sum(style)}) // RFC 8246
	mux.Handle("GET "+Path+"/{$}", http.RedirectHandler(Path, http.StatusPermanentRedirect))
	mux.HandleFunc("GET "+Path+"/", func(w http.ResponseWriter, r *http.Request) {
		problem.Write(w, r, problem.Document{Status: http.StatusNotFound, Detail: "The documentation has no such file."})
	})
	return mux
}

// sum is enough of a digest to tell versions of a file apart.
func sum(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:6])
}

// file is one that does not change while the server runs.
type file struct {
	content      []byte
	contentType  string
	cacheControl string
	version      string
}

// ServeHTTP implements [http.Handler].
func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	// Those of a 304 take the place of those that the browser has kept (RFC 9111
	// section 3.2): without the policy here, the style sheet would be refused from
	// the second visit on.
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", f.cacheControl)
	h.Set("ETag", `W/"`+f.version+`"`) // Weak: compression does not change it.
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	_, _ = w.Write(f.content) // the browser has gone
}
