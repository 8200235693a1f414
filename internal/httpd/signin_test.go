package httpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// holders are tokens and who they stand for.
type holders map[string]auth.Identity

func (h holders) Authenticate(_ context.Context, bearer string) (auth.Identity, error) {
	if bearer == "unknown-keys" {
		return auth.Identity{}, fmt.Errorf("%w: %w", vod.Faultf(vod.Unavailable, "The keys cannot be fetched."), errors.New("dial 10.1.2.3"))
	}
	id, ok := h[bearer]
	if !ok {
		return id, vod.Faultf(vod.Unauthenticated, "The token is not known here.")
	}
	return id, nil
}

// signedIn has the tokens one (of tenant acme), two (of acme and beta).
func signedIn(t *testing.T, m *memory, changes ...func(*Config)) *testServer {
	t.Helper()
	who := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := Caller(r.Context())
		_, _ = fmt.Fprintf(w, "%s|%s|%s|%v|%t", c.Subject, c.From, c.Tenant, c.Tenants, c.AllTenants)
	})
	tokens := holders{
		"one": {Subject: "ann", Key: "1", Tenants: []string{"acme"}, Permissions: vod.Viewer.Permissions()},
		"two": {Subject: "bob", Key: "2", Tenants: []string{"acme", "beta"}, Permissions: vod.Admin.Permissions()},
	}
	changes = append([]func(*Config){func(c *Config) { c.Auth = tokens }}, changes...)
	return setup(t, m, map[string]http.Handler{"/play/": who, "/media/": who}, changes...)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := signedIn(t, &memory{})
	for _, path := range []string{"/ingests", "/ingests/i", "/play/x", "/nothing", "/metrics", "/docsx", "/healthz/x"} {
		a := s.send(t, "GET", path, "")
		a.is(t, 401, "This needs a token")
		if got := a.Header.Get("WWW-Authenticate"); got != `Bearer realm="orchestrate"` {
			t.Errorf("%s: WWW-Authenticate %q", path, got)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/openapi.yaml", "/schemas/profile.json", "/media/k/x"} {
		s.send(t, "GET", path, "").is(t, 200)
	}
	for _, header := range []string{"Bearer wrong", "Bearer", "Bearer ", "Basic one", "one", ""} {
		a := s.send(t, "GET", "/ingests", "", "Authorization", header)
		a.is(t, 401)
		if header == "Bearer wrong" && !strings.Contains(a.Header.Get("WWW-Authenticate"), "invalid_token") {
			t.Errorf("WWW-Authenticate %q", a.Header.Get("WWW-Authenticate"))
		}
	}
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one", "Authorization", "Bearer two").is(t, 401, "twice")
	s.send(t, "GET", "/ingests?access_token=one", "").is(t, 401)
	s.send(t, "GET", "/ingests", "", "Authorization", "bearer one").is(t, 200)
	// Pages of other sites have no token, and a token is not bound to a host.
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one", "Host", "vod.example.org", "Origin", "https://a.example").is(t, 200)
}

func TestSignInKeysMissing(t *testing.T) {
	t.Parallel()
	s := signedIn(t, &memory{})
	a := s.send(t, "GET", "/ingests", "", "Authorization", "Bearer unknown-keys")
	a.is(t, 503, "The keys cannot be fetched.")
	if a.Header.Get("Retry-After") != "5" || strings.Contains(a.text, "10.1.2.3") {
		t.Errorf("Retry-After %q: %s", a.Header.Get("Retry-After"), a.text)
	}
	if !strings.Contains(s.log.String(), "10.1.2.3") {
		t.Error("the log does not tell the cause")
	}
}

func TestTenantOfToken(t *testing.T) {
	t.Parallel()
	s := signedIn(t, &memory{})
	for _, tc := range []struct{ token, tenant, want string }{
		{"one", "", "ann|127.0.0.1|acme|[acme]|false"},
		{"one", "acme", "ann|127.0.0.1|acme|[acme]|false"},
		{"two", "beta", "bob|127.0.0.1|beta|[acme beta]|false"},
		{"two", "", "bob|127.0.0.1||[acme beta]|false"},
	} {
		headers := []string{"Authorization", "Bearer " + tc.token}
		if tc.tenant != "" {
			headers = append(headers, tenantHeader, tc.tenant)
		}
		if got := s.send(t, "GET", "/play/x", "", headers...); got.text != tc.want {
			t.Errorf("%s for %q: %s, want %s", tc.token, tc.tenant, got.text, tc.want)
		}
	}
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one", tenantHeader, "beta").is(t, 403, "not for the tenant beta")
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer two", tenantHeader, "default").is(t, 403)
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one", tenantHeader, "a/b").is(t, 400)
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one", tenantHeader, "acme", tenantHeader, "acme").is(t, 400)
}

func TestMe(t *testing.T) {
	t.Parallel()
	s := signedIn(t, &memory{})
	s.send(t, "GET", "/me", "", "Authorization", "Bearer one").is(t, 200,
		`{"subject":"ann","tenant":"acme","tenants":["acme"],"permissions":["ingests:read","profiles:read","playback:read"],"signIn":true}`)
	s.send(t, "GET", "/me", "", "Authorization", "Bearer two").is(t, 200, `"tenant":null,"tenants":["acme","beta"]`)
	setup(t, &memory{}, nil).send(t, "GET", "/me", "").is(t, 200, `{"subject":"local","tenant":"default","tenants":[],`, `"signIn":false}`)
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	s := signedIn(t, &memory{}, func(c *Config) { c.RateLimit = 0.01 })
	s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one").is(t, 200)
	a := s.send(t, "GET", "/ingests", "", "Authorization", "Bearer one")
	a.is(t, 429, "too many requests")
	if got := a.Header.Get("Retry-After"); got != "100" && got != "99" {
		t.Errorf("Retry-After %q", got)
	}
	s.send(t, "GET", "/play/x", "", "Authorization", "Bearer two").is(t, 200) // Another holder.
	s.send(t, "GET", "/healthz", "").is(t, 200)
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	trusting := func(networks ...string) func(*Config) {
		return func(c *Config) {
			for _, n := range networks {
				c.TrustedProxies = append(c.TrustedProxies, netip.MustParsePrefix(n))
			}
		}
	}
	for name, tc := range map[string]struct {
		trusted []string
		headers []string
		want    string
	}{
		"nobody is trusted":     {nil, []string{"192.0.2.1"}, "127.0.0.1"},
		"one proxy":             {[]string{"127.0.0.0/8"}, []string{"192.0.2.1"}, "192.0.2.1"},
		"what was there before": {[]string{"127.0.0.0/8"}, []string{"10.0.0.1, 192.0.2.1"}, "192.0.2.1"},
		"two proxies":           {[]string{"127.0.0.0/8", "10.0.0.0/8"}, []string{"192.0.2.1, 10.0.0.1"}, "192.0.2.1"},
		"two headers":           {[]string{"127.0.0.0/8", "10.0.0.0/8"}, []string{"192.0.2.1", "10.0.0.1"}, "192.0.2.1"},
		"no address":            {[]string{"127.0.0.0/8"}, []string{"unknown"}, "127.0.0.1"},
		"IPv4 within IPv6":      {[]string{"127.0.0.0/8"}, []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"no header":             {[]string{"127.0.0.0/8"}, nil, "127.0.0.1"},
	} {
		s := signedIn(t, &memory{}, trusting(tc.trusted...))
		headers := []string{"Authorization", "Bearer one"}
		for _, h := range tc.headers {
			headers = append(headers, "X-Forwarded-For", h)
		}
		if got := strings.Split(s.send(t, "GET", "/play/x", "", headers...).text, "|")[1]; got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestSecurityHeaders: on every answer, and those of pages and media go before.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	own := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "sandbox")
		_, _ = io.WriteString(w, "x")
	})
	s := setup(t, &memory{}, map[string]http.Handler{"/media/": own})
	for path, policy := range map[string]string{
		"/ingests": "default-src 'none'; frame-ancestors 'none'", "/nothing": "default-src 'none'; frame-ancestors 'none'", "/media/k/x": "sandbox",
	} {
		h := s.send(t, "GET", path, "").Header
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=31536000",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}
