package signin

import (
	"net/http"
)

// problem is why a sign-in came to nothing: the key of its text, for the person.
type problem string

const (
	stale       problem = "stale"       // started in another browser, too long ago, or ended already
	denied      problem = "denied"      // the provider does not let this person in
	unreachable problem = "unreachable" // the provider cannot be asked
	broken      problem = "broken"      // the provider's answer is not what it has to be
	noRole      problem = "no_role"     // the provider knows the person, but nothing may be done here
	noTenant    problem = "no_tenant"   // the same, for want of a tenant
	badToken    problem = "token"       // the token is refused; its own words say why
	tooMany     problem = "too_many"    // attempts
)

// status is that of the page that tells of it.
func (p problem) status() int {
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
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, why problem, to string, cause error) error {
	p.config.Log.WarnContext(r.Context(), "nobody is signed in", "why", string(why), "from", p.config.From(r.Context()), "error", cause)
	switch why {
	case tooMany:
		w.Header().Set("Retry-After", "60")
	case badToken:
		w.Header().Set("WWW-Authenticate", `Bearer realm="orchestrate"`) // RFC 9110 section 11.6.1.
	case unreachable:
		w.Header().Set("Retry-After", "5")
	}
	v := p.view(to)
	v.Problem = why
	if why == badToken {
		v.Detail = cause.Error()
	}
	return p.show(w, r, why.status(), v)
}
