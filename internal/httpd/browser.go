package httpd

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// What people see in a browser stands below uiPath: first the tenant, or
// openPath for what belongs to none and needs nobody to be signed in.
const (
	uiPath     = "/ui/"
	openPath   = "/ui/_/"
	playPath   = "/play/"
	signInPath = "/ui/_/sign-in"
)

// Sessions finds who is signed in with a browser. ok is false for a request
// without the cookie of a session; what is wrong with one is a [vod.Fault].
type Sessions interface {
	Identify(r *http.Request) (id auth.Identity, ok bool, err error)
}

// pageTenant is what stands in a path for the tenant of a page, or "".
func pageTenant(path string) string {
	rest, ok := strings.CutPrefix(path, uiPath)
	if !ok || strings.HasPrefix(path, openPath) {
		return ""
	}
	tenant, _, _ := strings.Cut(rest, "/")
	return tenant
}

// newOrigins refuses requests that change something and come from pages of
// other sites (CSRF).
func newOrigins(publicURL string) *http.CrossOriginProtection {
	origins := http.NewCrossOriginProtection()
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		// Behind a proxy that changes the Host header, older browsers are told apart
		// by this. It has a scheme and a host, so that it is taken.
		_ = origins.AddTrustedOrigin(strings.ToLower(u.Scheme + "://" + u.Host))
	}
	return origins
}

// sameOrigin refuses a request with an unsafe method unless the browser says
// that a page of this server sent it. Programs, which say nothing, use tokens.
func (s *server) sameOrigin(r *http.Request) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	silent := r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == ""
	if silent || s.origins.Check(r) != nil {
		return &foreign{}
	}
	return nil
}

// foreign refuses a request for the page that it came from.
type foreign struct{}

func (*foreign) Error() string {
	return "With a session, changes are taken only from pages of this server."
}

// Unwrap makes it a fault.
func (e *foreign) Unwrap() error { return vod.Faultf(vod.Forbidden, "%s", e.Error()) }

// seekingPage tells whether a person who is not signed in opened an address that
// programs use, too, and is better off at the sign-in page.
func (s *server) seekingPage(r *http.Request, err error) bool {
	return s.sessions != nil && vod.CodeOf(err) == vod.Unauthenticated && r.Method == http.MethodGet &&
		strings.HasPrefix(r.URL.Path, playPath) && r.Header.Get("Authorization") == "" &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

func signInFirst(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, signInPath+"?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
}
