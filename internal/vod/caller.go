package vod

import (
	"fmt"
	"slices"
	"strings"
)

// Caller is who asks for something: the use cases check it, and the audit log
// names it.
type Caller struct {
	Subject string   // such as "editor@example.com (https://login.example.com)"; never empty
	From    string   // network address that the request came from; may be empty
	Tenant  string   // for which the caller acts; empty while it has not chosen among Tenants
	Tenants []string // those that the token is for; empty without sign-in
	// AllTenants tells that there is no sign-in and the request chose no tenant:
	// bare ids are looked up in all of them.
	AllTenants  bool
	Permissions []Permission
}

// Require is a Forbidden fault that names the permission, unless the caller
// has it, and an Invalid one while it has not chosen among its tenants.
func (c Caller) Require(p Permission) error {
	if err := c.RequireAnywhere(p); err != nil {
		return err
	}
	if c.Tenant == "" {
		return Faultf(Invalid, "The token is for several tenants (%s); choose one with the header X-Vimond-Tenant.", strings.Join(c.Tenants, ", "))
	}
	return nil
}

// RequireAnywhere is Require for what acts in whichever of the caller's
// tenants has it.
func (c Caller) RequireAnywhere(p Permission) error {
	if slices.Contains(c.Permissions, p) {
		return nil
	}
	return Faultf(Forbidden, "This needs the permission %s, which %s.", p, holders(p))
}

// LooksIn tells whether the caller's bare ids are looked up in the tenant.
func (c Caller) LooksIn(tenant string) bool {
	if c.Tenant == "" {
		return slices.Contains(c.Tenants, tenant)
	}
	return c.AllTenants || tenant == c.Tenant
}

func holders(p Permission) string {
	var roles []string
	for _, r := range Roles() {
		if slices.Contains(r.Permissions(), p) {
			roles = append(roles, string(r))
		}
	}
	if len(roles) == 1 {
		return "the role " + roles[0] + " has"
	}
	return fmt.Sprintf("the roles %s and %s have", strings.Join(roles[:len(roles)-1], ", "), roles[len(roles)-1])
}
