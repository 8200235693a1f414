// Package session keeps people signed in who use the server with a browser.
//
// A session is made once somebody has shown who they are (a token, or what an
// OIDC provider says of them), and stands in the store: what the browser gets is
// a random value of 256 bits, of which the store has the SHA-256. So a session
// ends when its row goes, and a copy of the database lets nobody in.
//
// A session ends at its age, with the minted token that it was made of, and with
// the configuration that granted its rights: [Manager.Identify] looks at all of
// that. Requests that come shortly after each other share one look.
//
// The cookie (RFC 6265bis) is bound to this host by the prefix __Host- where the
// server is reached by https. It is SameSite=Lax: addresses of pages can be
// shared, and unsafe methods are guarded by package httpd.
package session
