// Package auth tells who a bearer token stands for: the tenants that its holder
// may act for, and what it may do there.
//
// There are two kinds of tokens. JWTs come from the OIDC issuers that the
// operator trusts (jwt.go): their keys are found by discovery and cached
// (keys.go, fetch.go), their signatures are checked by golang-jwt, and their
// claims say tenants, roles and permissions (grants.go, claims.go). Minted tokens
// come from this program, for sites without an issuer (minted.go): the store has
// the hash of their secret.
//
// A token that was found good is remembered for a short time by its SHA-256, so
// that a client that asks often costs no signature and no look at the store.
//
// What is wrong with a token is a [vod.Fault]: Unauthenticated for a token that is
// not good, Forbidden for a good one that belongs to no tenant, Unavailable where
// that cannot be found out now. No message repeats a part of the token, and what
// a token says is told of only when its signature, or its secret, was right.
//
// The rules are those of RFC 7515 (JWS), RFC 7517 (JWK), RFC 7519 (JWT), RFC 8725
// (best current practices for JWTs), RFC 9068 (access tokens as JWTs) and OpenID
// Connect Discovery 1.0.
package auth
