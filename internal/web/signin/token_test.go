package signin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// mint keeps a token and gives it with its text.
func (s *site) mint(token vod.Token) (vod.Token, string) {
	s.t.Helper()
	minted, text, err := auth.Mint(token, s.now())
	if err == nil {
		err = s.TokenCreate(s.t.Context(), minted, vod.AuditEntry{})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return minted, text
}

func TestSignInWithAToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	minted, text := s.mint(vod.Token{Name: "ann's", Tenants: []string{"acme"}, Role: vod.Operator, Expires: s.now().Add(time.Hour)})
	b := s.browser()
	at := b.get("/ui/acme/x?y=1")
	if at.view.To != "/ui/acme/x?y=1" || at.view.Start != "" || at.view.Provider != "" {
		t.Fatalf("%s: %s", at.Request.URL, at.text)
	}
	subject := "token ann's (" + minted.ID + ")"
	at = b.do(http.MethodPost, "/ui/_/sign-in", url.Values{"token": {" " + text + "\n"}, "to": {at.view.To}})
	if at.text != subject+"|acme|[acme]|8" || at.Request.URL.RequestURI() != "/ui/acme/x?y=1" {
		t.Errorf("%s: %s", at.Request.URL, at.text)
	}
	// It ends with the token.
	if _, err := s.TokenRevoke(t.Context(), minted.ID, s.now(), vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	s.forward(5 * time.Second)
	if at = b.get("/ui/acme/x"); at.Request.URL.Path != "/ui/_/sign-in" {
		t.Errorf("still signed in: %s", at.text)
	}
	at = b.do(http.MethodPost, "/ui/_/sign-out", nil)
	if !at.view.SignedOut || at.view.EndSession != "" {
		t.Error(at.text)
	}
	if b.cookie("orchestrate") != nil {
		t.Error("the browser has its cookie still")
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	_, good := s.mint(vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer})
	_, expired := s.mint(vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer, Expires: s.now().Add(time.Second)})
	s.forward(2 * time.Second)
	b := s.browser()
	for _, test := range []struct{ token, detail string }{
		{"", "neither a JWT"},
		{"x", "neither a JWT"},
		{good[:len(good)-1], "not copied whole"},
		{expired, "expired since"},
		{strings.Repeat("x", 20<<10), "longer than"},
	} {
		at := b.do(http.MethodPost, "/ui/_/sign-in", url.Values{"token": {test.token}, "to": {"//evil.example"}})
		at.is(t, http.StatusUnauthorized, badToken)
		if !strings.Contains(at.view.Detail, test.detail) || at.view.To != home || at.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%.20s: %s", test.token, at.text)
		}
		if len(test.token) > 20 && (strings.Contains(at.text, test.token[20:]) || strings.Contains(s.logged(), test.token[20:])) {
			t.Error("the token is repeated")
		}
	}
	if b.cookie("orchestrate") != nil {
		t.Error("signed in")
	}
	// A token in an address ends up in logs and histories.
	b.get("/ui/_/sign-in?token=" + good)
	if at := b.do(http.MethodPost, "/ui/_/sign-in?token="+good, url.Values{}); at.view.Problem != badToken {
		t.Error(at.text)
	}
}

// TestGuessing tokens is slow work.
func TestGuessing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	_, good := s.mint(vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer})
	b := s.browser()
	for range tokensPerMinute {
		b.do(http.MethodPost, "/ui/_/sign-in", url.Values{"token": {"x"}}).is(t, http.StatusUnauthorized, badToken)
	}
	for _, token := range []string{"x", good} {
		at := b.do(http.MethodPost, "/ui/_/sign-in", url.Values{"token": {token}})
		at.is(t, http.StatusTooManyRequests, tooMany)
		if at.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	s.forward(10 * time.Second)
	if at := b.do(http.MethodPost, "/ui/_/sign-in", url.Values{"token": {good}}); !strings.Contains(at.text, "|acme|") {
		t.Error(at.text)
	}
}

// TestWithoutSignIn there is nothing to sign in or out of.
func TestWithoutSignIn(t *testing.T) {
	t.Parallel()
	handlers := Handlers(nil, nil)
	for path, want := range map[string]string{"/ui/_/sign-in?to=/ui/acme/x": "/ui/acme/x", "/ui/_/sign-in?to=//evil.example": home} {
		w := httptest.NewRecorder()
		if err := handlers["GET /ui/_/sign-in"](w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)); err != nil || w.Header().Get("Location") != want {
			t.Errorf("%s leads to %q, %v", path, w.Header().Get("Location"), err)
		}
	}
}

// TestCookiesByHTTPS are bound to this host.
func TestCookiesByHTTPS(t *testing.T) {
	t.Parallel()
	p := &pages{config: Config{HTTPS: true}}
	w := httptest.NewRecorder()
	if err := p.keep(w, login{State: "s", Nonce: "n", Verifier: "v", To: home}); err != nil {
		t.Fatal(err)
	}
	c := w.Result().Cookies()[0]
	if c.Name != "__Host-orchestrate-login" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 600 {
		t.Errorf("%s", c)
	}
}
