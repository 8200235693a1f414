package config

import (
	"fmt"
	"maps"
	"math"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxSessionAge is 30 days: what a person may do is not looked at again before.
const maxSessionAge = 30 * 24 * time.Hour

// SignIn says whose tokens the server takes, and how it treats their holders.
type SignIn struct {
	Issuers          []string       `name:"oidc-issuer" yaml:"oidc-issuer" placeholder:"URL" wants:"a list of addresses such as https://login.example.com" help:"OIDC issuer whose tokens are taken. Repeatable. Default: none."`
	Audiences        []string       `name:"oidc-audience" yaml:"oidc-audience" placeholder:"NAME" wants:"a list of names" help:"What a token of an issuer must be for. Repeatable; one is enough. Default: none."`
	RolesClaim       string         `name:"oidc-roles-claim" yaml:"oidc-roles-claim" default:"https://vimond/roles" placeholder:"CLAIM" help:"Claim with the roles; a JSON pointer where it begins with /. Default: ${default}."`
	PermissionsClaim string         `name:"oidc-permissions-claim" yaml:"oidc-permissions-claim" default:"https://vimond/permissions" placeholder:"CLAIM" help:"Claim with the permissions. Default: ${default}."`
	TenantClaim      string         `name:"oidc-tenant-claim" yaml:"oidc-tenant-claim" default:"https://vimond/tenant" placeholder:"CLAIM" help:"Claim with the tenants. Default: ${default}."`
	RoleMap          Pairs          `name:"oidc-role-map" yaml:"oidc-role-map" placeholder:"NAME=ROLE,…" wants:"names and roles, such as video-editors=operator" help:"Further names of the roles viewer, operator and admin. Default: none."`
	TenantMap        Pairs          `name:"oidc-tenant-map" yaml:"oidc-tenant-map" placeholder:"KEY=TENANT,…" wants:"issuers or client ids and tenants, such as cms-client=vimond" help:"Tenant of tokens without the claim, by issuer or client id. Default: none."`
	ClockSkew        time.Duration  `name:"oidc-clock-skew" yaml:"oidc-clock-skew" default:"30s" placeholder:"TIME" wants:"a time such as 60s or 2m" help:"How far the clocks of issuers may be off. Default: ${default}."`
	ClientID         string         `name:"oidc-client-id" yaml:"oidc-client-id" placeholder:"ID" help:"Client that people sign in with in a browser, at the first issuer. Default: none."`
	ClientSecretFile string         `name:"oidc-client-secret-file" yaml:"oidc-client-secret-file" placeholder:"FILE" help:"File with the secret of that client. Default: it has none, and is told apart by PKCE."`
	Scopes           []string       `name:"oidc-scope" yaml:"oidc-scope" default:"openid,profile,email" placeholder:"SCOPE" wants:"a list of names" help:"What to ask the issuer for when people sign in. Repeatable. Default: ${default}."`
	SessionAge       time.Duration  `name:"session-age" yaml:"session-age" default:"12h" placeholder:"TIME" wants:"a time such as 30m or 12h" help:"How long people stay signed in in a browser. Default: ${default}."`
	RateLimit        float64        `yaml:"rate-limit" default:"100" placeholder:"N" wants:"a number of requests per second" help:"Requests a second that each token or session may send on average; 0 for no limit. Default: ${default}."`
	TrustedProxies   []netip.Prefix `name:"trusted-proxy" yaml:"trusted-proxy" placeholder:"CIDR" wants:"a list of networks such as 10.0.0.0/8" help:"Reverse proxy whose X-Forwarded-For is believed. Repeatable. Default: none."`
}

// Pairs maps names to values. It is written as "name=value,…", or as a mapping
// in the file.
type Pairs map[string]string

// UnmarshalText reads pairs; a name may hold "=", a value may not. Nothing is
// none.
func (p *Pairs) UnmarshalText(text []byte) error {
	pairs := Pairs{}
	if len(text) == 0 {
		*p = pairs
		return nil
	}
	for pair := range strings.SplitSeq(string(text), ",") {
		at := strings.LastIndexByte(pair, '=')
		if at < 1 || at == len(pair)-1 {
			return fmt.Errorf("%q is not a name, = and a value", pair)
		}
		pairs[strings.TrimSpace(pair[:at])] = strings.TrimSpace(pair[at+1:])
	}
	*p = pairs
	return nil
}

// Callback is the address that an issuer sends people back to, below the public
// one; it has to be told of it.
func Callback(publicURL string) string { return publicURL + "/ui/_/callback" }

// Loopback tells whether only this machine can reach a server at the address,
// which is HOST:PORT.
func Loopback(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// check reports the problems of each key.
func (s *SignIn) check(report func(key, problem string)) {
	for _, issuer := range s.Issuers {
		report("oidc-issuer", issuerProblem(issuer))
	}
	if len(s.Issuers) > 0 && len(s.Audiences) == 0 {
		report("oidc-audience", "is missing; without it, tokens that the issuer made for other programs would be taken")
	}
	for _, name := range slices.Sorted(maps.Keys(s.RoleMap)) {
		if role := s.RoleMap[name]; !slices.Contains(vod.Roles(), vod.Role(role)) {
			report("oidc-role-map", fmt.Sprintf("%q is not viewer, operator or admin", role))
		}
	}
	claims := map[string]string{
		"oidc-roles-claim": s.RolesClaim, "oidc-permissions-claim": s.PermissionsClaim, "oidc-tenant-claim": s.TenantClaim,
	}
	for _, key := range slices.Sorted(maps.Keys(claims)) {
		if claims[key] == "" {
			report(key, "must not be empty")
		}
	}
	if s.ClockSkew < 0 || s.ClockSkew > 5*time.Minute {
		report("oidc-clock-skew", fmt.Sprintf("%s is not a time from 0s to 5m", s.ClockSkew))
	}
	s.checkBrowser(report)
	if !(s.RateLimit >= 0) || math.IsInf(s.RateLimit, 0) { // NaN is neither, and would lift the limit.
		report("rate-limit", fmt.Sprintf("%g is not a number of 0 or greater", s.RateLimit))
	}
}

// checkBrowser reports the problems of the keys for sign-in in a browser.
func (s *SignIn) checkBrowser(report func(key, problem string)) {
	if s.ClientID != "" && len(s.Issuers) == 0 {
		report("oidc-client-id", "needs an issuer (oidc-issuer)")
	}
	if s.ClientSecretFile != "" && s.ClientID == "" {
		report("oidc-client-secret-file", "needs a client (oidc-client-id)")
	}
	if !slices.Contains(s.Scopes, "openid") {
		report("oidc-scope", "must have openid; without it the issuer does not say who signs in")
	}
	if s.SessionAge < time.Minute || s.SessionAge > maxSessionAge {
		report("session-age", fmt.Sprintf("%s is not a time from 1m to %s", s.SessionAge, maxSessionAge))
	}
}

// issuerProblem: a token is as trustworthy as the way by which its issuer's keys
// came.
func issuerProblem(text string) string {
	if problem := urlProblem(text); problem != "" {
		return problem
	}
	u, err := url.Parse(text)
	if err == nil && u.Scheme != "https" && !Loopback(net.JoinHostPort(u.Hostname(), "0")) {
		return fmt.Sprintf("%q must begin with https://", text)
	}
	return ""
}
