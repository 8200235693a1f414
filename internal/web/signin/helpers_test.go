package signin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/httpd"
	"github.com/via-orchestrate/orchestrate/internal/oidctest"
	"github.com/via-orchestrate/orchestrate/internal/session"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// site is a server with sign-in: real sessions in a real store, behind the API's
// own handlers, and a page at /ui/ that tells who looks at it.
type site struct {
	*sqlite.Store
	t        *testing.T
	url      string
	provider *oidctest.Provider // nil: there is none
	mu       sync.Mutex
	ahead    time.Duration // of the real clock
	log      bytes.Buffer
	people   bool // pages are shown as people see them
}

func (s *site) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

func (s *site) forward(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

// Write implements [io.Writer], for the log.
func (s *site) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(text)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

const (
	rolesClaim  = "https://vimond/roles"
	tenantClaim = "https://vimond/tenant"
)

// operator are the claims of one of the tenants.
func operator(tenants ...string) map[string]any {
	return map[string]any{rolesClaim: []string{"operator"}, tenantClaim: tenants, "preferred_username": "ann.lee"}
}

func newSite(t *testing.T, p *oidctest.Provider, change ...func(*Config)) *site {
	t.Helper()
	return openSite(&site{t: t, provider: p}, change...)
}

func openSite(s *site, change ...func(*Config)) *site {
	t, p := s.t, s.provider
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "orchestrate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.Store = db
	mux := http.NewServeMux()
	server := httptest.NewUnstartedServer(mux)
	s.url = "http://" + server.Listener.Addr().String()
	ac := auth.Config{Tokens: db, Now: s.now}
	c := Config{From: httpd.From, Now: s.now, Log: slog.New(slog.NewTextHandler(s, nil))}
	if p != nil {
		p.Register(s.url + "/ui/_/callback")
		p.Sit("ann", operator("acme", "beta"))
		ac.Issuers = []auth.Issuer{{URL: p.URL, Audiences: []string{"orchestrate"}}}
		c.Provider = &Provider{Issuer: p.URL, ClientID: oidctest.ClientID, Scopes: []string{"openid", "profile"}, Callback: s.url + "/ui/_/callback"}
	}
	a, err := auth.New(ac)
	if err != nil {
		t.Fatal(err)
	}
	sessions := session.New(session.Config{Store: db, Auth: a, Age: 12 * time.Hour, Now: s.now})
	c.Sessions, c.Auth = sessions, a
	for _, do := range change {
		do(&c)
	}
	mux.Handle("/", httpd.New(httpd.Config{
		PublicURL: s.url, Auth: a, Sessions: sessions, Log: c.Log,
		Mounts: map[string]http.Handler{"/ui/": http.HandlerFunc(who), open: s.pages(c)},
	}))
	server.Start()
	t.Cleanup(server.Close)
	return s
}

// pages shows a page as the JSON of its view.
func (s *site) pages(c Config) http.Handler {
	show := func(w http.ResponseWriter, _ *http.Request, status int, v View) error {
		w.WriteHeader(status)
		return json.NewEncoder(w).Encode(v)
	}
	if s.people {
		show = shown(s.t)
	}
	mux := http.NewServeMux()
	for pattern, handle := range Handlers(&c, show) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := handle(w, r); err != nil {
				s.t.Errorf("%s: %v", r.URL, err)
			}
		})
	}
	return mux
}

// who tells who looks, or leads to the sign-in page.
func who(w http.ResponseWriter, r *http.Request) {
	c, err := httpd.CallerOf(r.Context())
	switch vod.CodeOf(err) {
	case vod.Unauthenticated:
		http.Redirect(w, r, signInAddress(r.URL.RequestURI()), http.StatusSeeOther)
	case vod.Forbidden:
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprint(w, err)
	default:
		_, _ = fmt.Fprintf(w, "%s|%s|%v|%d", c.Subject, c.Tenant, c.Tenants, len(c.Permissions))
	}
}

// browser is one with cookies, that follows redirects.
type browser struct {
	*http.Client
	s *site
}

func (s *site) browser() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar}, s}
}

// still is the browser, but follows no redirects.
func (b *browser) still() *browser {
	c := *b.Client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{&c, b.s}
}

// seen is a page that a browser has got.
type seen struct {
	*http.Response
	text string
	view View // of a sign-in page
}

func (b *browser) do(method, address string, form url.Values, headers ...string) seen {
	b.s.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.s.url + address
	}
	req, err := http.NewRequestWithContext(b.s.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.s.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.Do(req)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	page := seen{Response: resp, text: string(text)}
	_ = json.Unmarshal(text, &page.view) // Of other pages there is none.
	return page
}

func (b *browser) get(address string) seen {
	b.s.t.Helper()
	return b.do(http.MethodGet, address, nil)
}

// signIn goes by way of the provider, from a page to that page.
func (b *browser) signIn(page string) seen {
	b.s.t.Helper()
	at := b.get(page)
	if at.Request.URL.Path != "/ui/_/sign-in" || at.view.Start == "" {
		b.s.t.Fatalf("%s shows %s: %s", page, at.Request.URL, at.text)
	}
	return b.get(at.view.Start)
}

// cookie gives a cookie that the browser has, or nil.
func (b *browser) cookie(name string) *http.Cookie {
	u, err := url.Parse(b.s.url)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (s seen) is(t *testing.T, status int, problem Problem) {
	t.Helper()
	if s.StatusCode != status || s.view.Problem != problem {
		t.Errorf("%s: %s %s", s.Request.URL, s.Status, s.text)
	}
}

func (s *site) audited(tenant string) (list []string) {
	s.t.Helper()
	page, _, err := s.AuditList(s.t.Context(), store.AuditFilter{Tenant: tenant, Limit: 50})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range page {
		list = append(list, strings.Join([]string{string(e.Action), e.Subject, e.From}, " "))
	}
	return list
}

// shown is a page as people see it.
func shown(t *testing.T) func(w http.ResponseWriter, r *http.Request, status int, v View) error {
	t.Helper()
	text, err := os.ReadFile("../page/texts/signin.yaml")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	if err := yaml.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	content := template.Must(template.New("").Funcs(template.FuncMap{
		"t": func(key string, args ...any) (string, error) {
			if words[key] == "" {
				return "", fmt.Errorf("there is no text %s", key)
			}
			return fmt.Sprintf(words[key], args...), nil
		},
	}).ParseFiles("templates/sign-in.html"))
	return func(w http.ResponseWriter, _ *http.Request, status int, v View) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "same-origin")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, "<!doctype html><html lang=en><title>Sign in</title><body>")
		return content.ExecuteTemplate(w, "content", v)
	}
}
