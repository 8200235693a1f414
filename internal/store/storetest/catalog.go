package storetest

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func catalogTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ANewerIngestReplaces": func(_ *testing.T, b bundle) {
			first := b.publish(1, "one")
			b.current(first.ID)
			second := b.publish(2, "two")
			b.current(second.ID)
			b.entries(second.ID, first.ID)
		},
		"AnOlderIngestDoesNot": func(_ *testing.T, b bundle) {
			newer, older := b.publish(2, "newer"), b.publish(1, "older")
			b.current(newer.ID)
			b.entries(newer.ID, older.ID)
		},
		"OfTheSameStartTheLargerIDIsLater": func(_ *testing.T, b bundle) {
			larger := b.publish(1, "l", func(in *vod.Ingest) { in.ID = "b" })
			b.publish(1, "s", func(in *vod.Ingest) { in.ID = "a" })
			b.current(larger.ID)
			b.entries("b", "a")
		},
		"AddressesAddUp":          addressesAddUp,
		"OnlyTheRunningAttempt":   onlyTheRunningAttempt,
		"SelectGoesBackAndForth":  selectBackAndForth,
		"SelectAnUnknownEntry":    selectUnknown,
		"TenantsAndAssetsAreOwn":  catalogsAreApart,
		"SelectGivesWayToNewer":   selectGivesWay,
		"NothingOfAnUnknownAsset": nothingOfUnknown,
	}
}

// publish makes a running ingest that starts at ms and publishes one address.
func (b bundle) publish(ms int, hls string, change ...func(*vod.Ingest)) vod.Ingest {
	b.t.Helper()
	in := b.running(ms, change...)
	b.ok(b.CatalogPublish(b.ctx, playback(in, hls), task(in.ID, 0).ID, 1))
	return in
}

// running makes an ingest with a task whose first attempt runs.
func (b bundle) running(ms int, change ...func(*vod.Ingest)) vod.Ingest {
	b.t.Helper()
	in := b.create(ingest(append(change, startingAt(ms), being(vod.Running))...))
	b.change(in.ID, func(run *vod.Run) {
		t := task(in.ID, 0)
		t.Status, t.Attempt, t.Order, t.Start = vod.TaskRunning, 1, 1, at(ms)
		run.Tasks = append(run.Tasks, t)
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: 1, Status: t.Status, Start: t.Start})
	})
	return in
}

func playback(in vod.Ingest, hls string) vod.Playback {
	return vod.Playback{Tenant: in.Tenant, AssetID: in.AssetID, IngestID: in.ID, HLS: hls}
}

// current ends the test unless the ingest is the one that plays; empty: none.
func (b bundle) current(ingestID string) {
	b.t.Helper()
	got, err := b.CatalogCurrent(b.ctx, "t1", ingest().AssetID)
	if ingestID == "" {
		b.fault(err, vod.NotFound)
		return
	}
	b.ok(err)
	b.equal(got.IngestID, ingestID)
}

func (b bundle) entries(ingestIDs ...string) {
	b.t.Helper()
	list, err := b.CatalogEntries(b.ctx, "t1", ingest().AssetID)
	b.ok(err)
	got := []string{}
	for _, e := range list {
		got = append(got, e.IngestID)
	}
	b.equal(got, append([]string{}, ingestIDs...))
}

func addressesAddUp(_ *testing.T, b bundle) {
	in := b.publish(1, "hls")
	want := playback(in, "hls")
	for _, add := range []vod.Playback{{DASH: "dash"}, {Poster: "poster 'é"}, {Thumbnails: "t"}, {HLS: "hls2"}, {}} {
		add.Tenant, add.AssetID, add.IngestID = in.Tenant, in.AssetID, in.ID
		b.ok(b.CatalogPublish(b.ctx, add, task(in.ID, 0).ID, 1))
	}
	want.HLS, want.DASH, want.Poster, want.Thumbnails = "hls2", "dash", "poster 'é", "t"
	got, err := b.CatalogCurrent(b.ctx, in.Tenant, in.AssetID)
	b.ok(err)
	b.equal(got, want)
	list, err := b.CatalogEntries(b.ctx, in.Tenant, in.AssetID)
	b.ok(err)
	b.equal(list, []vod.Playback{want})
}

// onlyTheRunningAttempt: what a zombie, or somebody else, publishes is stale.
func onlyTheRunningAttempt(t *testing.T, b bundle) {
	in := b.running(1)
	taskID, p := task(in.ID, 0).ID, playback(in, "h")
	stale := func(p vod.Playback, taskID string, attempt int) {
		t.Helper()
		if err := b.CatalogPublish(b.ctx, p, taskID, attempt); !errors.Is(err, store.ErrStale) {
			t.Fatalf("got %v, want ErrStale", err)
		}
		b.entries()
	}
	stale(p, taskID, 0)
	stale(p, taskID, 2)
	stale(p, "unknown", 1)
	otherTenant, otherAsset, otherIngest := p, p, p
	otherTenant.Tenant, otherAsset.AssetID, otherIngest.IngestID = "t2", "other", b.running(2).ID
	stale(otherTenant, taskID, 1)
	stale(otherAsset, taskID, 1)
	stale(otherIngest, taskID, 1)
	b.change(in.ID, func(run *vod.Run) { run.Tasks[0].Attempt = 2 })
	stale(p, taskID, 1)
	b.change(in.ID, func(run *vod.Run) { run.Tasks[0].Status = vod.TaskPending })
	stale(p, taskID, 2)
	b.change(in.ID, func(run *vod.Run) { run.Tasks[0].Status = vod.TaskRunning })
	b.ok(b.CatalogPublish(b.ctx, p, taskID, 2))
	b.current(in.ID)
}

func selectBackAndForth(_ *testing.T, b bundle) {
	older, newer := b.publish(1, "older"), b.publish(2, "newer")
	for _, in := range []vod.Ingest{older, older, newer, older} {
		got, err := b.CatalogSelect(b.ctx, in.Tenant, in.AssetID, in.ID, vod.AuditEntry{})
		b.ok(err)
		b.equal(got.IngestID, in.ID)
		b.current(in.ID)
		b.entries(newer.ID, older.ID)
	}
}

func selectUnknown(_ *testing.T, b bundle) {
	in := b.publish(1, "h")
	silent := b.running(2)
	for _, p := range []vod.Playback{
		{Tenant: in.Tenant, AssetID: in.AssetID, IngestID: uuid.NewString()},
		{Tenant: in.Tenant, AssetID: in.AssetID, IngestID: silent.ID},
		{Tenant: in.Tenant, AssetID: "other", IngestID: in.ID},
		{Tenant: "t2", AssetID: in.AssetID, IngestID: in.ID},
	} {
		_, err := b.CatalogSelect(b.ctx, p.Tenant, p.AssetID, p.IngestID, vod.AuditEntry{})
		b.fault(err, vod.NotFound)
		b.current(in.ID)
	}
}

func selectGivesWay(_ *testing.T, b bundle) {
	older, newer := b.publish(1, "older"), b.publish(2, "newer")
	_, err := b.CatalogSelect(b.ctx, older.Tenant, older.AssetID, older.ID, vod.AuditEntry{})
	b.ok(err)
	newest := b.publish(3, "newest")
	b.current(newest.ID)
	b.entries(newest.ID, newer.ID, older.ID)
}

func catalogsAreApart(_ *testing.T, b bundle) {
	in := b.publish(1, "one")
	b.publish(2, "two", func(in *vod.Ingest) { in.Tenant = "t2" })
	b.publish(2, "three", func(in *vod.Ingest) { in.AssetID = "other" })
	b.current(in.ID)
	b.entries(in.ID)
	_, err := b.CatalogCurrent(b.ctx, "t3", in.AssetID)
	b.fault(err, vod.NotFound)
}

func nothingOfUnknown(_ *testing.T, b bundle) {
	b.current("")
	b.entries()
}
