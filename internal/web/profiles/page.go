package profiles

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates/*.html
var files embed.FS

// Service is what the pages need of the use cases. Each checks what the caller
// may do.
type Service interface {
	ProfileList(ctx context.Context, by vod.Caller) ([]vod.ProfileVersion, error)
	ProfileGet(ctx context.Context, by vod.Caller, name string, versionID int64) (vod.ProfileVersion, error)
	ProfileVersions(ctx context.Context, by vod.Caller, name string) ([]vod.ProfileVersion, error)
	ProfileValidate(ctx context.Context, by vod.Caller, name string, data []byte) error
	ProfileReplace(ctx context.Context, by vod.Caller, name string, base int64, data []byte) (vod.ProfileVersion, bool, error)
	// Count counts ingests by status, up to 10,000 of each.
	Count(ctx context.Context, by vod.Caller, f store.IngestFilter) (map[vod.IngestStatus]int, error)
	AuditList(ctx context.Context, by vod.Caller, f store.AuditFilter) ([]vod.AuditEntry, bool, error)
}

// pages serves them.
type pages struct {
	Service
	kit       *page.Kit
	templates *page.Templates
}

// Routes registers the pages.
func Routes(k *page.Kit, s Service) {
	p := &pages{Service: s, kit: k, templates: k.Templates(files, nil)}
	k.Handle("GET /ui/{tenant}/profiles", p.list)
	k.Handle("GET /ui/{tenant}/profiles/new", p.createForm)
	k.Handle("POST /ui/{tenant}/profiles/new", p.submit)
	k.Handle("GET /ui/{tenant}/profiles/{name}", p.version)
	k.Handle("GET /ui/{tenant}/profiles/{name}/json", p.document)
	k.Handle("GET /ui/{tenant}/profiles/{name}/diff", p.diff)
	k.Handle("GET /ui/{tenant}/profiles/{name}/edit", p.editForm)
	k.Handle("POST /ui/{tenant}/profiles/{name}/edit", p.submit)
	k.Handle("POST /ui/{tenant}/profiles/{name}/check", p.check)
}

// show writes a page of this section.
func (p *pages) show(w http.ResponseWriter, r *page.Request, status int, title, content string, data any) error {
	return p.templates.Page(w, r, status, page.Page{
		Title: title, Section: "profiles", Content: content, Data: data,
		Styles: []string{"draw.css", "profiles.css"}, Scripts: []string{"profiles.js"},
	})
}

// newName is the path of the page that makes a profile. It is the name of one,
// too, whose pages are told by the version in their address.
const newName = "new"

// address is that of a version's page, of the newest for 0.
func address(base, name string, version int64) string {
	path := base + "/profiles/" + url.PathEscape(name)
	if version != 0 || name == newName {
		path += "?version=" + strconv.FormatInt(version, 10)
	}
	return path
}

// versionOf reads a version's id from the address; 0 if it names none.
func versionOf(r *page.Request, key string) (int64, error) {
	text := r.URL.Query().Get(key)
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 {
		return 0, vod.Faultf(vod.Invalid, "%s must be the id of a version, a whole number.", key)
	}
	return id, nil
}
