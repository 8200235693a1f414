// Package oidctest is an OIDC provider for tests in which people sign in: the
// OpenID Provider of zitadel/oidc over HTTP, with the people and claims that a
// test gives it. Its login page asks for nothing: a test says who sits there.
package oidctest
