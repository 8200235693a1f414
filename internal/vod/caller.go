package vod

import (
	"fmt"
	"slices"
	"strings"
)

// Caller is who asks for something: the use cases check it, and the audit log
// names it.
type Caller struct {
	Subject string // such as "editor@example.com (https://login.example.com)"; never empty
	From    string // network address that the request came from; may be empty
	Tenant  string // for which the caller acts
	// Tenants are those in which a bare id is looked up where the request chose
	// no tenant; empty: Tenant alone.
	Tenants []string
	// AllTenants stands for Tenants where there is no sign-in.
	AllTenants  bool
	Permissions []Permission
}

// Require is a Forbidden fault that names the permission, unless the caller
// has it.
func (c Caller) Require(p Permission) error {
	if slices.Contains(c.Permissions, p) {
		return nil
	}
	return Faultf(Forbidden, "This needs the permission %s, which %s.", p, holders(p))
}

// LooksIn tells whether the caller's bare ids are looked up in the tenant.
func (c Caller) LooksIn(tenant string) bool {
	return c.AllTenants || tenant == c.Tenant || slices.Contains(c.Tenants, tenant)
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
