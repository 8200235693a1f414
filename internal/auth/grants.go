package auth

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Bounds of names that end up in the audit log, in bytes.
const (
	maxSubject = 255 // OpenID Connect Core 1.0 section 2
	maxName    = 128
)

// identity reads the claims of a token whose signature is right.
func (a *Authenticator) identity(issuer string, claims jwt.MapClaims) (Identity, error) {
	id, err := who(issuer, claims)
	if err != nil {
		return Identity{}, err
	}
	if id.Permissions, err = a.permissions(claims); err != nil {
		return Identity{}, err
	}
	id.Tenants, err = a.tenants(issuer, claims)
	return id, err
}

// who names the holder of a token: by its subject, for the other names can be
// changed, some of them by their holders.
func who(issuer string, claims jwt.MapClaims) (Identity, error) {
	clients := clientIDs(claims)
	subject, _ := claims["sub"].(string)
	kind := "sub"
	if _, given := claims["sub"]; !given && len(clients) > 0 {
		subject, kind = clients[0], "client"
	}
	if subject == "" || len(subject) > maxSubject || strings.ContainsFunc(subject, unprintable) {
		return Identity{}, vod.Faultf(vod.Unauthenticated, "The token's subject (sub) is missing, or not a text of 1 to %d printable characters.", maxSubject)
	}
	id := Identity{Key: issuer + " " + kind + " " + subject}
	if name := humanName(claims, clients); name != "" && name != subject {
		subject = fmt.Sprintf("%s %q", subject, name)
	}
	id.Subject = subject + " (" + issuer + ")"
	return id, nil
}

// clientIDs are the programs that the token was issued to; mostly one.
func clientIDs(claims jwt.MapClaims) (ids []string) {
	for _, claim := range []string{"azp", "client_id"} {
		if id, _ := claims[claim].(string); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// humanName is what a person would know the holder by, or "".
func humanName(claims jwt.MapClaims, clients []string) string {
	for _, claim := range []string{"preferred_username", "email"} {
		if name, _ := claims[claim].(string); name != "" && len(name) <= maxName {
			return name
		}
	}
	if len(clients) > 0 && len(clients[0]) <= maxName {
		return clients[0]
	}
	return ""
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// permissions are those of the roles, and those named themselves. Names that
// mean nothing here are for other programs.
func (a *Authenticator) permissions(claims jwt.MapClaims) (granted []vod.Permission, err error) {
	roles, _, err := texts(claims, a.config.RolesClaim, strings.Fields)
	if err != nil {
		return nil, err
	}
	direct, _, err := texts(claims, a.config.PermissionsClaim, strings.Fields)
	if err != nil {
		return nil, err
	}
	has := map[vod.Permission]bool{}
	for _, name := range direct {
		has[vod.Permission(name)] = true
	}
	for _, name := range roles {
		role, ok := a.config.RoleMap[name]
		if !ok {
			role = vod.Role(name)
		}
		for _, p := range role.Permissions() {
			has[p] = true
		}
	}
	for _, p := range vod.Permissions() {
		if has[p] {
			granted = append(granted, p)
		}
	}
	return granted, nil
}

// tenants are those that the claim names. Only a token without the claim
// belongs to the tenant of its client, or else of its issuer: one whose claim
// is empty belongs to nobody.
func (a *Authenticator) tenants(issuer string, claims jwt.MapClaims) ([]string, error) {
	names, found, err := texts(claims, a.config.TenantClaim, func(text string) []string { return []string{text} })
	if err != nil {
		return nil, err
	}
	if !found {
		for _, key := range append(clientIDs(claims), issuer) {
			if tenant, ok := a.config.TenantMap[key]; ok {
				return []string{tenant}, nil
			}
		}
		return nil, vod.Faultf(vod.Forbidden, "The token belongs to no tenant: it has no claim %s, "+
			"and --oidc-tenant-map has neither its client nor its issuer.", a.config.TenantClaim)
	}
	if len(names) == 0 {
		return nil, vod.Faultf(vod.Forbidden, "The token belongs to no tenant: its claim %s is empty.", a.config.TenantClaim)
	}
	for _, name := range names {
		if !vod.LegalTenant(name) {
			return nil, vod.Faultf(vod.Forbidden, "The token's claim %s has what cannot be the name of a tenant: "+
				"a letter or digit, then up to 63 letters, digits, _ or -.", a.config.TenantClaim)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
