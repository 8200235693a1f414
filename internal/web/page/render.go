package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Templates are those of one package of pages.
type Templates struct {
	kit *Kit
	set *template.Template
}

// Templates reads templates/*.html of a package's embedded files, beside those
// of the layout. It panics when one is broken, as the build is then.
func (k *Kit) Templates(fsys fs.FS, extra template.FuncMap) *Templates {
	set := template.Must(k.layout.Clone())
	set = template.Must(set.Funcs(extra).ParseFS(fsys, "templates/*.html"))
	return &Templates{kit: k, set: set}
}

// Page is a whole page.
type Page struct {
	Title   string   // as the tab shows it
	Section string   // entry of the navigation: ingests, submit, profiles, overview, workers, or none
	Content string   // name of the template that makes the content
	Styles  []string // files of static, by their plain names
	Scripts []string
	Media   []string // addresses whose origins pictures may come from
	Events  string   // query of the event stream, such as ingestId=…; empty: everything
	Data    any
}

// View is what templates get.
type View struct {
	Data    any
	Base    string // address of the tenant's pages, such as /ui/acme
	Tenant  string // empty on pages of no tenant
	Subject string
	Now     time.Time
	may     []vod.Permission
}

// Can tells whether the viewer has a permission, such as "ingests:cancel".
func (v View) Can(permission string) bool { return slices.Contains(v.may, vod.Permission(permission)) }

// frame is what the layout gets.
type frame struct {
	View
	Page
	Body    template.HTML
	Tenants []string
	SignIn  bool
	Version string
}

func (k *Kit) view(r *Request, data any) View {
	v := View{Data: data, Tenant: r.Caller.Tenant, Subject: r.Caller.Subject, Now: k.Now(), may: r.Caller.Permissions}
	if v.Tenant != "" {
		v.Base = r.Base()
	}
	return v
}

// Page writes a whole page.
func (t *Templates) Page(w http.ResponseWriter, r *Request, status int, p Page) error {
	k := t.kit
	f := frame{View: k.view(r, p.Data), Page: p, SignIn: k.config.SignIn, Version: k.config.Version}
	var content, whole bytes.Buffer
	if err := t.set.ExecuteTemplate(&content, p.Content, f.View); err != nil {
		return fmt.Errorf("page %s: %w", p.Content, err)
	}
	f.Body = template.HTML(content.String()) //nolint:gosec // Made by a template.
	f.Tenants = k.tenants(r)
	if err := t.set.ExecuteTemplate(&whole, "layout", f); err != nil {
		return fmt.Errorf("layout of page %s: %w", p.Content, err)
	}
	setHeaders(w)
	w.Header().Set("Content-Security-Policy", Policy(slices.Concat(k.config.Media, p.Media)))
	w.WriteHeader(status)
	_, _ = whole.WriteTo(w) // the browser has gone
	return nil
}

// tenants are those to choose among, the viewer's own first of all.
func (k *Kit) tenants(r *Request) []string {
	if k.config.Tenants == nil {
		return r.Caller.Tenants
	}
	list, err := k.config.Tenants(r.Context(), r.Caller)
	if err != nil {
		k.config.Log.WarnContext(r.Context(), "cannot list the tenants", "error", err)
		return r.Caller.Tenants
	}
	return list
}

// Part writes the part of a page that a template makes.
func (t *Templates) Part(w http.ResponseWriter, r *Request, name string, data any) error {
	var part bytes.Buffer
	if err := t.set.ExecuteTemplate(&part, name, t.kit.view(r, data)); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	setHeaders(w)
	w.WriteHeader(http.StatusOK)
	_, _ = part.WriteTo(w) // the browser has gone
	return nil
}

// setHeaders sets what all answers have. What a page shows may change at any
// time, and is nobody else's. Forms have to tell their origin, which no-referrer
// would hide.
func setHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "HX-Request")
	h.Set("Content-Security-Policy", Policy(nil))
}
