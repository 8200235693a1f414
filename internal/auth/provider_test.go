package auth

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// provider is a real OIDC provider: the OpenID Provider of zitadel/oidc over
// HTTP, with the storage below. Clients get JWTs by their credentials.
type provider struct {
	*httptest.Server
	op.Storage // nil: what is not written below is not used
	handler    http.Handler

	mu     sync.Mutex
	keys   []providerKey // the last one signs
	claims map[string]any
	sets   int // how often the keys were asked for
}

// providerKey is a key of the provider, in both roles: to sign, and published.
type providerKey struct {
	id     string
	alg    jose.SignatureAlgorithm
	key    crypto.Signer
	public bool
}

func (k providerKey) SignatureAlgorithm() jose.SignatureAlgorithm { return k.alg }
func (k providerKey) Algorithm() jose.SignatureAlgorithm          { return k.alg }
func (k providerKey) ID() string                                  { return k.id }
func (k providerKey) Use() string                                 { return "sig" }
func (k providerKey) Key() any {
	if k.public {
		return k.key.Public()
	}
	return k.key
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{claims: map[string]any{
		defaultRoles: []string{"operator"}, defaultPermissions: "audit:read", defaultTenant: "acme",
	}}
	p.rotate(providerKey{id: "k1", alg: jose.RS256, key: rsaKey()})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }))
	t.Cleanup(p.Close)
	made, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}}, p, op.StaticIssuer(p.URL), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	p.handler = made
	return p
}

// rotate makes these the keys; the last one signs.
func (p *provider) rotate(keys ...providerKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

func (p *provider) SigningKey(context.Context) (op.SigningKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[len(p.keys)-1], nil
}

func (p *provider) KeySet(context.Context) (set []op.Key, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sets++
	for _, k := range p.keys {
		k.public = true
		set = append(set, k)
	}
	return set, nil
}

func (p *provider) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.EdDSA}, nil
}

func (p *provider) Health(context.Context) error { return nil }

// ClientCredentials knows the client cms.
func (p *provider) ClientCredentials(_ context.Context, id, secret string) (op.Client, error) {
	if id != "cms" || secret != "s3cret" {
		return nil, errors.New("wrong client or secret")
	}
	return providerClient{}, nil
}

func (p *provider) ClientCredentialsTokenRequest(_ context.Context, id string, scopes []string) (op.TokenRequest, error) {
	return &oidc.JWTTokenRequest{Subject: id + "@clients", Audience: []string{"cms-api", audience}, Scopes: scopes}, nil
}

func (p *provider) CreateAccessToken(context.Context, op.TokenRequest) (id string, expires time.Time, err error) {
	return "jti", time.Now().Add(time.Hour), nil
}

func (p *provider) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.claims, nil
}

// providerClient is the client cms.
type providerClient struct{ op.Client }

func (providerClient) GetID() string { return "cms" }
func (providerClient) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeClientCredentials}
}
func (providerClient) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeJWT }
func (providerClient) ClockSkew() time.Duration            { return 0 }
func (providerClient) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

// token asks the provider for a token, as any client does.
func (p *provider) token(t *testing.T) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"openid"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("cms", "s3cret")
	resp, err := p.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
		Error string `json:"error_description"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Token == "" {
		t.Fatalf("the provider answers %d, %q, %v", resp.StatusCode, answer.Error, err)
	}
	return answer.Token
}

func (p *provider) config() Config {
	return Config{Issuers: []Issuer{{URL: p.URL, Audiences: []string{audience}}}, ClockSkew: 30 * time.Second, HTTP: p.Client()}
}

// TestARealProvider: its tokens are taken, with all kinds of keys, and its keys
// are followed when they change.
func TestARealProvider(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	c := p.config()
	tick := &clock{at: time.Now()}
	c.Now = tick.now
	a := newAuthenticator(t, c)
	want := Identity{
		Subject: `cms@clients "cms" (` + p.URL + ")", Key: p.URL + " sub cms@clients", Tenants: []string{"acme"},
		Permissions: append(vod.Operator.Permissions(), vod.ReadAudit),
	}
	first := p.token(t)
	if diff := cmp.Diff(want, accepted(t, a, first)); diff != "" {
		t.Fatal(diff)
	}
	old := providerKey{id: "k1", alg: jose.RS256, key: rsaKey()}
	for i, next := range []providerKey{
		{alg: jose.RS256, key: otherRSAKey()}, {alg: jose.ES256, key: ecKey()}, {alg: jose.EdDSA, key: edKey()},
	} {
		next.id = fmt.Sprint("k", i+2)
		p.rotate(old, next) // As providers do: the old key stays for the tokens that are under way.
		tick.forward(pause)
		if diff := cmp.Diff(want, accepted(t, a, p.token(t))); diff != "" {
			t.Fatalf("%s: %s", next.alg, diff)
		}
		old = next
	}
	if p.sets != 4 {
		t.Errorf("the keys were asked for %d times, want once for each that is new", p.sets)
	}
	tick.forward(rememberJWT)
	refused(t, a, first, vod.Unauthenticated, "does not publish") // k1 is no longer among them.
	tick.forward(time.Hour)
	refused(t, a, first, vod.Unauthenticated, "does not publish")
}

// TestWhatARealProviderSaysMatters: claims, audience and times are those that
// the provider put there.
func TestWhatARealProviderSaysMatters(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	token := p.token(t)
	c := p.config()
	c.Issuers = []Issuer{{URL: p.URL, Audiences: []string{"another"}}}
	refused(t, newAuthenticator(t, c), token, vod.Unauthenticated, "not for this server")
	c = p.config()
	c.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	refused(t, newAuthenticator(t, c), token, vod.Unauthenticated, "expired since")
	c.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	refused(t, newAuthenticator(t, c), token, vod.Unauthenticated, "ahead of this server's")

	p.mu.Lock()
	p.claims = map[string]any{"realm_access": map[string]any{"roles": []string{"video-editors"}}}
	p.mu.Unlock()
	token = p.token(t)
	c = p.config()
	refused(t, newAuthenticator(t, c), token, vod.Forbidden, "belongs to no tenant")
	c.RolesClaim, c.RoleMap = "/realm_access/roles", map[string]vod.Role{"video-editors": vod.Operator}
	c.TenantMap = map[string]string{"cms": "acme"}
	id := accepted(t, newAuthenticator(t, c), token)
	if diff := cmp.Diff(vod.Operator.Permissions(), id.Permissions); diff != "" || id.Tenants[0] != "acme" {
		t.Errorf("%v %s", id.Tenants, diff)
	}
}

// TestARealProviderThatIsNotThereYet: the server starts without it, and lets in
// its tokens once it runs.
func TestARealProviderThatIsNotThereYet(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	token, address, client := p.token(t), p.Listener.Addr().String(), *p.Client()
	p.Close()
	c := p.config()
	tick := &clock{at: time.Now()}
	c.Now, c.HTTP = tick.now, &client
	a := newAuthenticator(t, c)
	refused(t, a, token, vod.Unavailable, "cannot be fetched now")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	again := &http.Server{Handler: p.handler, ReadHeaderTimeout: time.Minute}
	var group sync.WaitGroup
	group.Go(func() { _ = again.Serve(listener) })
	defer func() { _ = again.Close(); group.Wait(); client.CloseIdleConnections() }()
	tick.forward(pause)
	accepted(t, a, token)
}
