package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	maxToken       = 16 << 10 // bytes of a token; larger ones are refused unread
	rememberJWT    = time.Minute
	rememberMinted = 5 * time.Second // so long may a revoked token still be taken
	remembered     = 4096            // tokens; each takes about 1 kB
)

// Config says whose tokens are taken, and what their claims mean.
type Config struct {
	Issuers []Issuer
	Tokens  TokenStore // the minted tokens; nil: there are none

	// Names of claims. One that begins with "/" is a JSON pointer (RFC 6901)
	// through objects, such as "/realm_access/roles". Empty: "https://vimond/"
	// and roles, permissions or tenant.
	RolesClaim, PermissionsClaim, TenantClaim string
	// RoleMap has further names of roles. The names of the roles themselves
	// always stand for themselves.
	RoleMap map[string]vod.Role
	// TenantMap has the tenant of JWTs that have no tenant claim, by client id
	// (claims azp and client_id, RFC 9068), or else by issuer.
	TenantMap map[string]string
	// ClockSkew is how far the issuer's clock may be off; 0 to 10 minutes.
	ClockSkew time.Duration

	HTTP *http.Client // asks the issuers; it follows no redirects. nil: one of its own
	Now  func() time.Time
	Log  *slog.Logger
}

// Issuer is an OIDC issuer that is trusted.
type Issuer struct {
	URL string // exactly as in the claim iss; https, or http on this machine
	// Audiences are those that a token may be for (claim aud): one is enough.
	Audiences []string
}

// TokenStore is where minted tokens are looked up; see store.Tokens.
type TokenStore interface {
	TokenGet(ctx context.Context, id string) (vod.Token, error)
}

// Authenticator checks tokens. It is safe for concurrent use.
type Authenticator struct {
	config  Config
	parser  *jwt.Parser
	issuers map[string]*issuer // by URL
	seen    *lru.Cache[[sha256.Size]byte, verified]
}

// verified is a token that was found good.
type verified struct {
	grant Grant
	until time.Time // for so long it need not be checked again
}

// issuer is a trusted issuer with its keys.
type issuer struct {
	Issuer
	keys *keySet
}

// New makes an authenticator. It asks no issuer yet: [Authenticator.Run] does,
// and else the first token.
func New(c Config) (*Authenticator, error) {
	c.fill()
	if err := c.check(); err != nil {
		return nil, err
	}
	seen, err := lru.New[[sha256.Size]byte, verified](remembered)
	if err != nil {
		return nil, fmt.Errorf("memory of tokens: %w", err)
	}
	a := &Authenticator{config: c, parser: newParser(c), issuers: map[string]*issuer{}, seen: seen}
	for _, i := range c.Issuers {
		a.issuers[i.URL] = &issuer{i, newKeySet(i.URL, c)}
	}
	return a, nil
}

// Authenticate tells who the token, the text after "Bearer ", stands for. The
// identity is shared and must not be altered.
func (a *Authenticator) Authenticate(ctx context.Context, bearer string) (Identity, error) {
	digest := sha256.Sum256([]byte(bearer))
	now := a.config.Now()
	if v, ok := a.seen.Get(digest); ok && now.Before(v.until) {
		return v.grant.Identity, nil
	}
	v, err := a.check(ctx, bearer, now)
	if err != nil {
		return Identity{}, err
	}
	a.seen.Add(digest, v)
	return v.grant.Identity, nil
}

// check tells whether a token is good, whatever was found earlier.
func (a *Authenticator) check(ctx context.Context, bearer string, now time.Time) (verified, error) {
	if len(bearer) > maxToken {
		return verified{}, vod.Faultf(vod.Unauthenticated, "The token is longer than %d KiB.", maxToken>>10)
	}
	if strings.HasPrefix(bearer, mintedPrefix) {
		return a.lookUp(ctx, bearer, now)
	}
	return a.verify(ctx, bearer, now)
}

// Run keeps the keys of the issuers fresh until ctx is done, so that no request
// waits for an issuer. Without it they are fetched when a token needs them.
func (a *Authenticator) Run(ctx context.Context) {
	var group sync.WaitGroup
	for _, i := range a.issuers {
		group.Go(func() { i.keys.run(ctx) })
	}
	group.Wait()
}
