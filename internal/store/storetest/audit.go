package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func auditTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"WithTheChange": auditWithTheChange,
		"OnlyChanges":   auditOnlyChanges,
		"Filters":       auditFilters,
		"Pages":         auditPages,
		"Numbers":       auditNumbers,
		"Tokens":        auditTokens,
	}
}

// by is an entry of tenant t1.
func by(action vod.Action, target string) vod.AuditEntry {
	return vod.AuditEntry{Time: at(0), Tenant: "t1", Subject: "ann", From: "192.0.2.1", Action: action, Target: target}
}

// audited gives the entries that the filter selects, without their ids.
func (b bundle) audited(f store.AuditFilter) []vod.AuditEntry {
	b.t.Helper()
	if f.Tenant == "" {
		f.Tenant = "t1"
	}
	f.Limit = 500
	page, more, err := b.AuditList(b.ctx, f)
	b.ok(err)
	if more {
		b.t.Error("there are more than 500 entries")
	}
	for i := range page {
		page[i].ID = 0
	}
	return page
}

// auditWithTheChange: every change takes its entry along, and none if it fails.
func auditWithTheChange(t *testing.T, b bundle) {
	in := ingest(being(vod.Completed))
	create := by(vod.SubmittedIngest, in.ID)
	create.AssetID = in.AssetID
	_, err := b.IngestCreate(b.ctx, in, nil, create)
	b.ok(err)
	retry := by(vod.RetriedIngest, in.ID)
	b.ok(b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error { run.Audit = retry; return nil }))
	apply := by(vod.AppliedProfile, "p")
	_, _, err = b.ProfilePut(b.ctx, vod.ProfileVersion{Tenant: "t1", Name: "p", VersionID: 1, Document: []byte(`{}`)}, apply)
	b.ok(err)
	imported := by(vod.ImportedIngest, "i")
	run := vod.Run{Ingest: ingest(being(vod.Completed)), Audit: imported}
	_, err = b.IngestImport(b.ctx, run)
	b.ok(err)
	b.fault(b.IngestDelete(b.ctx, "t2", in.ID, by(vod.DeletedIngest, "not done")), vod.NotFound)
	remove := by(vod.DeletedIngest, in.ID)
	b.ok(b.IngestDelete(b.ctx, "t1", in.ID, remove))
	upload := by(vod.CreatedUpload, "u")
	b.ok(b.AuditPut(b.ctx, upload))

	want := []vod.AuditEntry{upload, remove, imported, apply, retry, create}
	if diff := cmp.Diff(want, b.audited(store.AuditFilter{})); diff != "" {
		t.Error(diff)
	}
}

// auditOnlyChanges: what changes nothing is not told, nor a zero entry.
func auditOnlyChanges(t *testing.T, b bundle) {
	in := ingest()
	_, err := b.IngestCreate(b.ctx, in, key(), vod.AuditEntry{})
	b.ok(err)
	_, err = b.IngestCreate(b.ctx, ingest(), key(), by(vod.SubmittedIngest, "repeated"))
	b.ok(err)
	p := vod.ProfileVersion{Tenant: "t1", Name: "p", VersionID: 1, Document: []byte(`{}`)}
	for _, entry := range []vod.AuditEntry{{}, by(vod.AppliedProfile, "again")} {
		_, _, err = b.ProfilePut(b.ctx, p, entry)
		b.ok(err)
	}
	run := vod.Run{Ingest: ingest(being(vod.Completed))}
	for range 2 {
		_, err = b.IngestImport(b.ctx, run)
		b.ok(err)
		run.Audit = by(vod.ImportedIngest, "again")
	}
	if got := b.audited(store.AuditFilter{}); len(got) > 0 {
		t.Errorf("told without a change: %v", got)
	}
}

func auditFilters(t *testing.T, b bundle) {
	entries := []vod.AuditEntry{
		by(vod.SubmittedIngest, "i1"),
		{Time: at(10), Tenant: "t1", Subject: "bob", Action: vod.CancelledIngest, Target: "i1", AssetID: "a1"},
		{Time: at(20), Tenant: "t2", Subject: "ann", Action: vod.CancelledIngest, Target: "i1", AssetID: "a1"},
		{Time: at(30), Tenant: "t1", Subject: "ann", Action: vod.CancelledIngest, Target: "i2", AssetID: "a2"},
	}
	for _, e := range entries {
		b.ok(b.AuditPut(b.ctx, e))
	}
	for name, test := range map[string]struct {
		filter store.AuditFilter
		want   []int
	}{
		"all of a tenant":    {store.AuditFilter{}, []int{3, 1, 0}},
		"of the other":       {store.AuditFilter{Tenant: "t2"}, []int{2}},
		"subject":            {store.AuditFilter{Subject: "ann"}, []int{3, 0}},
		"action":             {store.AuditFilter{Action: vod.CancelledIngest}, []int{3, 1}},
		"target":             {store.AuditFilter{Target: "i1"}, []int{1, 0}},
		"asset":              {store.AuditFilter{AssetID: "a1"}, []int{1}},
		"asset and subject":  {store.AuditFilter{AssetID: "a1", Subject: "ann"}, nil},
		"subject and action": {store.AuditFilter{Subject: "ann", Action: vod.CancelledIngest}, []int{3}},
		"target and subject": {store.AuditFilter{Target: "i1", Subject: "bob"}, []int{1}},
		"from, inclusive":    {store.AuditFilter{From: at(10)}, []int{3, 1}},
		"to, exclusive":      {store.AuditFilter{To: at(10)}, []int{0}},
		"between":            {store.AuditFilter{From: at(5), To: at(10).Add(time.Nanosecond)}, []int{1}},
	} {
		var want []vod.AuditEntry
		for _, i := range test.want {
			want = append(want, entries[i])
		}
		if diff := cmp.Diff(want, b.audited(test.filter)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func auditPages(t *testing.T, b bundle) {
	for i := range 5 {
		b.ok(b.AuditPut(b.ctx, by(vod.CreatedUpload, string(rune('a'+i)))))
	}
	var targets []string
	f := store.AuditFilter{Tenant: "t1", Limit: 2}
	for more := true; more; {
		page, rest, err := b.AuditList(b.ctx, f)
		b.ok(err)
		for _, e := range page {
			targets = append(targets, e.Target)
			f.After = e.ID
		}
		more = rest
	}
	if want := []string{"e", "d", "c", "b", "a"}; !slices.Equal(targets, want) {
		t.Errorf("the pages have %v, want %v", targets, want)
	}
}

// auditNumbers: the ids of a tenant's entries tell nothing of what others do,
// however entries come to be, and a page goes on after one that has expired.
func auditNumbers(t *testing.T, b bundle) {
	for _, tenant := range []string{"t1", "t2", "t2", "t1"} {
		e := by(vod.CreatedUpload, "u")
		e.Tenant = tenant
		b.ok(b.AuditPut(b.ctx, e))
	}
	for range 2 {
		_, err := b.IngestCreate(b.ctx, ingest(being(vod.Completed)), nil, vod.AuditEntry{})
		b.ok(err)
	}
	_, err := b.AssetDelete(b.ctx, "t1", ingest().AssetID, by(vod.DeletedIngest, ""))
	b.ok(err)
	last := by(vod.CreatedUpload, "last")
	last.Time = at(100)
	b.ok(b.AuditPut(b.ctx, last))
	numbers := func(tenant string, after int64) (ids []int64) {
		page, _, err := b.AuditList(b.ctx, store.AuditFilter{Tenant: tenant, Limit: 10, After: after})
		b.ok(err)
		for _, e := range page {
			ids = append(ids, e.ID)
		}
		return ids
	}
	if got := numbers("t1", 0); !slices.Equal(got, []int64{5, 4, 3, 2, 1}) {
		t.Errorf("t1 has %v", got)
	}
	if got := numbers("t2", 0); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("t2 has %v", got)
	}
	if got := numbers("t1", 3); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("after 3 come %v", got)
	}
	_, err = b.AuditExpire(b.ctx, "t1", at(100), 10)
	b.ok(err)
	if got := numbers("t1", 3); len(got) > 0 {
		t.Errorf("after an entry that has expired come %v", got)
	}
	if got := numbers("t1", 0); !slices.Equal(got, []int64{5}) {
		t.Errorf("%v is left, want the newest", got)
	}
}

// auditTokens: for each tenant of a token, and once.
func auditTokens(t *testing.T, b bundle) {
	token := vod.Token{
		ID: "aaaabbbbcccc", Hash: strings.Repeat("0", 64), Tenants: []string{"t1", "t2"}, Role: vod.Viewer, Created: at(0),
	}
	create, revoke := by(vod.CreatedToken, token.ID), by(vod.RevokedToken, token.ID)
	b.ok(b.TokenCreate(b.ctx, token, create))
	for range 2 { // The second one changes nothing.
		_, err := b.TokenRevoke(b.ctx, token.ID, at(1), revoke)
		b.ok(err)
	}
	for _, tenant := range token.Tenants {
		create.Tenant, revoke.Tenant = tenant, tenant
		if diff := cmp.Diff([]vod.AuditEntry{revoke, create}, b.audited(store.AuditFilter{Tenant: tenant})); diff != "" {
			t.Errorf("%s: %s", tenant, diff)
		}
	}
}
