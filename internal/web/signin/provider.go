package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/via-orchestrate/orchestrate/internal/auth"
)

const (
	patience    = 5 * time.Second // with one answer of the provider
	maxDocument = 1 << 20         // bytes of one answer
	// pause is the least time between two looks for a provider that is down:
	// anybody may ask for a sign-in.
	pause = 5 * time.Second
)

// Provider is the OIDC provider that people sign in with.
type Provider struct {
	Issuer   string // https, or http on this machine
	ClientID string
	Secret   string // empty: a public client, told apart by PKCE (RFC 7636) alone
	Scopes   []string
	Callback string       // the address that it sends people back to
	HTTP     *http.Client // nil: one of its own
}

// provider looks for the endpoints of a Provider when they are first needed, so
// that one that is down keeps no server from starting.
type provider struct {
	Provider
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	found *endpoints
	tried time.Time
	err   error
}

// endpoints is what a provider says of itself (OpenID Connect Discovery 1.0).
type endpoints struct {
	oauth      oauth2.Config
	verifier   *oidc.IDTokenVerifier
	endSession string // where people sign out there; may be empty
}

func newProvider(p Provider, now func() time.Time) *provider {
	client := http.Client{}
	if p.HTTP != nil {
		client = *p.HTTP
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = bounded{client.Transport}
	client.Timeout = patience
	// A redirect could lead from https to elsewhere, with the secret.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &provider{Provider: p, client: &client, now: now}
}

// host is what people know the provider by.
func (p *provider) host() string {
	u, err := url.Parse(p.Issuer)
	if err != nil {
		return p.Issuer
	}
	return u.Host
}

// look gives the endpoints. Who comes while another looks waits for the outcome,
// and shortly after a failure it is still the same.
func (p *provider) look(ctx context.Context) (*endpoints, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if since := p.now().Sub(p.tried); p.err != nil && since >= 0 && since < pause {
		return nil, p.err
	}
	p.tried = p.now()
	p.found, p.err = p.discover(context.WithoutCancel(ctx)) // Others may wait for it, too.
	return p.found, p.err
}

func (p *provider) discover(ctx context.Context) (*endpoints, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", p.Issuer, err)
	}
	var more struct {
		Keys       string   `json:"jwks_uri"`
		EndSession string   `json:"end_session_endpoint"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, fmt.Errorf("discover %s: %w", p.Issuer, err)
	}
	e := &endpoints{
		oauth: oauth2.Config{
			ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: found.Endpoint(), RedirectURL: p.Callback, Scopes: p.Scopes,
		},
		verifier: found.Verifier(&oidc.Config{
			ClientID: p.ClientID, SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.EdDSA}, Now: p.now,
		}),
		endSession: more.EndSession,
	}
	// Not found out by trial: the first try would use up the code.
	e.oauth.Endpoint.AuthStyle = authStyle(p.Secret, more.Methods)
	for name, address := range map[string]string{
		"authorization_endpoint": e.oauth.Endpoint.AuthURL, "token_endpoint": e.oauth.Endpoint.TokenURL, "jwks_uri": more.Keys,
	} {
		if err := checkEndpoint(address); err != nil {
			return nil, fmt.Errorf("discover %s: %s %q %w", p.Issuer, name, address, err)
		}
	}
	if checkEndpoint(e.endSession) != nil {
		e.endSession = "" // Optional: there is no way to sign out there.
	}
	return e, nil
}

// checkEndpoint refuses an address that could be read on the way. Unlike issuers,
// endpoints may have a query (RFC 6749 section 3.1).
func checkEndpoint(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("is not an address")
	}
	u.RawQuery, u.ForceQuery = "", false
	return auth.CheckAddress(u.String())
}

// authStyle is how the client shows who it is: by its id alone, or with its
// secret in the way that the provider takes (client_secret_basic is the default,
// OpenID Connect Discovery 1.0 section 3).
func authStyle(secret string, methods []string) oauth2.AuthStyle {
	basic := len(methods) == 0 || slices.Contains(methods, "client_secret_basic")
	if secret != "" && basic {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// bounded cuts off answers that are too long.
type bounded struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxDocument), resp.Body}
	}
	return resp, err
}
