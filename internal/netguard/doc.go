// Package netguard is the one way out of the program to addresses that others
// chose: sources, webhooks, redirects. Its dialer checks the address that is
// really connected to, after DNS, so that no name and no redirect leads into
// the operator's own network. Private, loopback, link-local and all other
// addresses that are not plain public ones are refused, unless the operator
// allows them (--allow-net).
//
// Proxies from the environment are not used: they would do the connecting.
package netguard
