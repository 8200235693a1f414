package oidctest

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"maps"
	"slices"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// authRequest is a sign-in that is under way.
type authRequest struct {
	*oidc.AuthRequest
	id      string
	subject string // empty: not signed in yet
}

// GetID and the others implement [op.AuthRequest].
func (a *authRequest) GetID() string                      { return a.id }
func (a *authRequest) GetACR() string                     { return "" }
func (a *authRequest) GetAMR() []string                   { return nil }
func (a *authRequest) GetAudience() []string              { return []string{a.ClientID} }
func (a *authRequest) GetAuthTime() time.Time             { return time.Now() }
func (a *authRequest) GetClientID() string                { return a.ClientID }
func (a *authRequest) GetSubject() string                 { return a.subject }
func (a *authRequest) GetNonce() string                   { return a.Nonce }
func (a *authRequest) GetScopes() []string                { return a.Scopes }
func (a *authRequest) GetResponseMode() oidc.ResponseMode { return a.ResponseMode }
func (a *authRequest) Done() bool                         { return a.subject != "" }
func (a *authRequest) GetCodeChallenge() *oidc.CodeChallenge {
	if a.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: a.CodeChallenge, Method: a.CodeChallengeMethod}
}

// CreateAuthRequest implements [op.Storage], as do the following.
func (p *Provider) CreateAuthRequest(_ context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	made := &authRequest{AuthRequest: r, id: rand.Text()}
	p.requests[made.id] = made
	return made, nil
}

// AuthRequestByID finds a sign-in.
func (p *Provider) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.requests[id]; ok {
		return r, nil
	}
	return nil, errUnknown
}

// AuthRequestByCode finds a sign-in by its code, which is good once.
func (p *Provider) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	p.mu.Lock()
	id, ok := p.codes[code]
	delete(p.codes, code)
	p.mu.Unlock()
	if !ok {
		return nil, errUnknown
	}
	return p.AuthRequestByID(ctx, id)
}

// SaveAuthCode keeps a code.
func (p *Provider) SaveAuthCode(_ context.Context, id, code string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = id
	return nil
}

// DeleteAuthRequest ends a sign-in.
func (p *Provider) DeleteAuthRequest(_ context.Context, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.requests, id)
	return nil
}

// CreateAccessToken gives every token an hour.
func (p *Provider) CreateAccessToken(context.Context, op.TokenRequest) (id string, expires time.Time, err error) {
	return rand.Text(), time.Now().Add(time.Hour), nil
}

// TerminateSession counts.
func (p *Provider) TerminateSession(context.Context, string, string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	return nil
}

// GetClientByClientID knows one.
func (p *Provider) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id != ClientID {
		return nil, errUnknown
	}
	return client{callbacks: slices.Clone(p.callbacks), secret: p.secret}, nil
}

// AuthorizeClientIDSecret holds the secret.
func (p *Provider) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != ClientID || p.secret == "" || subtle.ConstantTimeCompare([]byte(secret), []byte(p.secret)) != 1 {
		return errUnknown
	}
	return nil
}

// SetUserinfoFromScopes is superseded by the next one.
func (p *Provider) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest writes the person's claims into the ID token.
func (p *Provider) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, r op.IDTokenRequest, _ []string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	info.Subject = r.GetSubject()
	for name, value := range p.claims {
		info.AppendClaims(name, value)
	}
	return nil
}

// GetPrivateClaimsFromScopes writes them into access tokens.
func (p *Provider) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.claims), nil
}

// Health is good.
func (p *Provider) Health(context.Context) error { return nil }

// SignatureAlgorithms has one.
func (p *Provider) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// SigningKey is the only one.
func (p *Provider) SigningKey(context.Context) (op.SigningKey, error) { return signingKey{p}, nil }

// KeySet publishes it.
func (p *Provider) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{publicKey{signingKey{p}}}, nil
}

type signingKey struct{ *Provider }

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k signingKey) ID() string                                  { return "k1" }
func (k signingKey) Key() any                                    { return k.key }

type publicKey struct{ signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return k.key.Public() }

// client is the one that the provider knows.
type client struct {
	op.Client
	callbacks []string
	secret    string
}

// GetID and the others implement [op.Client].
func (c client) GetID() string                       { return ClientID }
func (c client) RedirectURIs() []string              { return c.callbacks }
func (c client) PostLogoutRedirectURIs() []string    { return nil }
func (c client) ApplicationType() op.ApplicationType { return op.ApplicationTypeWeb }
func (c client) AuthMethod() oidc.AuthMethod {
	if c.secret == "" {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

func (c client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c client) GrantTypes() []oidc.GrantType        { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c client) LoginURL(id string) string           { return "/login/" + id }
func (c client) AccessTokenType() op.AccessTokenType { return op.AccessTokenTypeJWT }
func (c client) IDTokenLifetime() time.Duration      { return 5 * time.Minute }
func (c client) DevMode() bool                       { return true }
func (c client) ClockSkew() time.Duration            { return 0 }
func (c client) IsScopeAllowed(string) bool          { return true }

// IDTokenUserinfoClaimsAssertion puts the claims of the person in the ID token.
func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }

func (c client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}

func (c client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return func(scopes []string) []string { return scopes }
}
