// Package signin is how people sign in and out with a browser.
//
// /ui/_/sign-in has a button that leads to the OIDC provider, and a form for a
// token. The way by the provider is the authorization code flow with PKCE
// (flow.go): what has to come back unchanged stands in a cookie for ten minutes
// (login.go), endpoints and keys are looked for when somebody first needs them
// (provider.go). What the ID token says grants what the same claims of a bearer
// token would: package auth reads both.
//
// Either way ends in a session (package session) and at the page that was asked
// for (target.go). What goes wrong is told in words for the person, on the
// sign-in page, and with its cause in the log (problem.go).
package signin
