package vod

import (
	"slices"
	"strings"
	"time"
)

// Token is an access token that this program minted, for sites without an
// OIDC issuer. Its secret is not kept: Hash recognises it.
type Token struct {
	ID      string // public part of the text, 12 characters
	Hash    string // SHA-256 of the secret, 64 lower-case hexadecimal digits
	Name    string // for people: what it is used for; may be empty
	Tenants []string
	Role    Role
	Created time.Time
	Expires time.Time // the first instant at which it is refused; zero: never
	Revoked time.Time // zero: it is not
}

// State is what the token is at that time: "valid", "expired" or "revoked".
func (t Token) State(now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return "revoked"
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return "expired"
	}
	return "valid"
}

// LegalTenant tells whether the name can be a tenant's: a letter or digit, then
// up to 63 letters, digits, _ or -, all of ASCII.
func LegalTenant(name string) bool {
	if name == "" || len(name) > 64 || strings.Trim(name[:1], "_-") == "" {
		return false
	}
	return !slices.ContainsFunc([]byte(name), func(b byte) bool {
		return (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') && b != '_' && b != '-'
	})
}
