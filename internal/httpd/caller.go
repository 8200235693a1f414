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
	tenantHeader  = "X-Vimond-Tenant"
	defaultTenant = "default"
	// localSubject names the caller in the audit log while there is no sign-in.
	localSubject = "local"
)

type callerKey struct{}

// Caller is who a request comes from, out of its context. Outside of the
// handlers that [New] wraps, and at the public paths, it is the zero Caller,
// which may do nothing.
func Caller(ctx context.Context) vod.Caller {
	caller, _ := ctx.Value(callerKey{}).(vod.Caller)
	return caller
}

// localCaller is whoever got past the guard while there is no sign-in: it may
// do everything, for the tenant that the header names.
func (s *server) localCaller(r *http.Request) (vod.Caller, error) {
	chosen, err := chosenTenant(r)
	if err != nil {
		return vod.Caller{}, err
	}
	caller := vod.Caller{
		Subject: localSubject, From: s.proxies.origin(r), Tenant: chosen, AllTenants: chosen == "", Permissions: vod.Permissions(),
	}
	if chosen == "" {
		caller.Tenant = defaultTenant
	}
	return caller, nil
}

// signedInCaller is the holder of a token. The header only chooses among the
// tenants of the token; without it, a token for one tenant acts for that one.
func (s *server) signedInCaller(r *http.Request, id auth.Identity) (vod.Caller, error) {
	chosen, err := chosenTenant(r)
	if err != nil {
		return vod.Caller{}, err
	}
	if chosen != "" && !slices.Contains(id.Tenants, chosen) {
		return vod.Caller{}, vod.Faultf(vod.Forbidden, "The token is not for the tenant %s.", chosen)
	}
	if chosen == "" && len(id.Tenants) == 1 {
		chosen = id.Tenants[0]
	}
	return vod.Caller{
		Subject: id.Subject, From: s.proxies.origin(r), Tenant: chosen, Tenants: id.Tenants, Permissions: id.Permissions,
	}, nil
}

// chosenTenant is what the header names, or "".
func chosenTenant(r *http.Request) (string, error) {
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
