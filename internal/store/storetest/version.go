package storetest

import (
	"errors"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func versionTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"RisesWithEveryChangeOfAList": ifKnown(versionRises),
		"StaysOtherwise":              ifKnown(versionStays),
		"IsOfTheListOrOlder":          versionIsNeverAhead,
	}
}

// ifKnown runs a test of stores that know versions at all, in quiet moments.
func ifKnown(test func(*testing.T, bundle)) func(*testing.T, bundle) {
	return func(t *testing.T, b bundle) {
		if _, known := b.IngestVersion("t"); known {
			test(t, b)
		}
	}
}

// version gives a tenant's version; it is known, as nobody else writes.
func (b bundle) version(tenant string) uint64 {
	b.t.Helper()
	v, known := b.IngestVersion(tenant)
	b.equal(known, true)
	return v
}

func versionRises(_ *testing.T, b bundle) {
	var in vod.Ingest
	tenant := ingest().Tenant
	seen := map[uint64]bool{b.version(tenant): true}
	rises := func(what string) {
		b.t.Helper()
		v := b.version(tenant)
		if seen[v] {
			b.t.Errorf("the version is the same after the ingest was %s", what)
		}
		seen[v] = true
	}
	in = b.create(ingest(being(vod.Running)))
	rises("created")
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Progress++ })
	rises("changed")
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Status, run.Ingest.End = vod.Failed, vod.Now() })
	rises("ended")
	b.ok(b.IngestDelete(b.ctx, tenant, in.ID, vod.AuditEntry{}))
	rises("deleted")
	in.Status, in.End = vod.Completed, vod.Now()
	_, err := b.IngestImport(b.ctx, vod.Run{Ingest: in})
	b.ok(err)
	rises("imported")
}

func versionStays(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running)))
	before := b.version(in.Tenant)
	b.create(ingest(func(in *vod.Ingest) { in.Tenant = "other" }))
	b.change(in.ID, func(*vod.Run) {})
	refused := errors.New("refused")
	if err := b.IngestChange(b.ctx, in.ID, func(*vod.Run) error { return refused }); !errors.Is(err, refused) {
		b.t.Error(err)
	}
	b.equal(b.version(in.Tenant), before)
}

// versionIsNeverAhead lists while changes are made, and holds that two lists
// read after the same version are the same, however they meet commits.
func versionIsNeverAhead(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running)))
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for range 90 {
			err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error { run.Ingest.Progress++; return nil })
			if err != nil {
				b.t.Error(err)
				return
			}
		}
	}()
	seen := map[uint64]int{}
	for {
		version, known := b.IngestVersion(in.Tenant)
		page, _ := b.list(store.IngestFilter{Tenant: in.Tenant, Limit: 1})
		again, still := b.IngestVersion(in.Tenant)
		// Only then has nothing been committed in between.
		if known && still && version == again {
			if progress, ok := seen[version]; ok && progress != page[0].Progress {
				b.t.Fatalf("version %d stands for progress %d and %d", version, progress, page[0].Progress)
			}
			seen[version] = page[0].Progress
		}
		select {
		case <-stop:
			return
		default:
		}
	}
}
