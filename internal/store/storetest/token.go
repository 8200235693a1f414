package storetest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func tokenTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ComesBackAsItWasWritten":      tokenReturns,
		"AnIDIsGivenOnce":              tokenTaken,
		"ListGivesTheNewestFirst":      tokensListed,
		"RevokedOnceAndForAll":         tokenRevoked,
		"RevokedAtOnce":                tokenRevokedAtOnce,
		"ExistEvenWhenAllHaveEnded":    tokensExist,
		"OfAnUnknownIDThereIsNone":     tokenUnknown,
		"WhatIsNoTokenIsNotWritten":    tokenRefused,
		"NamesAndIDsAreTakenAsTheyAre": tokenNames,
	}
}

func token(id string, change ...func(*vod.Token)) vod.Token {
	t := vod.Token{
		ID: id, Hash: strings.Repeat("0af9", 16), Name: "nightly import", Tenants: []string{"t1", "t2"},
		Role: vod.Operator, Created: at(0), Expires: at(90_000),
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

func (b bundle) mint(t vod.Token) vod.Token {
	b.t.Helper()
	b.ok(b.TokenCreate(b.ctx, t, vod.AuditEntry{}))
	return t
}

func (b bundle) token(id string) vod.Token {
	b.t.Helper()
	t, err := b.TokenGet(b.ctx, id)
	b.ok(err)
	return t
}

func tokenReturns(_ *testing.T, b bundle) {
	want := b.mint(token("aaaabbbbcccc"))
	b.equal(b.token("aaaabbbbcccc"), want)
	// Neither name nor end, and times finer than what is kept.
	forever := token("ddddeeeeffff", func(t *vod.Token) {
		t.Name, t.Role, t.Tenants = "", vod.Admin, []string{"t1"}
		t.Created, t.Expires = at(5).Add(999*time.Microsecond), time.Time{}
	})
	b.mint(forever)
	forever.Created = at(5)
	b.equal(b.token("ddddeeeeffff"), forever)
}

func tokenTaken(_ *testing.T, b bundle) {
	want := b.mint(token("aaaabbbbcccc"))
	b.fault(b.TokenCreate(b.ctx, token("aaaabbbbcccc", func(t *vod.Token) { t.Role = vod.Admin }), vod.AuditEntry{}), vod.Conflict)
	b.equal(b.token("aaaabbbbcccc"), want)
}

func tokensListed(_ *testing.T, b bundle) {
	list, err := b.TokenList(b.ctx)
	b.ok(err)
	b.equal(len(list), 0)
	created := func(ms int) func(*vod.Token) { return func(t *vod.Token) { t.Created = at(ms) } }
	old := b.mint(token("b", created(1)))
	tieA := b.mint(token("a", created(2)))
	tieZ := b.mint(token("z", created(2)))
	newest := b.mint(token("0", created(3)))
	_, err = b.TokenRevoke(b.ctx, "b", at(7), vod.AuditEntry{}) // Revoked ones stay in the list.
	b.ok(err)
	old.Revoked = at(7)
	list, err = b.TokenList(b.ctx)
	b.ok(err)
	b.equal(list, []vod.Token{newest, tieZ, tieA, old})
}

func tokenRevoked(_ *testing.T, b bundle) {
	want := b.mint(token("a"))
	other := b.mint(token("b"))
	want.Revoked = at(50)
	got, err := b.TokenRevoke(b.ctx, "a", at(50).Add(time.Microsecond), vod.AuditEntry{})
	b.ok(err)
	b.equal(got, want)
	got, err = b.TokenRevoke(b.ctx, "a", at(60), vod.AuditEntry{}) // The first time counts.
	b.ok(err)
	b.equal(got, want)
	b.equal(b.token("a"), want)
	b.equal(b.token("b"), other)
}

func tokenRevokedAtOnce(t *testing.T, b bundle) {
	b.mint(token("a"))
	got := make([]vod.Token, 20)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() {
			var err error
			if got[i], err = b.TokenRevoke(b.ctx, "a", at(i), vod.AuditEntry{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, g := range got {
		b.equal(g, b.token("a"))
	}
}

func tokensExist(_ *testing.T, b bundle) {
	exist := func() bool {
		b.t.Helper()
		yes, err := b.TokensExist(b.ctx)
		b.ok(err)
		return yes
	}
	b.equal(exist(), false)
	b.mint(token("a", func(t *vod.Token) { t.Expires = at(1) }))
	b.equal(exist(), true)
	_, err := b.TokenRevoke(b.ctx, "a", at(2), vod.AuditEntry{})
	b.ok(err)
	b.equal(exist(), true)
}

func tokenUnknown(_ *testing.T, b bundle) {
	b.mint(token("a"))
	for _, id := range []string{"", "A", "a ", "b", "a' OR '1'='1", "%"} {
		_, err := b.TokenGet(b.ctx, id)
		b.fault(err, vod.NotFound)
		_, err = b.TokenRevoke(b.ctx, id, at(0), vod.AuditEntry{})
		b.fault(err, vod.NotFound)
	}
	b.equal(b.token("a"), token("a"))
}

func tokenRefused(t *testing.T, b bundle) {
	for name, wrong := range map[string]func(*vod.Token){
		"no id":         func(t *vod.Token) { t.ID = "" },
		"a short hash":  func(t *vod.Token) { t.Hash = "0af9" },
		"no tenants":    func(t *vod.Token) { t.Tenants = nil },
		"an empty list": func(t *vod.Token) { t.Tenants = []string{} },
		"no role":       func(t *vod.Token) { t.Role = "" },
		"another role":  func(t *vod.Token) { t.Role = "root" },
	} {
		if err := b.TokenCreate(b.ctx, token("a", wrong), vod.AuditEntry{}); err == nil {
			t.Errorf("a token with %s was written", name)
		}
	}
	exist, err := b.TokensExist(b.ctx)
	b.ok(err)
	b.equal(exist, false)
}

func tokenNames(_ *testing.T, b bundle) {
	want := b.mint(token("a", func(t *vod.Token) { t.Name = "größe 'x\"; DROP TABLE tokens; -- \u202e" }))
	b.equal(b.token("a"), want)
}
