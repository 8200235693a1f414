package storetest

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func earlierTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"IsTheNewestCompleted": func(_ *testing.T, b bundle) {
			b.create(ingest(startingAt(1), being(vod.Completed)))
			newest := b.create(ingest(startingAt(3), being(vod.Completed)))
			b.create(ingest(startingAt(2), being(vod.Completed)))
			for i, status := range vod.IngestStatuses() {
				if status != vod.Completed {
					b.create(ingest(startingAt(4+i), being(status)))
				}
			}
			b.earlier(ingest(startingAt(20)), newest.ID)
		},
		"ComesWithItsTasks": func(_ *testing.T, b bundle) {
			in := b.publish(0, "h")
			b.setStatus(in.ID, vod.Completed)
			run, err := b.IngestEarlier(b.ctx, ingest())
			b.ok(err)
			b.equal(*run, b.get(in))
			b.equal(len(run.Tasks), 1)
		},
		"IsNotItself": func(_ *testing.T, b bundle) {
			older := b.create(ingest(startingAt(1), being(vod.Completed)))
			in := b.create(ingest(startingAt(2), being(vod.Completed)))
			b.earlier(in, older.ID)
		},
		"IsOfTheSameTenantAssetProfileAndVersion": func(_ *testing.T, b bundle) {
			for _, change := range []func(*vod.Ingest){
				func(in *vod.Ingest) { in.Tenant = "t2" },
				func(in *vod.Ingest) { in.AssetID = "other" },
			} {
				b.create(ingest(being(vod.Completed), change))
			}
			b.earlier(ingest(), "")
			b.create(ingest(being(vod.Completed), func(in *vod.Ingest) { in.ProfileVersion = 2 }))
			b.earlier(ingest(), "")
		},
		"IsNotImported": func(_ *testing.T, b bundle) {
			b.imported(vod.Run{Ingest: ingest(startingAt(1), being(vod.Completed))}, true)
			b.earlier(ingest(), "")
			in := b.create(ingest(being(vod.Completed)))
			b.earlier(ingest(), in.ID) // Though the import is newer.
		},
		"WithoutCatalogueTheNewestOfAnyProfileCounts": func(_ *testing.T, b bundle) {
			b.create(ingest(startingAt(1), being(vod.Completed)))
			b.create(ingest(startingAt(2), being(vod.Completed), func(in *vod.Ingest) { in.ProfileName = "other" }))
			b.earlier(ingest(), "")
			last := b.create(ingest(startingAt(3), being(vod.Completed)))
			b.earlier(ingest(), last.ID)
		},
		"WithCatalogueTheServedOneCounts": func(_ *testing.T, b bundle) {
			old, current := b.publish(1, "old"), b.publish(2, "new")
			b.setStatus(old.ID, vod.Completed)
			b.setStatus(current.ID, vod.Completed)
			b.earlier(ingest(), current.ID)
			_, err := b.CatalogSelect(b.ctx, "t1", old.AssetID, old.ID, vod.AuditEntry{})
			b.ok(err)
			b.earlier(ingest(), "") // The newest one is not what plays.
			_, err = b.CatalogSelect(b.ctx, "t1", old.AssetID, current.ID, vod.AuditEntry{})
			b.ok(err)
			b.create(ingest(startingAt(3), being(vod.Completed), func(in *vod.Ingest) { in.ProfileName = "other" }))
			b.earlier(ingest(), current.ID) // What does not publish changes nothing that plays.
		},
	}
}

// earlier ends the test unless the earlier run than in is the one with the id;
// empty: none.
func (b bundle) earlier(in vod.Ingest, id string) {
	b.t.Helper()
	run, err := b.IngestEarlier(b.ctx, in)
	b.ok(err)
	got := ""
	if run != nil {
		got = run.Ingest.ID
	}
	b.equal(got, id)
}
