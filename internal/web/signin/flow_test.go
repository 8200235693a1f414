package signin

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/oidctest"
)

func TestSignInByProvider(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{"public client": "", "client with a secret": "s3cret&=/+"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := oidctest.New(t, secret)
			s := newSite(t, p, func(c *Config) { c.Provider.Secret = secret })
			b := s.browser()
			subject := `ann "ann.lee" (` + p.URL + ")"
			// It ends at the page that was asked for, with what was asked there.
			at := b.signIn("/ui/beta/ingests?status=FAILED&text=a%20b")
			if want := subject + "|beta|[acme beta]|8"; at.text != want || at.Request.URL.RequestURI() != "/ui/beta/ingests?status=FAILED&text=a%20b" {
				t.Errorf("%s: %s, want %s", at.Request.URL, at.text, want)
			}
			if c := b.cookie("orchestrate-login"); c != nil {
				t.Errorf("the browser still has %s", c)
			}
			b.get("/ui/other/ingests").is(t, http.StatusForbidden, "")
			if got := b.get("/ui/_/sign-in").view; got.Subject != subject {
				t.Errorf("the sign-in page knows %q", got.Subject)
			}
			at = b.do(http.MethodPost, "/ui/_/sign-out", nil)
			if !at.view.SignedOut || at.view.EndSession != p.URL+"/end_session?client_id=orchestrate-ui" || at.view.Subject != "" {
				t.Errorf("after signing out: %s", at.text)
			}
			if at = b.get("/ui/beta/ingests"); at.Request.URL.Path != "/ui/_/sign-in" {
				t.Errorf("still signed in: %s", at.text)
			}
			want := []string{"session.end " + subject + " 127.0.0.1", "session.begin " + subject + " 127.0.0.1"}
			for _, tenant := range []string{"acme", "beta"} {
				if diff := cmp.Diff(want, s.audited(tenant)); diff != "" {
					t.Error(diff)
				}
			}
			b.get(p.URL + "/end_session?client_id=orchestrate-ui")
			if p.Ended() != 1 {
				t.Error("the provider knows nothing of it")
			}
		})
	}
}

// started is a sign-in that the provider has answered: the address of the
// callback, which the browser has not followed yet.
func (b *browser) started(to string) *url.URL {
	b.s.t.Helper()
	at := b.still().get("/ui/_/sign-in/start?to=" + url.QueryEscape(to))
	for range 4 {
		u, err := at.Location()
		if err != nil {
			b.s.t.Fatalf("%s: %s %s", at.Request.URL, at.Status, at.text)
		}
		if u.Path == "/ui/_/callback" {
			return u
		}
		at = b.still().get(u.String())
	}
	b.s.t.Fatalf("the provider does not come back: %s", at.Request.URL)
	return nil
}

// TestWhatIsAskedOfTheProvider: PKCE by S256, state and nonce, all of them new.
func TestWhatIsAskedOfTheProvider(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, "")
	s := newSite(t, p)
	seen := map[string]bool{}
	for range 2 {
		u, err := s.browser().still().get("/ui/_/sign-in/start?to=/ui/acme/x").Location()
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		for name, want := range map[string]string{
			"response_type": "code", "client_id": oidctest.ClientID, "redirect_uri": s.url + "/ui/_/callback",
			"scope": "openid profile", "code_challenge_method": "S256",
		} {
			if q.Get(name) != want {
				t.Errorf("%s is %q", name, q.Get(name))
			}
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if v := q.Get(name); len(v) < 26 || seen[v] {
				t.Errorf("%s is %q", name, v)
			}
			seen[q.Get(name)] = true
		}
		if !strings.HasPrefix(u.String(), p.URL+"/authorize?") || strings.Contains(u.RawQuery, "acme") {
			t.Errorf("sent to %s", u)
		}
	}
}

// TestTamperedAnswers sign nobody in.
func TestTamperedAnswers(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, "")
	for name, test := range map[string]struct {
		want   Problem
		status int
		tamper func(b *browser, u *url.URL, q url.Values)
	}{
		"another state": {stale, 400, func(_ *browser, _ *url.URL, q url.Values) { q.Set("state", q.Get("state")[1:]+"A") }},
		"no state":      {stale, 400, func(_ *browser, _ *url.URL, q url.Values) { q.Del("state") }},
		"two states":    {stale, 400, func(_ *browser, _ *url.URL, q url.Values) { q["state"] = []string{"x", q.Get("state")} }},
		"another browser": {stale, 400, func(b *browser, _ *url.URL, _ url.Values) {
			b.Jar = b.s.browser().Jar
		}},
		"the answer to another's sign-in": {stale, 400, func(b *browser, _ *url.URL, q url.Values) { // Login CSRF.
			theirs := b.s.browser().started("/ui/acme/x").Query()
			q.Set("state", theirs.Get("state"))
			q.Set("code", theirs.Get("code"))
		}},
		"another's code with the own state": {broken, 502, func(b *browser, _ *url.URL, q url.Values) {
			q.Set("code", b.s.browser().started("/ui/acme/x").Query().Get("code")) // PKCE.
		}},
		"no code":        {broken, 502, func(_ *browser, _ *url.URL, q url.Values) { q.Del("code") }},
		"a made-up code": {broken, 502, func(_ *browser, _ *url.URL, q url.Values) { q.Set("code", "x") }},
		"another issuer": {broken, 502, func(_ *browser, _ *url.URL, q url.Values) { q.Set("iss", "https://evil.example") }},
		"an error":       {broken, 502, func(_ *browser, _ *url.URL, q url.Values) { q.Set("error", "server_error") }},
		"an error that is not for this browser": {stale, 400, func(_ *browser, _ *url.URL, q url.Values) {
			q.Set("error", "access_denied")
			q.Set("state", "x")
		}},
		"a cookie of the wrong form": {stale, 400, func(b *browser, u *url.URL, _ url.Values) {
			b.Jar.SetCookies(u, []*http.Cookie{{Name: "orchestrate-login", Value: "e30", Path: "/"}})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, p)
			b := s.browser()
			u := b.started("/ui/acme/x")
			q := u.Query()
			test.tamper(b, u, q)
			u.RawQuery = q.Encode()
			b.get(u.String()).is(t, test.status, test.want)
			if at := b.get("/ui/acme/x"); at.Request.URL.Path != "/ui/_/sign-in" {
				t.Errorf("signed in: %s", at.text)
			}
			if list := s.audited("acme"); len(list) > 0 {
				t.Errorf("audited: %v", list)
			}
			if c := b.cookie("orchestrate-login"); c != nil {
				t.Error("the sign-in could be tried again")
			}
			if strings.Contains(s.logged(), q.Get("code")) && len(q.Get("code")) > 5 || strings.Contains(s.logged(), "eyJ") {
				t.Errorf("the log has the code, or a token: %s", s.logged())
			}
		})
	}
}

// edit changes what the browser remembers of its sign-in.
func (b *browser) edit(change func(*login)) {
	b.s.t.Helper()
	var l login
	text, err := base64.RawURLEncoding.DecodeString(b.cookie("orchestrate-login").Value)
	if err == nil {
		err = json.Unmarshal(text, &l)
	}
	if err != nil {
		b.s.t.Fatal(err)
	}
	change(&l)
	if text, err = json.Marshal(l); err != nil {
		b.s.t.Fatal(err)
	}
	u, err := url.Parse(b.s.url)
	if err != nil {
		b.s.t.Fatal(err)
	}
	b.Jar.SetCookies(u, []*http.Cookie{{Name: "orchestrate-login", Value: base64.RawURLEncoding.EncodeToString(text), Path: "/"}})
}

// TestWhatTheProviderBoundIsHeld: an ID token for another sign-in, a code that
// another verifier belongs to.
func TestWhatTheProviderBoundIsHeld(t *testing.T) {
	t.Parallel()
	s := newSite(t, oidctest.New(t, ""))
	for name, test := range map[string]struct {
		change func(*login)
		log    string
	}{
		"nonce":    {func(l *login) { l.Nonce = "x" }, "(nonce)"},
		"verifier": {func(l *login) { l.Verifier = "x" + l.Verifier[1:] + "y" }, "takes no code"},
	} {
		b := s.browser()
		u := b.started("/ui/acme/x")
		b.edit(test.change)
		b.get(u.String()).is(t, 502, broken)
		if !strings.Contains(s.logged(), test.log) {
			t.Errorf("%s: the log says %s", name, s.logged())
		}
		if b.cookie("orchestrate") != nil {
			t.Errorf("%s: signed in", name)
		}
	}
	b := s.browser()
	u := b.started("/ui/acme/x")
	b.edit(func(l *login) { l.To = "//evil.example/" })
	if at, err := b.still().get(u.String()).Location(); err != nil || at.String() != s.url+home {
		t.Errorf("sent to %v, %v", at, err)
	}
}

// TestAnAnswerIsGoodOnce, even for the browser that it is for.
func TestAnAnswerIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, oidctest.New(t, ""))
	b := s.browser()
	u := b.started("/ui/acme/x")
	remembered := b.cookie("orchestrate-login")
	if at := b.get(u.String()); !strings.HasPrefix(at.text, "ann") {
		t.Fatal(at.text)
	}
	first := b.cookie("orchestrate").Value
	b.get(u.String()).is(t, 400, stale)
	b.Jar.SetCookies(u, []*http.Cookie{remembered}) // Somebody has kept both.
	b.get(u.String()).is(t, 502, broken)
	if b.cookie("orchestrate").Value != first {
		t.Error("signed in again")
	}
}

// TestPeopleWhoMayNot are told what to ask for.
func TestPeopleWhoMayNot(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, "")
	s := newSite(t, p)
	for name, test := range map[string]struct {
		person string
		claims map[string]any
		status int
		want   Problem
	}{
		"gives up":         {"", nil, 403, denied},
		"no claims":        {"bob", nil, 403, noTenant},
		"no tenant":        {"bob", map[string]any{rolesClaim: []string{"admin"}}, 403, noTenant},
		"an empty list":    {"bob", map[string]any{rolesClaim: []string{"admin"}, tenantClaim: []string{}}, 403, noTenant},
		"no role":          {"bob", map[string]any{tenantClaim: "acme"}, 403, noRole},
		"a role elsewhere": {"bob", map[string]any{tenantClaim: "acme", rolesClaim: []string{"cook"}}, 403, noRole},
		"strange claims":   {"bob", map[string]any{tenantClaim: "acme", rolesClaim: 7}, 502, broken},
	} {
		b := s.browser()
		p.Sit(test.person, test.claims)
		at := b.signIn("/ui/acme/x?y=1")
		at.is(t, test.status, test.want)
		if at.view.To != "/ui/acme/x?y=1" || !strings.Contains(at.view.Start, "to=%2Fui%2Facme%2Fx%3Fy%3D1") {
			t.Errorf("%s: the next try leads to %s", name, at.view.Start)
		}
		if b.cookie("orchestrate") != nil {
			t.Errorf("%s: signed in", name)
		}
	}
	if !strings.Contains(s.logged(), "bob") {
		t.Errorf("the log does not say who it was: %s", s.logged())
	}
}

// TestAViewerIsNoOperator: what the role may not do the use cases are not told
// that it may.
func TestAViewerIsNoOperator(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, "")
	s := newSite(t, p)
	p.Sit("vera", map[string]any{rolesClaim: "viewer", tenantClaim: "acme"})
	b := s.browser()
	if at := b.signIn("/ui/acme/x"); !strings.HasSuffix(at.text, "|acme|[acme]|3") {
		t.Error(at.text)
	}
	if at := b.get("/me"); !strings.Contains(at.text, `"permissions":["ingests:read","profiles:read","playback:read"]`) {
		t.Error(at.text)
	}
}

// TestEachSignInIsAnotherSession: whoever has planted a cookie, or had the one
// from before, has nothing.
func TestEachSignInIsAnotherSession(t *testing.T) {
	t.Parallel()
	s := newSite(t, oidctest.New(t, ""))
	b := s.browser()
	u := b.started("/ui/acme/x")
	b.Jar.SetCookies(u, []*http.Cookie{{Name: "orchestrate", Value: strings.Repeat("A", 43), Path: "/"}})
	b.get(u.String())
	first := b.cookie("orchestrate").Value
	if first == strings.Repeat("A", 43) {
		t.Fatal("the planted value is a session")
	}
	b.get(b.get("/ui/_/sign-in?to=/ui/acme/x").view.Start)
	if b.cookie("orchestrate").Value == first {
		t.Error("the session is the one from before")
	}
	old := s.browser()
	old.Jar.SetCookies(u, []*http.Cookie{{Name: "orchestrate", Value: first, Path: "/"}})
	if at := old.get("/ui/acme/x"); at.Request.URL.Path != "/ui/_/sign-in" {
		t.Errorf("the session from before still works: %s", at.text)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t, oidctest.New(t, ""))
	b := s.browser()
	b.signIn("/ui/acme/x")
	s.forward(12*time.Hour - time.Minute)
	if at := b.get("/ui/acme/x"); !strings.HasPrefix(at.text, "ann") {
		t.Error(at.text)
	}
	s.forward(time.Minute)
	if at := b.get("/ui/acme/x?y=1"); at.Request.URL.Path != "/ui/_/sign-in" || at.view.To != "/ui/acme/x?y=1" {
		t.Errorf("%s %s", at.Request.URL, at.text)
	}
}

// TestForeignPagesSignNobodyInOrOut.
func TestForeignPagesSignNobodyInOrOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, oidctest.New(t, ""))
	b := s.browser()
	b.signIn("/ui/acme/x")
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
		for _, path := range []string{"/ui/_/sign-out", "/ui/_/sign-in"} {
			if at := b.do(http.MethodPost, path, url.Values{"token": {"x"}}, headers...); at.StatusCode != http.StatusForbidden {
				t.Errorf("%s %v: %s", path, headers, at.Status)
			}
		}
	}
	if at := b.get("/ui/acme/x"); !strings.HasPrefix(at.text, "ann") {
		t.Errorf("signed out: %s", at.text)
	}
}
