package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func viewTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ListGivesThemByName":       viewsListed,
		"TheSameNameIsReplaced":     viewReplaced,
		"EachPersonHasItsOwn":       viewsOfOthers,
		"DeletedOnce":               viewDeleted,
		"NoMoreThanSoMany":          viewsTooMany,
		"WhatIsNoViewIsNotWritten":  viewRefused,
		"NamesAreTakenAsTheyAre":    viewNames,
		"ARefusedOneChangesNothing": viewKept,
	}
}

func view(name string, change ...func(*vod.View)) vod.View {
	v := vod.View{Tenant: "t1", Subject: "ann (https://login.example.com)", Name: name, Query: "status=FAILED"}
	for _, c := range change {
		c(&v)
	}
	return v
}

func (b bundle) save(v vod.View) vod.View {
	b.t.Helper()
	b.ok(b.ViewPut(b.ctx, v))
	return v
}

func (b bundle) views(of vod.View) []vod.View {
	b.t.Helper()
	list, err := b.ViewList(b.ctx, of.Tenant, of.Subject)
	b.ok(err)
	return list
}

func viewsListed(_ *testing.T, b bundle) {
	b.equal(len(b.views(view(""))), 0)
	second, first, third := b.save(view("b")), b.save(view("B")), b.save(view("ä", func(v *vod.View) { v.Query = "" }))
	b.equal(b.views(first), []vod.View{first, second, third})
}

func viewReplaced(_ *testing.T, b bundle) {
	b.save(view("a"))
	now := b.save(view("a", func(v *vod.View) { v.Query = "status=RUNNING" }))
	b.equal(b.views(now), []vod.View{now})
}

func viewsOfOthers(_ *testing.T, b bundle) {
	mine := b.save(view("a"))
	hers := b.save(view("a", func(v *vod.View) { v.Subject = "eve" }))
	there := b.save(view("a", func(v *vod.View) { v.Tenant = "t2" }))
	b.ok(b.ViewDelete(b.ctx, hers.Tenant, hers.Subject, "a"))
	b.equal(len(b.views(hers)), 0)
	b.equal(b.views(mine), []vod.View{mine})
	b.equal(b.views(there), []vod.View{there})
}

func viewDeleted(_ *testing.T, b bundle) {
	gone, stays := b.save(view("a")), b.save(view("b"))
	b.ok(b.ViewDelete(b.ctx, gone.Tenant, gone.Subject, "a"))
	b.fault(b.ViewDelete(b.ctx, gone.Tenant, gone.Subject, "a"), vod.NotFound)
	b.equal(b.views(gone), []vod.View{stays})
}

func viewsTooMany(_ *testing.T, b bundle) {
	for n := range store.MaxViews {
		b.save(view(fmt.Sprint(n)))
	}
	b.fault(b.ViewPut(b.ctx, view("one more")), vod.Conflict)
	b.save(view("0", func(v *vod.View) { v.Query = "text=x" }))
	b.save(view("one more", func(v *vod.View) { v.Subject = "eve" }))
	b.equal(len(b.views(view(""))), store.MaxViews)
}

func viewRefused(t *testing.T, b bundle) {
	for name, wrong := range map[string]func(*vod.View){
		"no name":      func(v *vod.View) { v.Name = "" },
		"a long name":  func(v *vod.View) { v.Name = strings.Repeat("ä", 81) },
		"a long query": func(v *vod.View) { v.Query = strings.Repeat("x", 2001) },
		"no tenant":    func(v *vod.View) { v.Tenant = "" },
		"no subject":   func(v *vod.View) { v.Subject = "" },
	} {
		if err := b.ViewPut(b.ctx, view("a", wrong)); err == nil {
			t.Errorf("a view with %s was written", name)
		}
	}
	b.save(view(strings.Repeat("ä", 80), func(v *vod.View) { v.Query = strings.Repeat("x", 2000) }))
}

func viewNames(_ *testing.T, b bundle) {
	want := b.save(view("größe 'x\"; DROP TABLE views; -- \u202e%"))
	b.equal(b.views(want), []vod.View{want})
	b.fault(b.ViewDelete(b.ctx, want.Tenant, want.Subject, "%"), vod.NotFound)
}

func viewKept(t *testing.T, b bundle) {
	want := b.save(view("a"))
	if err := b.ViewPut(b.ctx, view("a", func(v *vod.View) { v.Query = strings.Repeat("x", 2001) })); err == nil {
		t.Error("a view that is too long was written")
	}
	b.equal(b.views(want), []vod.View{want})
}
