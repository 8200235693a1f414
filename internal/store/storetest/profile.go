package storetest

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func profileTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"AnEqualDocumentIsNoNewVersion": equalDocument,
		"VersionsGrow":                  versionsGrow,
		"VersionsGrowAtOnce":            versionsGrowAtOnce,
		"ListGivesTheNewestByName":      newestByName,
		"OfAnotherTenantOrUnknown":      profileUnknown,
		"DocumentsComeBackByteForByte": func(_ *testing.T, b bundle) {
			want := b.put("p", 5, untidy, true)
			got, err := b.ProfileGet(b.ctx, "t1", "p", 5)
			b.ok(err)
			b.equal(got, want)
			b.equal(string(got.Document), untidy)
		},
	}
}

func (b bundle) put(name string, versionID int64, document string, created bool) vod.ProfileVersion {
	b.t.Helper()
	p := vod.ProfileVersion{Tenant: "t1", Name: name, VersionID: versionID, Document: json.RawMessage(document)}
	stored, isNew, err := b.ProfilePut(b.ctx, p, vod.AuditEntry{})
	b.ok(err)
	b.equal(isNew, created)
	return stored
}

func equalDocument(_ *testing.T, b bundle) {
	one := b.put("p", 10, `{"a":1}`, true)
	b.equal(b.put("p", 20, `{"a":1}`, false), one)
	two := b.put("p", 20, `{"a":2}`, true)
	b.equal(two.VersionID, int64(20))
	// An older document is new again: only the newest one counts.
	three := b.put("p", 30, `{"a":1}`, true)
	list, err := b.ProfileVersions(b.ctx, "t1", "p")
	b.ok(err)
	b.equal(list, []vod.ProfileVersion{three, two, one})
}

func versionsGrow(_ *testing.T, b bundle) {
	const now = int64(1_762_156_232_899)
	b.equal(b.put("p", now, `1`, true).VersionID, now)
	b.equal(b.put("p", now, `2`, true).VersionID, now+1)
	b.equal(b.put("p", now-5000, `3`, true).VersionID, now+2)
	b.equal(b.put("p", now+3, `4`, true).VersionID, now+3)
	b.equal(b.put("q", now-5000, `3`, true).VersionID, now-5000)
	newest, err := b.ProfileGet(b.ctx, "t1", "p", 0)
	b.ok(err)
	b.equal(newest, vod.ProfileVersion{Tenant: "t1", Name: "p", VersionID: now + 3, Document: json.RawMessage(`4`)})
	old, err := b.ProfileGet(b.ctx, "t1", "p", now+1)
	b.ok(err)
	b.equal(string(old.Document), `2`)
}

func versionsGrowAtOnce(t *testing.T, b bundle) {
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			document, _ := json.Marshal(i)
			_, created, err := b.ProfilePut(b.ctx, vod.ProfileVersion{Tenant: "t1", Name: "p", VersionID: 7, Document: document}, vod.AuditEntry{})
			if err != nil || !created {
				t.Errorf("put: created %v, %v", created, err)
			}
		})
	}
	group.Wait()
	list, err := b.ProfileVersions(b.ctx, "t1", "p")
	b.ok(err)
	b.equal(len(list), 20)
	for i, p := range list {
		b.equal(p.VersionID, int64(26-i))
	}
}

func newestByName(_ *testing.T, b bundle) {
	b.put("b", 1, `1`, true)
	beta := b.put("b", 2, `2`, true)
	alpha := b.put("a", 3, `1`, true)
	upper := b.put("Z", 1, `1`, true)
	_, _, err := b.ProfilePut(b.ctx, vod.ProfileVersion{Tenant: "t2", Name: "a", VersionID: 9, Document: json.RawMessage(`9`)}, vod.AuditEntry{})
	b.ok(err)
	list, err := b.ProfileList(b.ctx, "t1")
	b.ok(err)
	b.equal(list, []vod.ProfileVersion{upper, alpha, beta})
	list, err = b.ProfileList(b.ctx, "t3")
	b.ok(err)
	b.equal(len(list), 0)
}

func profileUnknown(_ *testing.T, b bundle) {
	b.put("p", 1, `1`, true)
	for _, c := range []struct {
		tenant, name string
		version      int64
	}{{"t2", "p", 0}, {"t1", "q", 0}, {"t1", "p", 2}, {"t2", "p", 1}} {
		_, err := b.ProfileGet(b.ctx, c.tenant, c.name, c.version)
		b.fault(err, vod.NotFound)
	}
	_, err := b.ProfileVersions(b.ctx, "t2", "p")
	b.fault(err, vod.NotFound)
}
