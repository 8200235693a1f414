package httpd

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// guardRule keeps a server without sign-in from being used by web pages: a
// page of another site (Origin), or one whose name was made to point here (DNS
// rebinding, Host).
type guardRule struct {
	host   string // of the public address, lower case; may be empty
	origin string // of the public address; may be empty
}

func newGuard(publicURL string) guardRule {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return guardRule{}
	}
	return guardRule{host: hostname(u.Host), origin: strings.ToLower(u.Scheme + "://" + u.Host)}
}

func (s *server) guard(next http.Handler, g guardRule) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.hostAllowed(r.Host) {
			s.fail(w, r, vod.Faultf(vod.Forbidden, "Without sign-in the server answers only to loopback names and the host of its public URL."))
			return
		}
		if !g.originAllowed(r) {
			s.fail(w, r, vod.Faultf(vod.Forbidden, "Without sign-in the server answers to no pages of other origins."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g guardRule) hostAllowed(host string) bool {
	name := hostname(host)
	if name == "localhost" || name != "" && name == g.host {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Zone() == "" && addr.IsLoopback()
}

// originAllowed tells whether the request comes from no page, or from one of
// this server. Reading media is for players anywhere: there the address is
// the capability.
func (g guardRule) originAllowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 || publicRead(r) {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	origin, host := strings.ToLower(origins[0]), strings.ToLower(r.Host)
	if origin == "null" { // Also that of a form on a page of ours that tells no referrer.
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	return origin == "http://"+host || origin == "https://"+host || g.origin != "" && origin == g.origin
}

func publicRead(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return strings.HasPrefix(r.URL.Path, "/media/")
	}
	return false
}

// hostname is the host without port, brackets and a trailing dot, lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
