package vod

import (
	"slices"
	"testing"
)

func TestLooksIn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		caller Caller
		want   []string
	}{
		"one tenant":         {Caller{Tenant: "a", Tenants: []string{"a"}}, []string{"a"}},
		"one of two chosen":  {Caller{Tenant: "a", Tenants: []string{"a", "b"}}, []string{"a"}},
		"none of two chosen": {Caller{Tenants: []string{"a", "b"}}, []string{"a", "b"}},
		"no sign-in":         {Caller{Tenant: "default", AllTenants: true}, []string{"", "a", "b", "c"}},
		"no sign-in, chosen": {Caller{Tenant: "c"}, []string{"c"}},
		"nobody":             {Caller{}, nil},
	} {
		var got []string
		for _, tenant := range []string{"", "a", "b", "c"} {
			if tc.caller.LooksIn(tenant) {
				got = append(got, tenant)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s looks in %q, want %q", name, got, tc.want)
		}
	}
}

// TestRequire holds the words of a deny.
func TestRequire(t *testing.T) {
	t.Parallel()
	viewer := Caller{Tenant: "a", Permissions: Viewer.Permissions()}
	for permission, want := range map[Permission]string{
		ReadIngests:   "",
		CancelIngests: "This needs the permission ingests:cancel, which the roles operator and admin have.",
		ReadAudit:     "This needs the permission audit:read, which the role admin has.",
	} {
		err := viewer.Require(permission)
		if got := errorText(err); got != want {
			t.Errorf("%s: %q, want %q", permission, got, want)
		}
		if err != nil && CodeOf(err) != Forbidden {
			t.Errorf("%s: %s", permission, CodeOf(err))
		}
	}
	undecided := Caller{Tenants: []string{"a", "b"}, Permissions: Viewer.Permissions()}
	if err := undecided.Require(ReadIngests); CodeOf(err) != Invalid {
		t.Errorf("without a tenant: %v", err)
	}
	if err := undecided.RequireAnywhere(ReadIngests); err != nil {
		t.Error(err)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRoles(t *testing.T) {
	t.Parallel()
	var before []Permission
	for _, role := range Roles() {
		all := role.Permissions()
		for _, p := range before {
			if !slices.Contains(all, p) {
				t.Errorf("%s lacks %s", role, p)
			}
		}
		before = all
	}
	if Role("root").Permissions() != nil {
		t.Error("a role that there is not has permissions")
	}
}
