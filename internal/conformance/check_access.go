package conformance

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// madeUpToken is one that no server has given.
const madeUpToken = "Bearer conformance-test-not-a-token"

const noSignIn = "the server answers without a token, and to a made-up one: it has no sign-in"

// access is how the server answers to those who have no right to.
type access struct{ without, madeUp *answer }

func (a access) signIn() bool {
	return a.without.status != http.StatusOK || a.madeUp.status != http.StatusOK
}

func accessChecks() []Check {
	const group = "Access"
	return []Check{
		{
			ID: "access.token", Group: group, Title: "Without a token, or with a made-up one, nothing is told", Level: Contract,
			Source: "page: each request carries a bearer token", run: accessToken,
		},
		{
			ID: "access.challenge", Group: group, Title: "That is a 401 with WWW-Authenticate: Bearer", Level: Extension,
			Source: "ours: RFC 6750 section 3", run: accessChallenge,
		},
		{
			ID: "access.tenant", Group: group, Title: "A tenant that is not the token's is a 403", Level: Extension,
			Source: "ours: the header only chooses among the token's own tenants", run: accessTenant,
		},
		{
			ID: "access.whole", Group: group, Title: "Every request gets a whole answer in time", Level: Contract, bare: true,
			Source: "page: it has an answer for each request", run: accessWhole,
		},
	}
}

// strangers asks once, for all checks.
func (r *run) strangers(ctx context.Context) access {
	if r.signIn == nil {
		r.signIn = &access{
			without: r.ask(ctx, request{path: "/ingests", anonymous: true}),
			madeUp:  r.ask(ctx, request{path: "/ingests", header: http.Header{"Authorization": {madeUpToken}}}),
		}
	}
	return *r.signIn
}

func accessToken(ctx context.Context, r *run) (v verdict) {
	a := r.strangers(ctx)
	if !a.signIn() {
		return untested(noSignIn)
	}
	for _, a := range []*answer{a.without, a.madeUp} {
		refused := a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
		v.unless(refused && a.json.get("items") == nil, a, "401 and no items", a.String())
	}
	return v
}

func accessChallenge(ctx context.Context, r *run) (v verdict) {
	a := r.strangers(ctx)
	if !a.signIn() {
		return untested(noSignIn)
	}
	for _, a := range []*answer{a.without, a.madeUp} {
		challenge := a.header.Get("WWW-Authenticate")
		scheme, _, _ := strings.Cut(challenge, " ")
		v.unless(a.status == http.StatusUnauthorized && strings.EqualFold(scheme, "Bearer"), a, "401 with WWW-Authenticate: Bearer",
			fmt.Sprintf("%s, WWW-Authenticate %q", a, challenge))
	}
	return v
}

func accessTenant(ctx context.Context, r *run) (v verdict) {
	if !r.strangers(ctx).signIn() {
		return untested(noSignIn)
	}
	a := r.ask(ctx, request{path: "/ingests", header: http.Header{"X-Vimond-Tenant": {"conformance-test-no-tenant"}}})
	v.unless(a.status == http.StatusForbidden, a, "403", a.String())
	return v
}

// accessWhole tells of the first request that was left without an answer.
func accessWhole(_ context.Context, r *run) (v verdict) {
	if r.unheard != nil {
		v.differ(r.unheard, "a whole answer", r.unheard.String())
	}
	return v
}
