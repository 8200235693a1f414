package auth

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The names of the claims where the configuration has none.
const (
	defaultRoles       = "https://vimond/roles"
	defaultPermissions = "https://vimond/permissions"
	defaultTenant      = "https://vimond/tenant"
)

const maxSkew = 10 * time.Minute

func (c *Config) fill() {
	for name, standard := range map[*string]string{
		&c.RolesClaim: defaultRoles, &c.PermissionsClaim: defaultPermissions, &c.TenantClaim: defaultTenant,
	} {
		if *name == "" {
			*name = standard
		}
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// check tells every problem of the configuration.
func (c *Config) check() error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if len(c.Issuers) == 0 && c.Tokens == nil {
		report("sign-in needs an issuer or minted tokens")
	}
	known := map[string]bool{}
	for _, i := range c.Issuers {
		if err := CheckAddress(i.URL); err != nil {
			report("issuer %q: %w", i.URL, err)
		}
		if known[i.URL] {
			report("issuer %q is named twice", i.URL)
		}
		known[i.URL] = true
		if len(i.Audiences) == 0 || slices.Contains(i.Audiences, "") {
			report("issuer %q has no audience: tokens that it made for other programs would be taken", i.URL)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.RoleMap)) {
		role := c.RoleMap[name]
		if !slices.Contains(vod.Roles(), role) {
			report("role %q: there is no role %q", name, role)
		}
		if slices.Contains(vod.Roles(), vod.Role(name)) && role != vod.Role(name) {
			report("role %q always stands for itself", name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.TenantMap)) {
		if key == "" || !vod.LegalTenant(c.TenantMap[key]) {
			report("tenant %q of %q cannot be the name of a tenant", c.TenantMap[key], key)
		}
	}
	if c.ClockSkew < 0 || c.ClockSkew > maxSkew {
		report("a clock skew of %s is not within 0 to %s", c.ClockSkew, maxSkew)
	}
	return errors.Join(problems...)
}

// CheckAddress refuses an address whose answer others could forge: a token is as
// good as the way by which the keys of its issuer came.
func CheckAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return errors.New("is not an address such as https://login.example.com")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return errors.New("must not have user information, a query or a fragment")
	case u.Scheme == "http" && loopback(u.Hostname()), u.Scheme == "https":
		return nil
	}
	return errors.New("must begin with https://")
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
