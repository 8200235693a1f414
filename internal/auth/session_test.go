package auth

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestGrantOfTokens: with the end of the token, and never out of memory.
func TestGrantOfTokens(t *testing.T) {
	t.Parallel()
	f, db := newForger(t), newTokenStore(t)
	c := f.config()
	c.Tokens = db
	a := newAuthenticator(t, c)
	grant, err := a.Grant(t.Context(), f.token())
	if err != nil || !grant.Expires.Equal(now().Add(time.Hour+c.ClockSkew)) || grant.TokenID != "" || grant.Key != f.URL+" sub 1001" {
		t.Errorf("%+v, %v", grant, err)
	}
	minted, text := db.mint(t, nightly())
	grant, err = a.Grant(t.Context(), text)
	if err != nil || !grant.Expires.Equal(minted.Expires) || grant.TokenID != minted.ID || grant.Subject != "token nightly import ("+minted.ID+")" {
		t.Errorf("%+v, %v", grant, err)
	}
	accepted(t, a, text) // And remembered.
	if err := a.TokenEnded(t.Context(), minted.ID); err != nil {
		t.Error(err)
	}
	if _, err := db.TokenRevoke(t.Context(), minted.ID, now(), vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Grant(t.Context(), text); vod.CodeOf(err) != vod.Unauthenticated {
		t.Errorf("a session can be made of a revoked token: %v", err)
	}
	if err := a.TokenEnded(t.Context(), minted.ID); vod.CodeOf(err) != vod.Unauthenticated {
		t.Errorf("the token has ended: %v", err)
	}
	if err := a.TokenEnded(t.Context(), "aaaabbbbcccc"); vod.CodeOf(err) != vod.Unauthenticated {
		t.Errorf("there is no such token: %v", err)
	}
}

// decoded are the claims as they come out of a token.
func decoded(claims jwt.MapClaims) (out map[string]any) {
	if err := json.Unmarshal(must(json.Marshal(claims)), &out); err != nil {
		panic(err)
	}
	return out
}

// TestOfIDToken: its claims grant what those of a bearer token do.
func TestOfIDToken(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	c.TenantMap = map[string]string{"ui": "of-ui", "other": "of-other"}
	a := newAuthenticator(t, c)
	got, err := a.OfIDToken(f.URL, "ui", decoded(f.claims()))
	if err != nil {
		t.Fatal(err)
	}
	want := accepted(t, a, f.token(with("azp", "ui")))
	if diff := cmp.Diff(Grant{Identity: want}, got); diff != "" {
		t.Error(diff)
	}
	for want, change := range map[string][]func(map[string]any){
		"of-ui": {without(defaultTenant)}, "of-other": {without(defaultTenant), with("azp", "other")},
	} {
		if got, err := a.OfIDToken(f.URL, "ui", decoded(f.claims(change...))); err != nil || got.Tenants[0] != want {
			t.Errorf("%v, %v, want %s", got.Tenants, err, want)
		}
	}
	for name, test := range map[string]struct {
		issuer string
		change func(map[string]any)
		code   vod.Code
	}{
		"of another issuer":  {"https://login.example.com", with("x", 1), vod.Unauthenticated},
		"without a subject":  {f.URL, without("sub"), vod.Unauthenticated},
		"with strange roles": {f.URL, with(defaultRoles, 7), vod.Unauthenticated},
		"of no tenant":       {f.URL, with(defaultTenant, []any{}), vod.Forbidden},
	} {
		if _, err := a.OfIDToken(test.issuer, "ui", decoded(f.claims(test.change))); vod.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRules change with whatever grants something, and with nothing else.
func TestRules(t *testing.T) {
	t.Parallel()
	base := func() Config {
		return Config{
			Issuers: []Issuer{{URL: "https://login.example.com", Audiences: []string{"o"}}},
			RoleMap: map[string]vod.Role{"a": vod.Viewer, "b": vod.Admin}, TenantMap: map[string]string{"x": "y"},
		}
	}
	rules := func(change func(*Config)) string {
		c := base()
		change(&c)
		return newAuthenticator(t, c).Rules()
	}
	same := rules(func(*Config) {})
	for name, change := range map[string]func(*Config){
		"nothing": func(*Config) {}, "a clock": func(c *Config) { c.Now = now }, "a default": func(c *Config) { c.RolesClaim = defaultRoles },
	} {
		if rules(change) != same {
			t.Errorf("%s makes other rules", name)
		}
	}
	for name, change := range map[string]func(*Config){
		"issuer": func(c *Config) { c.Issuers[0].URL += "/" }, "roles": func(c *Config) { c.RolesClaim = "r" },
		"permissions": func(c *Config) { c.PermissionsClaim = "r" }, "tenants": func(c *Config) { c.TenantClaim = "r" },
		"role map": func(c *Config) { c.RoleMap["a"] = vod.Operator }, "tenant map": func(c *Config) { c.TenantMap = nil },
	} {
		if rules(change) == same {
			t.Errorf("the %s makes no difference", name)
		}
	}
}
