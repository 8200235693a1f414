package httpd

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// cookies are sessions by the value of the cookie s.
type cookies map[string]auth.Identity

func (c cookies) Identify(r *http.Request) (auth.Identity, bool, error) {
	cookie, err := r.Cookie("s")
	if err != nil {
		return auth.Identity{}, false, nil //nolint:nilerr // There is none.
	}
	if cookie.Value == "down" {
		return auth.Identity{}, true, fmt.Errorf("%w: %w", vod.Faultf(vod.Unavailable, "Later."), errors.New("disk 10.1.2.3"))
	}
	id, ok := c[cookie.Value]
	if !ok {
		return auth.Identity{}, true, vod.Faultf(vod.Unauthenticated, "The session has ended; sign in again.")
	}
	return id, true, nil
}

// browsing has the sessions one and two beside the tokens of those names.
func browsing(t *testing.T, changes ...func(*Config)) *testServer {
	t.Helper()
	who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := CallerOf(r.Context())
		_, _ = fmt.Fprintf(w, "%s|%s|%s|%v|%d|%v", c.Subject, From(r.Context()), c.Tenant, c.Tenants, len(Caller(r.Context()).Permissions), err)
	})
	changes = append([]func(*Config){func(c *Config) {
		c.Sessions = cookies{
			"one": {Subject: "cora", Key: "c1", Tenants: []string{"acme"}, Permissions: vod.Viewer.Permissions()},
			"two": {Subject: "dora", Key: "c2", Tenants: []string{"acme", "beta"}, Permissions: vod.Admin.Permissions()},
		}
		c.Mounts = map[string]http.Handler{"/ui/": who, "/play/": who, "/media/": who, "/uploads": who, "GET /{$}": who}
	}}, changes...)
	s := signedIn(t, &memory{}, changes...)
	s.mounts = map[string]http.Handler{"/ui/": who, "/play/": who, "/media/": who, "/uploads": who, "/": who}
	return s
}

const ownPage = "https://vod.example.com"

func TestSessionsOfBrowsers(t *testing.T) {
	t.Parallel()
	s := browsing(t)
	for _, tc := range []struct{ path, want string }{
		{"/play/x", "cora|127.0.0.1|acme|[acme]|3|<nil>"},
		{"/uploads", "cora|127.0.0.1|acme|[acme]|3|<nil>"},
		{"/ui/acme/ingests", "cora|127.0.0.1|acme|[acme]|3|<nil>"},
		{"/ui/", "cora|127.0.0.1|acme|[acme]|3|<nil>"},
		// A session counts for nothing where nobody has to be signed in.
		{"/media/k/x", "|127.0.0.1||[]|0|Nobody is signed in."},
		{"/ui/_/sign-in", "|127.0.0.1||[]|0|Nobody is signed in."},
		{"/", "|127.0.0.1||[]|0|Nobody is signed in."},
	} {
		if got := s.send(t, "GET", tc.path, "", "Cookie", "s=one").text; got != tc.want {
			t.Errorf("%s: %s, want %s", tc.path, got, tc.want)
		}
	}
	s.send(t, "GET", "/ingests", "", "Cookie", "s=one").is(t, 200)
	s.send(t, "GET", "/me", "", "Cookie", "s=one").is(t, 200, `"subject":"cora"`)
	s.send(t, "GET", "/ingests", "", "Cookie", "s=two", tenantHeader, "beta").is(t, 200)
	s.send(t, "GET", "/ingests", "", "Cookie", "s=one", tenantHeader, "beta").is(t, 403)
	s.send(t, "GET", "/ingests", "", "Cookie", "s=gone").is(t, 401, "sign in again")
	s.send(t, "GET", "/ingests", "", "Cookie", "other=one").is(t, 401, "This needs a token")
	a := s.send(t, "GET", "/ingests", "", "Cookie", "s=down")
	a.is(t, 503, "Later.")
	if a.Header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	// A token goes first, be it good or not.
	s.send(t, "GET", "/me", "", "Cookie", "s=one", "Authorization", "Bearer two").is(t, 200, `"subject":"bob"`)
	s.send(t, "GET", "/me", "", "Cookie", "s=one", "Authorization", "Bearer wrong").is(t, 401)
	s.send(t, "GET", "/me", "", "Cookie", "s=one", "Authorization", "").is(t, 401)
	// And sessions are nothing to a server that has none.
	signedIn(t, &memory{}).send(t, "GET", "/ingests", "", "Cookie", "s=one").is(t, 401)
}

// TestTenantOfPages: the path names it, as the header does elsewhere.
func TestTenantOfPages(t *testing.T) {
	t.Parallel()
	s := browsing(t)
	for _, tc := range []struct{ path, want string }{
		{"/ui/acme/ingests", "dora|127.0.0.1|acme|[acme beta]|12|<nil>"},
		{"/ui/beta/", "dora|127.0.0.1|beta|[acme beta]|12|<nil>"},
		{"/ui/beta", "dora|127.0.0.1|beta|[acme beta]|12|<nil>"},
		{"/ui/", "dora|127.0.0.1||[acme beta]|12|<nil>"},
		{"/ui/other/ingests", "dora|127.0.0.1||[acme beta]|0|The token is not for the tenant other."},
		{"/ui/a%20b/ingests", "|127.0.0.1||[]|0|There is nothing at this path."},
		{"/ui/-a/ingests", "|127.0.0.1||[]|0|There is nothing at this path."},
		{"/ui/_x/ingests", "|127.0.0.1||[]|0|There is nothing at this path."},
	} {
		if got := s.send(t, "GET", tc.path, "", "Cookie", "s=two").text; got != tc.want {
			t.Errorf("%s: %s, want %s", tc.path, got, tc.want)
		}
	}
	// Not both: the address that a person sees is what counts.
	if got := s.send(t, "GET", "/ui/acme/x", "", "Cookie", "s=two", tenantHeader, "beta").text; got != "dora|127.0.0.1|acme|[acme beta]|12|<nil>" {
		t.Error(got)
	}
	// Whom pages cannot know they are told of.
	for cookie, want := range map[string]string{
		"x=y": "This needs a token", "s=gone": "The session has ended", "s=down": "Later.",
	} {
		s.send(t, "GET", "/ui/acme/ingests", "", "Cookie", cookie).is(t, 200, want)
	}
	open := setup(t, &memory{}, s.mounts)
	if got := open.send(t, "GET", "/ui/beta/x", "").text; got != "local|127.0.0.1|beta|[]|12|<nil>" {
		t.Error(got)
	}
}

// TestForeignPages can change nothing with the session of who looks at them.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	s := browsing(t)
	own := [][]string{
		{"Origin", ownPage}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "same-origin", "Origin", "null"},
	}
	foreign := [][]string{
		{},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "http://vod.example.com"},
		{"Origin", "https://vod.example.com.evil.example"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		{"Referer", "https://vod.example.com/ui/"},
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, path := range []string{"/ui/acme/x", "/uploads"} {
			for _, headers := range own {
				s.send(t, method, path, "", append(headers, "Cookie", "s=one")...).is(t, 200, "cora")
			}
			for _, headers := range foreign {
				s.send(t, method, path, "", append(headers, "Cookie", "s=one")...).is(t, 403, "only from pages of this server")
			}
		}
		for _, headers := range own {
			s.send(t, method, "/ui/_/sign-in", "", headers...).is(t, 200)
		}
		for _, headers := range foreign { // Nor have somebody signed in as another.
			s.send(t, method, "/ui/_/sign-in", "", headers...).is(t, 403)
		}
	}
	s.send(t, "DELETE", "/cancel/i", "", "Cookie", "s=two", tenantHeader, "acme").is(t, 403)
	s.send(t, "DELETE", "/cancel/i", "", "Cookie", "s=two", tenantHeader, "acme", "Sec-Fetch-Site", "same-origin").is(t, 404, "no ingest")
	// To read is safe: no foreign page gets the answer. Tokens do not go by themselves.
	s.send(t, "GET", "/ingests", "", "Cookie", "s=one", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").is(t, 200)
	s.send(t, "POST", "/uploads", "", "Authorization", "Bearer two", "Origin", "https://evil.example").is(t, 200, "bob")
	s.send(t, "POST", "/uploads", "", "Authorization", "Bearer two").is(t, 200, "bob")
}

// TestPlayPageSendsPeopleToSignIn, and programs not.
func TestPlayPageSendsPeopleToSignIn(t *testing.T) {
	t.Parallel()
	s := browsing(t)
	const html = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, headers := range [][]string{{"Accept", html}, {"Accept", html, "Cookie", "s=gone"}} {
		a := s.send(t, "GET", "/play/a%26b?format=dash", "", headers...)
		a.is(t, 303)
		if got := a.Header.Get("Location"); got != "/ui/_/sign-in?to=%2Fplay%2Fa%2526b%3Fformat%3Ddash" {
			t.Errorf("Location %s", got)
		}
	}
	s.send(t, "GET", "/play/x", "").is(t, 401)
	s.send(t, "GET", "/play/x", "", "Accept", "*/*").is(t, 401)
	s.send(t, "GET", "/play/x", "", "Accept", html, "Authorization", "Bearer wrong").is(t, 401)
	s.send(t, "POST", "/play/x", "", "Accept", html).is(t, 401)
	s.send(t, "GET", "/ingests", "", "Accept", html).is(t, 401)
	signedIn(t, &memory{}).send(t, "GET", "/play/x", "", "Accept", html).is(t, 401)
}

func TestRateLimitOfSessions(t *testing.T) {
	t.Parallel()
	s := browsing(t, func(c *Config) { c.RateLimit = 0.01 })
	s.send(t, "GET", "/ingests", "", "Cookie", "s=one").is(t, 200)
	s.send(t, "GET", "/ingests", "", "Cookie", "s=one").is(t, 429)
	a := s.send(t, "GET", "/ui/acme/x", "", "Cookie", "s=one")
	a.is(t, 200, "too many requests")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one").is(t, 200) // Another holder.
}
