package vod

import "time"

// Session is what a person who signed in with a browser may do until it ends.
// What the browser has to show for it is not kept: Hash recognises it.
type Session struct {
	Hash        string // SHA-256 of the cookie's value, 64 lower-case hexadecimal digits
	Subject     string // as in [Caller]
	Key         string // tells holders apart for rate limits; never shown
	Tenants     []string
	Permissions []Permission
	// TokenID is the minted token that it was made with, and ends with; empty for
	// one that an OIDC issuer vouched for.
	TokenID string
	// Rules stands for the configuration by which tenants and permissions were
	// granted: under another one they would have to be granted anew.
	Rules   string
	Created time.Time
	Expires time.Time // the first instant at which it is refused
}
