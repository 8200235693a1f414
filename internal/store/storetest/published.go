package storetest

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func publishedTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"IsWhatPlays": func(_ *testing.T, b bundle) {
			in := ingest(startingAt(9))
			b.playedFrom(in, "")
			older, newer := b.published(1), b.published(2)
			b.create(ingest(startingAt(3), being(vod.Completed))) // Does not publish.
			b.playedFrom(in, newer.ID)
			_, err := b.CatalogSelect(b.ctx, "t1", older.AssetID, older.ID, vod.AuditEntry{})
			b.ok(err)
			b.playedFrom(in, older.ID)
		},
		"ComesWithItsTasks": func(_ *testing.T, b bundle) {
			in := b.published(1)
			run, err := b.IngestPublished(b.ctx, ingest())
			b.ok(err)
			b.equal(*run, b.get(in))
			b.equal(len(run.Tasks), 1)
		},
		"WhileItRuns": func(_ *testing.T, b bundle) {
			in := b.publish(1, "h")
			b.playedFrom(ingest(), in.ID)
		},
		"IsOfTheSameTenantAndAsset": func(_ *testing.T, b bundle) {
			b.published(1, other)
			b.published(1, func(in *vod.Ingest) { in.AssetID = "other" })
			b.playedFrom(ingest(), "")
		},
		"IsNotItself": func(_ *testing.T, b bundle) {
			in := b.publish(1, "h")
			b.playedFrom(in, "")
			again := b.publish(2, "h")
			b.playedFrom(again, in.ID)
			b.playedFrom(in, again.ID)
		},
		"Ahead": func(_ *testing.T, b bundle) {
			b.create(ingest(startingAt(1), being(vod.Completed)))
			b.create(ingest(startingAt(2), other, being(vod.Running)))
			b.create(ingest(startingAt(2), being(vod.Running), func(in *vod.Ingest) { in.AssetID = "other" }))
			in, later := ingest(startingAt(5), being(vod.Running)), ingest(startingAt(6), being(vod.Queued))
			b.create(in)
			b.create(later)
			b.ahead(in, "")
			b.ahead(later, in.ID)
			for i, status := range []vod.IngestStatus{vod.Queued, vod.Cancelling, vod.Running} {
				first := ingest(startingAt(3+i/2), being(status))
				b.create(first)
				b.ahead(in, first.ID)
			}
		},
		"IsNotGivenUp": func(_ *testing.T, b bundle) {
			older, newer := b.published(1), b.published(2)
			b.playedFrom(newer, older.ID)
			b.equal(b.expire("t1"), []string{older.ID})
			b.playedFrom(newer, "")
			b.playedFrom(ingest(startingAt(3)), newer.ID)
		},
	}
}

// ahead ends the test unless the ingest that has to end before in is the one with
// the id; empty: none.
func (b bundle) ahead(in vod.Ingest, id string) {
	b.t.Helper()
	got, err := b.IngestAhead(b.ctx, in)
	b.ok(err)
	b.equal(got, id)
}

// playedFrom ends the test unless the run that the asset of in is played from,
// without in itself, is the one with the id; empty: none.
func (b bundle) playedFrom(in vod.Ingest, id string) {
	b.t.Helper()
	run, err := b.IngestPublished(b.ctx, in)
	b.ok(err)
	got := ""
	if run != nil {
		got = run.Ingest.ID
	}
	b.equal(got, id)
}
