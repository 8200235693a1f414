package storetest

import (
	"slices"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// importTenants: what one tenant has makes no difference to another's import,
// not even under the same ids.
func importTenants(t *testing.T, b bundle) {
	own := b.create(ingest(func(in *vod.Ingest) { in.ID = item().Ingest.ID })) // Runs in t1.
	before := b.get(own)
	first, second := detail(), detail()
	second.Ingest.Tenant, second.Ingest.AssetID = "other", "another asset"
	b.imported(first, true)
	b.imported(second, true)
	b.imported(second, false)
	b.equal(b.get(first.Ingest), first)
	b.equal(b.get(second.Ingest), second)
	b.equal(b.get(own), before)

	tenants, err := b.IngestTenants(b.ctx, own.ID)
	b.ok(err)
	b.equal(slices.Sorted(slices.Values(tenants)), []string{"other", "t1", "vimond"})
	tenants, err = b.IngestTenants(b.ctx, own.ID[:4])
	b.ok(err)
	b.equal(len(tenants), 0)

	for tenant, asset := range map[string]string{"t1": own.AssetID, "vimond": "867228", "other": "another asset"} {
		page, _, err := b.IngestList(b.ctx, store.IngestFilter{Tenant: tenant, IngestID: own.ID, Limit: 5})
		b.ok(err)
		if len(page) != 1 || page[0].ID != own.ID || page[0].Tenant != tenant || page[0].AssetID != asset {
			t.Errorf("%s lists %+v", tenant, page)
		}
	}
	b.ok(b.IngestChange(b.ctx, own.ID, func(run *vod.Run) error { become(&run.Ingest, vod.Failed); return nil }))
	b.ok(b.IngestDelete(b.ctx, "vimond", own.ID, by(vod.DeletedIngest, own.ID)))
	b.fault(b.IngestDelete(b.ctx, "vimond", own.ID, vod.AuditEntry{}), vod.NotFound)
	b.equal(b.get(second.Ingest), second)
	b.equal(b.get(own).Ingest.Status, vod.Failed)
	_, err = b.AssetDelete(b.ctx, "other", "another asset", vod.AuditEntry{Time: at(0), Tenant: "other", Subject: "ann", Action: vod.DeletedIngest})
	b.ok(err)
	b.equal(b.audited(store.AuditFilter{Tenant: "other"})[0].Target, own.ID)
}

// importOrder: the ids of imports have their place among those of ours, where a
// list has several of one start, and where it is continued.
func importOrder(_ *testing.T, b bundle) {
	want := []string{"c", "b-1", "b", "a-1", "a!", "a"}
	for _, id := range []string{"a", "b-1", "a!"} {
		b.create(ingest(func(in *vod.Ingest) { in.ID, in.Tenant = id, "vimond" }))
	}
	for _, id := range []string{"b", "a-1", "c"} {
		run := item()
		run.Ingest.ID = id
		b.imported(run, true)
	}
	for limit := 1; limit <= len(want); limit++ {
		var got []string
		f := store.IngestFilter{Tenant: "vimond", Limit: limit}
		for more := true; more; {
			page, rest, err := b.IngestList(b.ctx, f)
			b.ok(err)
			for _, in := range page {
				got = append(got, in.ID)
				f.After = &store.Position{Start: in.Start, ID: in.ID}
			}
			more = rest
		}
		b.equal(got, want)
	}
}

func importControlCharacters(_ *testing.T, b bundle) {
	for _, change := range []func(*vod.Run){
		func(run *vod.Run) { run.Ingest.ID = "a\x1fvimond" },
		func(run *vod.Run) { run.Tasks[0].ID = "a\x1fvimond" },
	} {
		run := detail()
		change(&run)
		_, err := b.IngestImport(b.ctx, run)
		b.fault(err, vod.Invalid)
	}
	b.imported(item(), true)
	_, err := b.IngestGet(b.ctx, "vimond", "imported\x1fvimond")
	b.fault(err, vod.NotFound)
	b.fault(b.IngestDelete(b.ctx, "vimond", "imported\x1fvimond", vod.AuditEntry{}), vod.NotFound)
	tenants, err := b.IngestTenants(b.ctx, "imported\x1fvimond")
	b.ok(err)
	b.equal(len(tenants), 0)
}
