package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Grant tells who a token stands for, as [Authenticator.Authenticate] does, and
// until when. It is checked anew: a session is made of it.
func (a *Authenticator) Grant(ctx context.Context, bearer string) (Grant, error) {
	v, err := a.check(ctx, bearer, a.config.Now())
	return v.grant, err
}

// OfIDToken tells who the claims of an ID token stand for, by the same rules as
// those of a bearer token. The caller has verified the token (OpenID Connect Core
// 1.0 section 3.1.3.7) with client as its audience. It has no end: that of an ID
// token is for its delivery, and not for what is made of it.
func (a *Authenticator) OfIDToken(issuer, client string, claims map[string]any) (Grant, error) {
	if _, ok := a.issuers[issuer]; !ok {
		return Grant{}, vod.Faultf(vod.Unauthenticated, "The token's issuer is not one that this server trusts.")
	}
	if _, ok := claims["sub"]; !ok { // A bearer token may be a program's own; people have a subject.
		return Grant{}, vod.Faultf(vod.Unauthenticated, "The ID token has no subject (sub).")
	}
	given := maps.Clone(claims)
	if _, ok := given["azp"]; !ok { // Optional there: a token with one audience is for that client.
		given["azp"] = client
	}
	id, err := a.identity(issuer, jwt.MapClaims(given))
	return Grant{Identity: id}, err
}

// TokenEnded is a fault for a minted token that is revoked, expired or gone.
func (a *Authenticator) TokenEnded(ctx context.Context, id string) error {
	token, err := a.minted(ctx, id)
	if err != nil {
		return err
	}
	return ended(token, a.config.Now())
}

// Rules is a text that changes with everything in the configuration, and in this
// program, that decides what an issuer's claims grant. What was granted under
// other rules may not be granted now.
func (a *Authenticator) Rules() string {
	c := a.config
	roles := map[vod.Role][]vod.Permission{}
	for _, r := range vod.Roles() {
		roles[r] = r.Permissions()
	}
	text, err := json.Marshal([]any{
		slices.Sorted(maps.Keys(a.issuers)), c.RolesClaim, c.PermissionsClaim, c.TenantClaim, c.RoleMap, c.TenantMap, roles,
	})
	if err != nil {
		panic(fmt.Sprintf("texts, lists and maps of them cannot be encoded: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
