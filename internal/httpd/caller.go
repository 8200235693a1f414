package httpd

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	tenantHeader = "X-Vimond-Tenant"
	// DefaultTenant is whose things are shown where there is no sign-in and none
	// is named.
	DefaultTenant = "default"
	// localSubject names the caller in the audit log while there is no sign-in.
	localSubject = "local"
)

type (
	callerKey struct{}
	fromKey   struct{}
)

// asker is who a request comes from, or why that is not known.
type asker struct {
	caller vod.Caller
	err    error
}

// Caller is who a request comes from, out of its context. Outside of the
// handlers that [New] wraps, at the public paths, and where [CallerOf] gives an
// error, it is the zero Caller, which may do nothing.
func Caller(ctx context.Context) vod.Caller {
	if caller, err := CallerOf(ctx); err == nil {
		return caller
	}
	return vod.Caller{}
}

// CallerOf is [Caller] for pages, which tell people themselves why they are not
// let in: below /ui/ a request gets to its handler even if it is Unauthenticated,
// Forbidden to act for the tenant in the path, RateLimited or Unavailable. With a
// Forbidden one the caller is who asks, without a tenant.
func CallerOf(ctx context.Context) (vod.Caller, error) {
	who, ok := ctx.Value(callerKey{}).(asker)
	if !ok {
		return vod.Caller{}, vod.Faultf(vod.Unauthenticated, "Nobody is signed in.")
	}
	return who.caller, who.err
}

// From is the address that a request came from, out of its context; see
// [vod.Caller].
func From(ctx context.Context) string {
	from, _ := ctx.Value(fromKey{}).(string)
	return from
}

// localCaller is whoever got past the guard while there is no sign-in: it may
// do everything, for the tenant that is chosen.
func (s *server) localCaller(r *http.Request) (vod.Caller, error) {
	chosen, err := chosenTenant(r)
	if err != nil {
		return vod.Caller{}, err
	}
	caller := vod.Caller{
		Subject: localSubject, From: From(r.Context()), Tenant: chosen, AllTenants: chosen == "", Permissions: vod.Permissions(),
	}
	if chosen == "" {
		caller.Tenant = DefaultTenant
	}
	return caller, nil
}

// signedInCaller is the holder of a token or session. It only chooses among its
// own tenants; without a choice, one that has one tenant acts for that one.
func (s *server) signedInCaller(r *http.Request, id auth.Identity) (vod.Caller, error) {
	chosen, err := chosenTenant(r)
	if err != nil {
		return vod.Caller{}, err
	}
	caller := vod.Caller{Subject: id.Subject, From: From(r.Context()), Tenants: id.Tenants, Permissions: id.Permissions}
	if chosen != "" && !slices.Contains(id.Tenants, chosen) {
		return caller, vod.Faultf(vod.Forbidden, "The token is not for the tenant %s.", chosen)
	}
	if chosen == "" && len(id.Tenants) == 1 {
		chosen = id.Tenants[0]
	}
	caller.Tenant = chosen
	return caller, nil
}

// chosenTenant is what the path of a page or the header names, or "".
func chosenTenant(r *http.Request) (string, error) {
	if tenant := pageTenant(r.URL.Path); tenant != "" {
		if !vod.LegalTenant(tenant) {
			return "", vod.Faultf(vod.NotFound, "There is nothing at this path.")
		}
		return tenant, nil
	}
	given := r.Header.Values(tenantHeader)
	switch {
	case len(given) == 0:
		return "", nil
	case len(given) > 1 || !vod.LegalTenant(given[0]):
		return "", vod.Faultf(vod.Invalid, "The header %s must name one tenant: "+
			"a letter or digit, then up to 63 letters, digits, _ or -.", tenantHeader)
	}
	return given[0], nil
}

// bearer is the token of a request: RFC 6750 section 2.1. Tokens in the query
// (section 2.3) are not taken, as addresses end up in logs.
func bearer(r *http.Request) (string, error) {
	given := r.Header.Values("Authorization")
	switch {
	case len(given) == 0:
		return "", vod.Faultf(vod.Unauthenticated, "This needs a token: Authorization: Bearer TOKEN.")
	case len(given) > 1:
		return "", vod.Faultf(vod.Unauthenticated, "The header Authorization is given twice.")
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", vod.Faultf(vod.Unauthenticated, "The header Authorization must be Bearer and a token.")
	}
	return token, nil
}
