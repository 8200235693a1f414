package auth

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestGrants(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	c.RoleMap = map[string]vod.Role{"video-editors": vod.Operator, "Plattform Team": vod.Admin, "admin": vod.Admin}
	a := newAuthenticator(t, c)
	roles := func(v any) func(map[string]any) { return with(defaultRoles, v) }
	direct := func(v any) func(map[string]any) { return with(defaultPermissions, v) }
	operator, admin := vod.Operator.Permissions(), vod.Admin.Permissions()
	tests := []struct {
		name   string
		change []func(map[string]any)
		want   []vod.Permission
	}{
		{"a role", []func(map[string]any){roles("operator")}, operator},
		{"roles in a text", []func(map[string]any){roles("offline_access  viewer operator")}, operator},
		{"roles in a list", []func(map[string]any){roles([]string{"offline_access", "viewer"})}, vod.Viewer.Permissions()},
		{"a mapped role", []func(map[string]any){roles([]string{"video-editors"})}, operator},
		{"a mapped role with a space", []func(map[string]any){roles([]string{"Plattform Team"})}, admin},
		{"all roles", []func(map[string]any){roles([]string{"admin", "viewer"})}, admin},
		{"roles are case-sensitive", []func(map[string]any){roles("Admin ADMIN")}, nil},
		{"no role", []func(map[string]any){without(defaultRoles)}, nil},
		{"empty list", []func(map[string]any){roles([]string{})}, nil},
		{"permissions", []func(map[string]any){without(defaultRoles), direct("ingests:retry ingests:read nonsense:do")}, []vod.Permission{vod.ReadIngests, vod.RetryIngests}},
		{"both", []func(map[string]any){roles("viewer"), direct([]string{"audit:read", "profiles:read"})}, append(vod.Viewer.Permissions(), vod.ReadAudit)},
		{"a permission is no role", []func(map[string]any){roles("ingests:delete")}, nil},
		{"a role is no permission", []func(map[string]any){without(defaultRoles), direct("admin")}, nil},
		{"under another name", []func(map[string]any){without(defaultRoles), with("roles", "admin")}, nil},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, accepted(t, a, f.token(test.change...)).Permissions); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
	for _, claim := range []string{defaultRoles, defaultPermissions, defaultTenant} {
		for _, value := range []any{1, true, nil, map[string]any{"admin": true}, []any{"admin", 1}, []any{nil}, []any{[]any{"admin"}}} {
			refused(t, a, f.token(with(claim, value)), vod.Unauthenticated, "claim "+claim+" is neither")
		}
	}
}

func TestTenants(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	c.TenantMap = map[string]string{f.URL: "of-issuer", "cms": "of-cms", "player": "of-player"}
	a := newAuthenticator(t, c)
	none := without(defaultTenant)
	for name, test := range map[string]struct {
		change []func(map[string]any)
		want   []string
	}{
		"a text":               {[]func(map[string]any){with(defaultTenant, "vimond")}, []string{"vimond"}},
		"sorted, each once":    {[]func(map[string]any){with(defaultTenant, []string{"b", "A", "b", "0"})}, []string{"0", "A", "b"}},
		"of the issuer":        {[]func(map[string]any){none}, []string{"of-issuer"}},
		"of another client":    {[]func(map[string]any){none, with("azp", "web")}, []string{"of-issuer"}},
		"of the client":        {[]func(map[string]any){none, with("client_id", "cms")}, []string{"of-cms"}},
		"azp before client_id": {[]func(map[string]any){none, with("client_id", "cms"), with("azp", "player")}, []string{"of-player"}},
		"the claim goes first": {[]func(map[string]any){with("azp", "cms")}, []string{"acme", "vimond"}},
	} {
		if diff := cmp.Diff(test.want, accepted(t, a, f.token(test.change...)).Tenants); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	refused(t, a, f.token(with(defaultTenant, []string{})), vod.Forbidden, "is empty")
	for _, name := range []string{"", "two names", "a/b", "../a", "_a", "-a", "ä", "a\x00", strings.Repeat("a", 65)} {
		refused(t, a, f.token(with(defaultTenant, []string{"acme", name})), vod.Forbidden, "cannot be the name of a tenant")
		refused(t, a, f.token(with(defaultTenant, name)), vod.Forbidden, "cannot be the name of a tenant")
	}
	c.TenantMap = nil
	refused(t, newAuthenticator(t, c), f.token(none), vod.Forbidden, "no claim https://vimond/tenant, and --oidc-tenant-map")
}

// TestClaimsOfKeycloak: claims within others, found by pointers.
func TestClaimsOfKeycloak(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	c.RolesClaim, c.PermissionsClaim, c.TenantClaim = "/realm_access/roles", "/resource_access/a~1b~01/roles", "/tenant"
	a := newAuthenticator(t, c)
	id := accepted(t, a, f.token(
		with("realm_access", map[string]any{"roles": []string{"offline_access", "viewer"}}),
		with("resource_access", map[string]any{"a/b~1": map[string]any{"roles": []string{"ingests:cancel"}}}),
		with("tenant", "acme"), with("preferred_username", "ann"), with("azp", "cms"),
	))
	want := Identity{
		Subject: `1001 "ann" (` + f.URL + ")", Key: f.URL + " sub 1001", Tenants: []string{"acme"},
		Permissions: append(vod.Viewer.Permissions(), vod.CancelIngests),
	}
	if diff := cmp.Diff(want, id); diff != "" {
		t.Error(diff)
	}
	id = accepted(t, a, f.token(with("tenant", "acme"), with("realm_access", map[string]any{})))
	if len(id.Permissions) != 0 {
		t.Errorf("permissions out of nothing: %v", id.Permissions)
	}
	for _, value := range []any{"roles", []any{"roles"}, nil, 1} {
		refused(t, a, f.token(with("tenant", "acme"), with("realm_access", value)), vod.Unauthenticated, "/realm_access/roles")
	}
}

// TestNames of holders in the audit log: nobody can pass for another.
func TestNames(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	a := newAuthenticator(t, f.config())
	for want, change := range map[string][]func(map[string]any){
		`auth0|5f7 "ann@example.com"`: {with("sub", "auth0|5f7"), with("email", "ann@example.com")},
		`1001 "ann"`:                  {with("email", "ann@example.com"), with("preferred_username", "ann")},
		`cms`:                         {without("sub"), with("client_id", "cms")},
		`cms@clients "cms"`:           {with("sub", "cms@clients"), with("azp", "cms")},
		`1001 "root (x)\n2\" \u202e"`: {with("preferred_username", "root (x)\n2\" \u202e")},
		`1001`:                        {with("preferred_username", strings.Repeat("x", 129)), with("email", 7)},
		`1001 "` + strings.Repeat("x", 128) + `"`: {with("preferred_username", strings.Repeat("x", 128))},
	} {
		if id := accepted(t, a, f.token(change...)); id.Subject != want+" ("+f.URL+")" {
			t.Errorf("got %s, want %s", id.Subject, want)
		}
	}
	subject := accepted(t, a, f.token(with("sub", "cms"))).Key
	client := accepted(t, a, f.token(without("sub"), with("client_id", "cms"))).Key
	if subject == client {
		t.Errorf("a subject and a client share the key %q", subject)
	}
}

func TestTwoIssuers(t *testing.T) {
	t.Parallel()
	f, g := newForger(t), newForger(t)
	c := f.config()
	c.Issuers = append(c.Issuers, Issuer{URL: g.URL, Audiences: []string{"only-g"}})
	a := newAuthenticator(t, c)
	g.publish(jwk("rsa", otherRSAKey()))
	one := accepted(t, a, f.token())
	two := accepted(t, a, sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), g.claims(with("aud", "only-g"))))
	if one.Key == two.Key || one.Subject == two.Subject {
		t.Errorf("the same subject of two issuers is one: %+v", one)
	}
	// Neither keys nor audiences of one are those of the other.
	refused(t, a, sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), f.claims()), vod.Unauthenticated, "signature is wrong")
	refused(t, a, sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), g.claims()), vod.Unauthenticated, "not for this server")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := Issuer{URL: "https://login.example.com/", Audiences: []string{"o"}}
	for text, c := range map[string]Config{
		"an issuer or minted tokens":    {},
		"must begin with https://":      {Issuers: []Issuer{{URL: "http://login.example.com", Audiences: []string{"o"}}}},
		"must begin with https":         {Issuers: []Issuer{{URL: "file://localhost/x", Audiences: []string{"o"}}}},
		"is not an address":             {Issuers: []Issuer{{URL: "login.example.com", Audiences: []string{"o"}}}},
		"user information":              {Issuers: []Issuer{{URL: "https://a:b@login.example.com", Audiences: []string{"o"}}}},
		"a query":                       {Issuers: []Issuer{{URL: "https://login.example.com?x", Audiences: []string{"o"}}}},
		"fragment":                      {Issuers: []Issuer{{URL: "https://login.example.com#", Audiences: []string{"o"}}}},
		"has no audience":               {Issuers: []Issuer{{URL: good.URL}}},
		"has no audience: tokens":       {Issuers: []Issuer{{URL: good.URL, Audiences: []string{""}}}},
		"is named twice":                {Issuers: []Issuer{good, good}},
		`there is no role "root"`:       {Issuers: []Issuer{good}, RoleMap: map[string]vod.Role{"a": "root"}},
		`role "viewer" always stands`:   {Issuers: []Issuer{good}, RoleMap: map[string]vod.Role{"viewer": vod.Admin}},
		`tenant "a b" of "cms"`:         {Issuers: []Issuer{good}, TenantMap: map[string]string{"cms": "a b"}},
		"a clock skew of -1s":           {Issuers: []Issuer{good}, ClockSkew: -1e9},
		"a clock skew of 1h0m0s is not": {Issuers: []Issuer{good}, ClockSkew: 3600e9},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q", err, text)
		}
	}
	for _, address := range []string{"https://login.example.com/realms/a", "http://localhost:8080/realms/a", "http://127.0.0.2", "http://[::1]:1"} {
		if _, err := New(Config{Issuers: []Issuer{{URL: address, Audiences: []string{"o"}}}}); err != nil {
			t.Error(err)
		}
	}
}
