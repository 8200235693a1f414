package signin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/via-orchestrate/orchestrate/internal/oidctest"
)

// TestAProviderThatIsDown keeps no server from starting, and people are told.
func TestAProviderThatIsDown(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	var asked atomic.Int64
	p := oidctest.New(t, "")
	s := newSite(t, p, func(c *Config) {
		c.Provider.HTTP = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			asked.Add(1)
			if down.Load() {
				return nil, http.ErrServerClosed
			}
			return http.DefaultTransport.RoundTrip(r)
		})}
	})
	b := s.browser()
	for range 5 {
		at := b.signIn("/ui/acme/x")
		at.is(t, http.StatusServiceUnavailable, unreachable)
		if at.view.To != "/ui/acme/x" || at.Header.Get("Retry-After") == "" {
			t.Error(at.text)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if !strings.Contains(s.logged(), http.ErrServerClosed.Error()) {
		t.Error("the log does not say why")
	}
	down.Store(false)
	s.forward(pause)
	u := b.started("/ui/acme/x")
	down.Store(true) // Just now.
	b.get(u.String()).is(t, http.StatusServiceUnavailable, unreachable)
	down.Store(false)
	if at := b.signIn("/ui/acme/x"); !strings.HasPrefix(at.text, "ann") {
		t.Error(at.text)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDocumentsThatAreNotTaken: what they say could be read on the way, or is
// no document at all.
func TestDocumentsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	good := func(issuer string) map[string]any {
		return map[string]any{
			"issuer": issuer, "authorization_endpoint": issuer + "/authorize?x=y", "token_endpoint": issuer + "/token", "jwks_uri": issuer + "/keys",
			"end_session_endpoint": "http://evil.example/end",
		}
	}
	for name, test := range map[string]struct {
		change func(map[string]any)
		text   string // of the error; empty: it is taken
	}{
		"good":              {func(map[string]any) {}, ""},
		"another issuer":    {func(d map[string]any) { d["issuer"] = "https://evil.example" }, "did not match"},
		"no token endpoint": {func(d map[string]any) { delete(d, "token_endpoint") }, "token_endpoint"},
		"plain token":       {func(d map[string]any) { d["token_endpoint"] = "http://evil.example/token" }, "must begin with https"},
		"plain page":        {func(d map[string]any) { d["authorization_endpoint"] = "http://evil.example/x" }, "must begin with https"},
		"a script":          {func(d map[string]any) { d["authorization_endpoint"] = "javascript:alert(1)" }, "is not an address"},
		"plain keys":        {func(d map[string]any) { d["jwks_uri"] = "http://evil.example/keys" }, "must begin with https"},
		"too long":          {func(d map[string]any) { d["x"] = strings.Repeat("x", 2<<20) }, "discover"},
	} {
		var server *httptest.Server
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			d := good(server.URL)
			test.change(d)
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(d)
		}))
		p := newProvider(Provider{Issuer: server.URL, ClientID: "ui"}, time.Now)
		found, err := p.look(t.Context())
		switch {
		case test.text == "" && (err != nil || found.endSession != "" || found.oauth.Endpoint.AuthStyle != oauth2.AuthStyleInParams):
			t.Errorf("%s: %+v, %v", name, found, err)
		case test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text)):
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
	redirecting := httptest.NewServer(http.RedirectHandler("https://evil.example/", http.StatusFound))
	defer redirecting.Close()
	if _, err := newProvider(Provider{Issuer: redirecting.URL}, time.Now).look(t.Context()); err == nil || strings.Contains(err.Error(), "no such host") {
		t.Errorf("followed: %v", err)
	}
}

func TestAuthStyle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		secret  string
		methods []string
		want    oauth2.AuthStyle
	}{
		{"", nil, oauth2.AuthStyleInParams},
		{"", []string{"client_secret_basic"}, oauth2.AuthStyleInParams},
		{"s", nil, oauth2.AuthStyleInHeader},
		{"s", []string{"client_secret_post", "client_secret_basic"}, oauth2.AuthStyleInHeader},
		{"s", []string{"client_secret_post"}, oauth2.AuthStyleInParams},
	} {
		if got := authStyle(test.secret, test.methods); got != test.want {
			t.Errorf("%q, %v: %v", test.secret, test.methods, got)
		}
	}
}
