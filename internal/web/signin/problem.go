package signin

import (
	"log/slog"
	"net/http"
)

// Problem is why a sign-in came to nothing: the key of its text, for the person.
type Problem string

const (
	stale       Problem = "stale"       // started in another browser, too long ago, or ended already
	denied      Problem = "denied"      // the provider does not let this person in
	unreachable Problem = "unreachable" // the provider cannot be asked
	broken      Problem = "broken"      // the provider's answer is not what it has to be
	noRole      Problem = "no_role"     // the provider knows the person, but nothing may be done here
	noTenant    Problem = "no_tenant"   // the same, for want of a tenant
	badToken    Problem = "token"       // the token is refused; its own words say why
	tooMany     Problem = "too_many"    // attempts
)

// status is that of the page that tells of it.
func (p Problem) status() int {
	switch p {
	case denied, noRole, noTenant:
		return http.StatusForbidden
	case unreachable:
		return http.StatusServiceUnavailable
	case broken:
		return http.StatusBadGateway
	case badToken:
		return http.StatusUnauthorized
	case tooMany:
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}

// refuse shows the sign-in page with what went wrong. The cause is for the log:
// it may tell of things that are nobody's business.
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, why Problem, to string, cause error) error {
	attrs := []slog.Attr{slog.String("why", string(why)), slog.String("from", p.config.From(r.Context()))}
	if cause != nil {
		attrs = append(attrs, slog.Any("error", cause))
	}
	p.config.Log.LogAttrs(r.Context(), slog.LevelWarn, "nobody is signed in", attrs...)
	switch why {
	case tooMany:
		w.Header().Set("Retry-After", "60")
	case badToken:
		w.Header().Set("WWW-Authenticate", `Bearer realm="orchestrate"`) // RFC 9110 section 11.6.1.
	case unreachable:
		w.Header().Set("Retry-After", "5")
	}
	v := p.view(to)
	v.Problem, v.Reference = why, w.Header().Get("X-Request-Id")
	if why == badToken {
		v.Detail = cause.Error()
	}
	return p.show(w, r, why.status(), v)
}
