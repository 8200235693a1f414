package netguard

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Limits of every request.
const (
	connectTimeout  = 10 * time.Second
	tlsTimeout      = 10 * time.Second
	headerTimeout   = 30 * time.Second // from the request's end to the response's header
	idleTimeout     = 90 * time.Second
	maxHeaderBytes  = 64 << 10
	maxRedirects    = 5
	idlePerHost     = 4
	keepAlivePeriod = 15 * time.Second
)

// Guard makes HTTP clients that connect to allowed addresses only. It is safe
// for concurrent use.
type Guard struct {
	allow     []netip.Prefix
	dialer    *net.Dialer
	transport *http.Transport
}

// New makes a guard that lets through public addresses and those of allow.
func New(allow []netip.Prefix) *Guard {
	g := &Guard{}
	for _, p := range allow {
		g.allow = append(g.allow, unmapped(p))
	}
	g.dialer = &net.Dialer{Timeout: connectTimeout, KeepAlive: keepAlivePeriod, Control: g.control}
	g.transport = &http.Transport{
		DialContext:            g.dialer.DialContext,
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    idlePerHost,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableCompression:     true, // sizes and checksums are those of the bytes sent
		ForceAttemptHTTP2:      true,
	}
	return g
}

// Client gives a client that follows at most 5 redirects, each checked as the
// first address was. All clients of a guard share their connections.
func (g *Guard) Client() *http.Client {
	return &http.Client{Transport: g.transport, CheckRedirect: checkRedirect}
}

// Close closes idle connections.
func (g *Guard) Close() { g.transport.CloseIdleConnections() }

// control is called with the address of each connection before it is made.
func (g *Guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return forbidden(fmt.Sprintf("Connecting to %q is not allowed: it is no IP address.", address), "")
	}
	addr := ap.Addr().WithZone("").Unmap()
	if g.allowed(addr) {
		return nil
	}
	return forbidden(
		fmt.Sprintf("Connecting to %s is not allowed: it is not a public address.", addr),
		fmt.Sprintf("If it is meant to be reached, start the server with --allow-net %s.", netip.PrefixFrom(addr, addr.BitLen())),
	)
}

// allowed tells whether addr, without zone and not IPv4-mapped, may be
// connected to.
func (g *Guard) allowed(addr netip.Addr) bool {
	for _, p := range g.allow {
		if p.Contains(addr) {
			return true
		}
	}
	return public(addr)
}

// checkRedirect decides on each redirect before it is followed.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable,
			Message: fmt.Sprintf("%s redirects more than %d times.", via[0].URL.Hostname(), maxRedirects),
			Hint:    "Give the address that it leads to in the end.",
		}
	}
	last := via[len(via)-1]
	if last.URL.Scheme == "https" && req.URL.Scheme != "https" {
		return forbidden(fmt.Sprintf("%s redirects from https to %s, which is not allowed.", last.URL.Hostname(), req.URL.Scheme), "Give an address that stays on https.")
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return forbidden(fmt.Sprintf("%s redirects to a %s address, which is not allowed.", last.URL.Hostname(), req.URL.Scheme), "")
	}
	if req.URL.Hostname() == "" {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable,
			Message: fmt.Sprintf("%s redirects to an address without a host.", last.URL.Hostname()),
			Hint:    "Give the address that it is meant to lead to.",
		}
	}
	if req.URL.User != nil {
		return forbidden(fmt.Sprintf("%s redirects to an address with a user name, which is not allowed.", last.URL.Hostname()), "")
	}
	// net/http puts the last address there, query and all.
	req.Header.Del("Referer")
	for _, v := range via {
		if v.URL.Host != req.URL.Host { // net/http keeps it for subdomains
			req.Header.Del("Authorization")
			req.Header.Del("Cookie")
		}
	}
	return nil
}

func forbidden(message, hint string) error {
	return &vod.StepError{Class: vod.ClassConfig, Reason: vod.ReasonForbidden, Message: message, Hint: hint}
}
