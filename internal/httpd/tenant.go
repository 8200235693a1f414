package httpd

import (
	"context"
	"net/http"
	"regexp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	tenantHeader  = "X-Vimond-Tenant"
	defaultTenant = "default"
)

var tenantName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

type tenantKey struct{}

// Tenant is the tenant that a request acts for, out of its context. It is
// empty outside of the handlers that [New] wraps.
func Tenant(ctx context.Context) string {
	tenant, _ := ctx.Value(tenantKey{}).(string)
	return tenant
}

// withTenant takes the tenant from the header, as is right while sign-in is
// off: whoever gets past the guard may act for all of them.
func (s *server) withTenant(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant := defaultTenant
		if given := r.Header.Values(tenantHeader); len(given) > 0 {
			if len(given) > 1 || !tenantName.MatchString(given[0]) {
				s.fail(w, r, vod.Faultf(vod.Invalid, "The header %s must name one tenant: "+
					"a letter or digit, then up to 63 letters, digits, _ or -.", tenantHeader))
				return
			}
			tenant = given[0]
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, tenant)))
	})
}
