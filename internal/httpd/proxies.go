package httpd

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the networks of the reverse proxies whose word is taken for
// where a request came from.
type proxies []netip.Prefix

// origin is the address that a request came from: that of the connection, or,
// while that is a proxy's, the one before it in X-Forwarded-For. What stands
// further left there anybody could have written.
func (p proxies) origin(r *http.Request) string {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	addr := from.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.trust(addr) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil || before.Zone() != "" {
			break // A zone means nothing to others, and may hold any characters.
		}
		addr = before.Unmap()
	}
	return addr.String()
}

func (p proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(addr) })
}
