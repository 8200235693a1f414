// Package secret resolves references to secrets in the scope of one tenant, so
// that profiles never hold a secret themselves:
//
//	env:ORCHESTRATE_SECRET_ACME_WEBHOOK   of tenant "acme"
//	file:webhook                          in the tenant's own secrets folder
//
// Anything else is refused, a literal secret above all. No error repeats the
// reference, since it may be a secret that somebody put in the wrong place.
package secret
