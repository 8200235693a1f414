package auth

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const audience = "orchestrate"

// now is the time of most tests.
func now() time.Time { return time.Date(2026, 11, 3, 7, 50, 32, 0, time.UTC) }

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// The keys of the tests: to make RSA keys takes a while.
var (
	rsaKey      = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSAKey = sync.OnceValue(func() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey       = sync.OnceValue(func() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey       = sync.OnceValue(func() crypto.Signer {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return must(key, err)
	})
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// forger is an issuer that says and signs whatever a test wants.
type forger struct {
	*httptest.Server
	mu        sync.Mutex
	keys      []map[string]any
	discovery func(w http.ResponseWriter, r *http.Request) // nil: as it should be
	jwks      func(w http.ResponseWriter, r *http.Request)
	asked     []string // paths
}

// newForger is an issuer that publishes a key of each kind: rsa, ec and ed.
func newForger(t testing.TB) *forger {
	t.Helper()
	f := &forger{}
	f.publish(jwk("rsa", rsaKey()), jwk("ec", ecKey()), jwk("ed", edKey()))
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

// jwk is a public key as issuers publish it; change may alter it.
func jwk(kid string, key crypto.Signer, change ...func(map[string]any)) map[string]any {
	made := must(jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: kid, USE: jwkset.UseSig}}))
	var document map[string]any
	if err := json.Unmarshal(must(json.Marshal(made.Marshal())), &document); err != nil {
		panic(err)
	}
	for _, c := range change {
		c(document)
	}
	return document
}

func with(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func without(name string) func(map[string]any) {
	return func(m map[string]any) { delete(m, name) }
}

func (f *forger) publish(keys ...map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keys = append([]map[string]any{}, keys...) // Never null.
}

// answer replaces what the issuer answers; nil: as it should be.
func (f *forger) answer(discovery, jwks func(http.ResponseWriter, *http.Request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.discovery, f.jwks = discovery, jwks
}

// requests is how often the path was asked for.
func (f *forger) requests(path string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.asked {
		if p == path {
			n++
		}
	}
	return n
}

func (f *forger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.URL.Path)
	keys, discovery, jwks := f.keys, f.discovery, f.jwks
	f.mu.Unlock()
	switch {
	case r.URL.Path == "/.well-known/openid-configuration" && discovery != nil:
		discovery(w, r)
	case r.URL.Path == "/.well-known/openid-configuration":
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": f.URL, "jwks_uri": f.URL + "/keys"})
	case r.URL.Path == "/keys" && jwks != nil:
		jwks(w, r)
	case r.URL.Path == "/keys":
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
	default:
		http.NotFound(w, r)
	}
}

// claims are those of a good token of an operator of two tenants.
func (f *forger) claims(change ...func(map[string]any)) jwt.MapClaims {
	c := map[string]any{
		"iss": f.URL, "sub": "1001", "aud": audience, "exp": now().Add(time.Hour).Unix(), "iat": now().Unix(),
		defaultRoles: []string{"operator"}, defaultTenant: []string{"vimond", "acme"},
	}
	for _, do := range change {
		do(c)
	}
	return c
}

// sign makes a token with the algorithm and key; kid "" leaves it out.
func sign(method jwt.SigningMethod, kid string, key any, claims jwt.Claims, header ...func(map[string]any)) string {
	token := jwt.NewWithClaims(method, claims)
	if kid != "" {
		token.Header["kid"] = kid
	}
	for _, change := range header {
		change(token.Header)
	}
	return must(token.SignedString(key))
}

// token is a token of the issuer's RSA key.
func (f *forger) token(change ...func(map[string]any)) string {
	return sign(jwt.SigningMethodRS256, "rsa", rsaKey(), f.claims(change...))
}

func (f *forger) config() Config {
	return Config{
		Issuers: []Issuer{{URL: f.URL, Audiences: []string{"other", audience}}}, ClockSkew: 30 * time.Second,
		HTTP: f.Client(), Now: now,
	}
}

func newAuthenticator(t testing.TB, c Config) *Authenticator {
	t.Helper()
	a, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// refused ends the test unless the token is refused with the code and a message
// that has the text, and that tells nothing of the token.
func refused(t testing.TB, a *Authenticator, token string, code vod.Code, text string) {
	t.Helper()
	id, err := a.Authenticate(context.Background(), token)
	if vod.CodeOf(err) != code || !strings.Contains(err.Error(), text) {
		t.Fatalf("got %+v, %v; want %s: %s", id, err, code, text)
	}
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 8 && strings.Contains(err.Error(), part) {
			t.Fatalf("the message %q repeats the token", err)
		}
	}
}

func accepted(t testing.TB, a *Authenticator, token string) Identity {
	t.Helper()
	id, err := a.Authenticate(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
