package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/problem"
)

//go:embed static templates texts
var files embed.FS

// assetPrefix is where assets stand, for everybody: "_" can be no tenant.
const assetPrefix = "/ui/_/assets/"

// assets are the embedded files under their hashed names.
type assets struct {
	paths map[string]string // by plain name, such as "play.js"
	files map[string][]byte // by hashed name
}

// loadAssets gives each file a name that changes with its content.
func loadAssets() *assets {
	a := &assets{paths: map[string]string{}, files: map[string][]byte{}}
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		base, ext := path.Base(name), path.Ext(name)
		hashed := strings.TrimSuffix(base, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.paths[base], a.files[hashed] = assetPrefix+hashed, content
		return nil
	})
	if err != nil {
		panic("embedded files cannot be read: " + err.Error()) // the build is broken
	}
	return a
}

// path is the address of an asset; for templates.
func (a *assets) path(name string) string { return a.paths[name] }

// ServeHTTP serves one asset.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, ok := a.files[name]
	if !ok {
		problem.Write(w, r, problem.Document{Status: http.StatusNotFound, Detail: "There is no such file of a page."})
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(path.Ext(name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(content) // the browser has gone
}

// contentType does not ask the machine's own tables, which differ.
func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8" // RFC 9239
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}
