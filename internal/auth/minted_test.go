package auth

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// tokenStore is a store on a disk, and how often it was asked.
type tokenStore struct {
	*sqlite.Store
	asked int
	err   error // nil: ask the store
}

func (s *tokenStore) TokenGet(ctx context.Context, id string) (vod.Token, error) {
	s.asked++
	if s.err != nil {
		return vod.Token{}, s.err
	}
	return s.Store.TokenGet(ctx, id)
}

func newTokenStore(t testing.TB) *tokenStore {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "orchestrate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &tokenStore{Store: db}
}

// mint keeps a token and gives it with its text.
func (s *tokenStore) mint(t testing.TB, token vod.Token) (vod.Token, string) {
	t.Helper()
	minted, text, err := Mint(token, now())
	if err == nil {
		err = s.TokenCreate(t.Context(), minted, vod.AuditEntry{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return minted, text
}

func nightly() vod.Token {
	return vod.Token{Name: "nightly import", Tenants: []string{"vimond", "acme", "vimond"}, Role: vod.Operator, Expires: now().Add(time.Hour)}
}

func TestMintedTokens(t *testing.T) {
	t.Parallel()
	s := newTokenStore(t)
	a := newAuthenticator(t, Config{Tokens: s, Now: now})
	token, text := s.mint(t, nightly())
	want := Identity{
		Subject: "token nightly import (" + token.ID + ")", Key: "token " + token.ID,
		Tenants: []string{"acme", "vimond"}, Permissions: vod.Operator.Permissions(),
	}
	if diff := cmp.Diff(want, accepted(t, a, text)); diff != "" {
		t.Error(diff)
	}
	unnamed, text := s.mint(t, vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer})
	if got := accepted(t, a, text); got.Subject != "token "+unnamed.ID || got.Key == want.Key {
		t.Errorf("got %+v", got)
	}
}

// TestMintedForm is the form that docs/sign-in.md tells secret scanners of.
func TestMintedForm(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^orch_[a-z2-7]{12}_[0-9A-Za-z]{49}$`)
	seen := map[string]bool{}
	for range 200 {
		token, text, err := Mint(nightly(), now())
		if err != nil || !form.MatchString(text) || !strings.HasPrefix(text, "orch_"+token.ID+"_") {
			t.Fatalf("%s of %+v, %v", text, token, err)
		}
		secret := text[len("orch_"+token.ID+"_"):]
		if seen[secret] || seen[token.ID] || seen[token.Hash] || strings.Contains(token.Hash, secret[:8]) {
			t.Fatal("a token repeats another, or its hash the secret")
		}
		seen[secret], seen[token.ID], seen[token.Hash] = true, true, true
	}
}

func TestWrongMintedTokens(t *testing.T) {
	t.Parallel()
	s := newTokenStore(t)
	a := newAuthenticator(t, Config{Tokens: s, Now: now})
	token, text := s.mint(t, nightly())
	_, stranger, err := Mint(nightly(), now())
	if err != nil {
		t.Fatal(err)
	}
	body := "orch_" + token.ID + "_" + stranger[len("orch_")+idLength+1:len(stranger)-sumLength]
	const cut, unknown = "was not copied whole", "not one that this server minted"
	for name, test := range map[string]struct{ token, message string }{
		"the prefix":              {"orch_", cut},
		"cut off":                 {text[:len(text)-1], cut},
		"with something after it": {text + "A", cut},
		"with a line feed":        {text + "\n", cut},
		"another letter":          {text[:20] + string(text[20]^1) + text[21:], cut},
		"an id in capitals":       {strings.Replace(text, token.ID, strings.ToUpper(token.ID), 1), cut},
		"SQL":                     {"orch_' OR 1=1; --_" + text[18:], cut},
		"another server's":        {stranger, unknown},
		"another secret":          {body + sum(body), unknown},
	} {
		_, err := a.Authenticate(t.Context(), test.token)
		if vod.CodeOf(err) != vod.Unauthenticated || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if s.asked != 2 {
		t.Errorf("the store was asked %d times: what cannot be a token needs no look", s.asked)
	}
	// Without a store there are none.
	f := newForger(t)
	refused(t, newAuthenticator(t, f.config()), text, vod.Unauthenticated, unknown)
}

// TestRevocationWorksWithin5Seconds, and not before a token needs to be looked up.
func TestRevocationWorksWithin5Seconds(t *testing.T) {
	t.Parallel()
	s := newTokenStore(t)
	tick := &clock{at: now()}
	a := newAuthenticator(t, Config{Tokens: s, Now: tick.now})
	token, text := s.mint(t, nightly())
	for range 3 {
		accepted(t, a, text)
	}
	if s.asked != 1 {
		t.Errorf("the store was asked %d times", s.asked)
	}
	if _, err := s.TokenRevoke(t.Context(), token.ID, tick.now(), vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	tick.forward(5*time.Second - 1)
	accepted(t, a, text)
	tick.forward(1)
	refused(t, a, text, vod.Unauthenticated, "revoked at 2026-11-03T07:50:32Z")
}

func TestMintedTokensExpire(t *testing.T) {
	t.Parallel()
	s := newTokenStore(t)
	tick := &clock{at: now()}
	a := newAuthenticator(t, Config{Tokens: s, Now: tick.now})
	_, text := s.mint(t, nightly())
	_, forever := s.mint(t, vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer})
	tick.forward(time.Hour - time.Second)
	accepted(t, a, text)
	tick.forward(time.Second) // It is remembered for no longer than it lives.
	refused(t, a, text, vod.Unauthenticated, "expired since 2026-11-03T08:50:32Z")
	tick.forward(200 * 365 * 24 * time.Hour)
	accepted(t, a, forever)
}

func TestAStoreThatFails(t *testing.T) {
	t.Parallel()
	s := newTokenStore(t)
	a := newAuthenticator(t, Config{Tokens: s, Now: now})
	_, text := s.mint(t, nightly())
	s.err = errors.New("disk I/O error")
	if _, err := a.Authenticate(t.Context(), text); vod.CodeOf(err) != vod.Unavailable || !errors.Is(err, s.err) {
		t.Errorf("got %v", err)
	}
	s.err = nil
	accepted(t, a, text)
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*vod.Token){
		"no tenant":       func(t *vod.Token) { t.Tenants = nil },
		"a wrong tenant":  func(t *vod.Token) { t.Tenants = []string{"acme", "a b"} },
		"no role":         func(t *vod.Token) { t.Role = "" },
		"an unknown role": func(t *vod.Token) { t.Role = "root" },
		"expired":         func(t *vod.Token) { t.Expires = now() },
		"a long name":     func(t *vod.Token) { t.Name = strings.Repeat("n", 129) },
		"a wrong name":    func(t *vod.Token) { t.Name = "a\x1b[31m" },
	} {
		token := nightly()
		change(&token)
		if _, _, err := Mint(token, now()); vod.CodeOf(err) != vod.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
