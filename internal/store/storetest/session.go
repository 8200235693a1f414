package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func sessionTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ComesBackAsItWasWritten":        sessionReturns,
		"AHashIsGivenOnce":               sessionTaken,
		"DeletedOnceAndForAll":           sessionDeleted,
		"ExpiredOnesGoWithTheNextOne":    sessionsExpire,
		"OfAnUnknownHashThereIsNone":     sessionUnknown,
		"WhatIsNoSessionIsNotWritten":    sessionRefused,
		"AuditedForEachTenant":           sessionAudited,
		"SubjectsAreTakenAsTheyAre":      sessionSubjects,
		"PermissionsMayBeUnknownLater":   sessionPermissions,
		"TimesAreKeptInMilliseconds":     sessionTimes,
		"EndsExactlyWhenItSaysItExpires": sessionBoundary,
	}
}

func sessionHash(digit string) string { return strings.Repeat(digit, 64) }

func session(digit string, change ...func(*vod.Session)) vod.Session {
	s := vod.Session{
		Hash: sessionHash(digit), Subject: `1001 "ann" (https://login.example.com)`, Key: "https://login.example.com sub 1001",
		Tenants: []string{"t1", "t2"}, Permissions: vod.Viewer.Permissions(), Rules: "r", Created: at(0), Expires: at(90_000),
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func (b bundle) begin(s vod.Session) vod.Session {
	b.t.Helper()
	b.ok(b.SessionCreate(b.ctx, s, vod.AuditEntry{}))
	return s
}

func (b bundle) session(digit string) vod.Session {
	b.t.Helper()
	s, err := b.SessionGet(b.ctx, sessionHash(digit))
	b.ok(err)
	return s
}

func (b bundle) noSession(digit string) {
	b.t.Helper()
	_, err := b.SessionGet(b.ctx, sessionHash(digit))
	b.fault(err, vod.NotFound)
}

func sessionReturns(_ *testing.T, b bundle) {
	want := b.begin(session("a"))
	minted := b.begin(session("b", func(s *vod.Session) {
		s.TokenID, s.Rules, s.Tenants, s.Permissions = "aaaabbbbcccc", "", []string{"t1"}, vod.Permissions()
	}))
	b.equal(b.session("a"), want)
	b.equal(b.session("b"), minted)
}

func sessionTaken(_ *testing.T, b bundle) {
	want := b.begin(session("a"))
	b.fault(b.SessionCreate(b.ctx, session("a", func(s *vod.Session) { s.Subject = "mallory" }), vod.AuditEntry{}), vod.Conflict)
	b.equal(b.session("a"), want)
}

func sessionDeleted(_ *testing.T, b bundle) {
	want, other := b.begin(session("a")), b.begin(session("b"))
	got, err := b.SessionDelete(b.ctx, want.Hash, vod.AuditEntry{})
	b.ok(err)
	b.equal(got, want)
	b.noSession("a")
	_, err = b.SessionDelete(b.ctx, want.Hash, vod.AuditEntry{})
	b.fault(err, vod.NotFound)
	b.equal(b.session("b"), other)
}

// sessionsExpire: they are not kept for ever, and are given until they are
// removed.
func sessionsExpire(_ *testing.T, b bundle) {
	old := b.begin(session("a", func(s *vod.Session) { s.Expires = at(50) }))
	stays := b.begin(session("b", func(s *vod.Session) { s.Expires = at(52) }))
	b.equal(b.session("a"), old)
	b.begin(session("c", func(s *vod.Session) { s.Created = at(51) }))
	b.noSession("a")
	b.equal(b.session("b"), stays)
}

func sessionBoundary(_ *testing.T, b bundle) {
	b.begin(session("a", func(s *vod.Session) { s.Expires = at(50) }))
	b.begin(session("b", func(s *vod.Session) { s.Created = at(49) }))
	b.session("a")
	b.begin(session("c", func(s *vod.Session) { s.Created = at(50) }))
	b.noSession("a")
}

func sessionUnknown(_ *testing.T, b bundle) {
	want := b.begin(session("a"))
	for _, hash := range []string{"", "a", sessionHash("A"), sessionHash("a") + " ", sessionHash("b"), "' OR '1'='1", "%"} {
		_, err := b.SessionGet(b.ctx, hash)
		b.fault(err, vod.NotFound)
		_, err = b.SessionDelete(b.ctx, hash, by(vod.SignedOut, "x"))
		b.fault(err, vod.NotFound)
	}
	b.equal(b.session("a"), want)
	b.equal(len(b.audited(store.AuditFilter{Tenant: "t1"})), 0)
}

func sessionRefused(t *testing.T, b bundle) {
	for name, wrong := range map[string]func(*vod.Session){
		"a short hash":          func(s *vod.Session) { s.Hash = "0af9" },
		"no subject":            func(s *vod.Session) { s.Subject = "" },
		"no key":                func(s *vod.Session) { s.Key = "" },
		"no tenants":            func(s *vod.Session) { s.Tenants = nil },
		"an empty list":         func(s *vod.Session) { s.Tenants = []string{} },
		"no permissions":        func(s *vod.Session) { s.Permissions = nil },
		"an end before it":      func(s *vod.Session) { s.Expires = at(-1) },
		"an end where it began": func(s *vod.Session) { s.Expires = s.Created },
	} {
		if err := b.SessionCreate(b.ctx, session("a", wrong), by(vod.SignedIn, "x")); err == nil {
			t.Errorf("a session with %s was written", name)
		}
	}
	b.noSession("a")
	b.equal(len(b.audited(store.AuditFilter{Tenant: "t1"})), 0)
}

// sessionAudited: for each tenant of a session, and for no other.
func sessionAudited(t *testing.T, b bundle) {
	s := session("a")
	in, out := by(vod.SignedIn, s.Subject), by(vod.SignedOut, s.Subject)
	b.ok(b.SessionCreate(b.ctx, s, in))
	_, err := b.SessionDelete(b.ctx, s.Hash, out)
	b.ok(err)
	for _, tenant := range s.Tenants {
		in.Tenant, out.Tenant = tenant, tenant
		if diff := cmp.Diff([]vod.AuditEntry{out, in}, b.audited(store.AuditFilter{Tenant: tenant})); diff != "" {
			t.Errorf("%s: %s", tenant, diff)
		}
	}
	b.equal(len(b.audited(store.AuditFilter{Tenant: "t3"})), 0)
}

func sessionSubjects(_ *testing.T, b bundle) {
	want := b.begin(session("a", func(s *vod.Session) { s.Subject, s.Key = "größe 'x\"; DROP TABLE sessions; -- \u202e", "'" }))
	b.equal(b.session("a"), want)
}

// sessionPermissions: what is granted is not the store's business.
func sessionPermissions(_ *testing.T, b bundle) {
	want := b.begin(session("a", func(s *vod.Session) { s.Permissions = []vod.Permission{"of:another:release"} }))
	b.equal(b.session("a"), want)
}

func sessionTimes(_ *testing.T, b bundle) {
	b.begin(session("a", func(s *vod.Session) {
		s.Created, s.Expires = at(5).Add(999*time.Microsecond), at(9).Add(time.Microsecond)
	}))
	b.equal(b.session("a"), session("a", func(s *vod.Session) { s.Created, s.Expires = at(5), at(9) }))
}
