package orchestrate_test

import (
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestAPersonSavesViewsForItself(t *testing.T) {
	t.Parallel()
	s := newService(t)
	ann, bob, elsewhere := as(tenant), as(tenant), as("other")
	bob.Subject = "bob"
	s.ok(s.ViewPut(t.Context(), ann, "  Failed  ", "status=FAILED"))
	for _, other := range []vod.Caller{bob, elsewhere} {
		list, err := s.ViewList(t.Context(), other)
		s.ok(err)
		s.equal("views of others", len(list), 0)
		s.refused(s.ViewDelete(t.Context(), other, "Failed"), vod.NotFound)
	}
	list, err := s.ViewList(t.Context(), ann)
	s.ok(err)
	s.equal("views", list, []vod.View{{Tenant: tenant, Subject: "ann", Name: "Failed", Query: "status=FAILED"}})
	s.ok(s.ViewDelete(t.Context(), ann, "Failed"))
}

func TestWhatIsNoViewIsRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for name, query := range map[string]string{
		" ": "", strings.Repeat("x", 81): "", "a\nb": "", "\xff": "", "long": strings.Repeat("x", 2001), "bad": "\x00",
	} {
		s.refused(s.ViewPut(t.Context(), as(tenant), name, query), vod.Invalid)
	}
	nobody := vod.Caller{Subject: "eve", Tenant: tenant}
	s.refused(s.ViewPut(t.Context(), nobody, "a", ""), vod.Forbidden)
	_, err := s.ViewList(t.Context(), nobody)
	s.refused(err, vod.Forbidden)
	s.refused(s.ViewDelete(t.Context(), nobody, "a"), vod.Forbidden)
}
