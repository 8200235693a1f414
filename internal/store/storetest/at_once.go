package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// atOnceTests have two processes write the same things at the same time.
func atOnceTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ChangesOfOneIngest":       atOnceChanges,
		"PublicationsOfOneAsset":   atOncePublished,
		"EntriesOfOneAuditLog":     atOnceAudited,
		"OneKey":                   atOnceOneKey,
		"VersionsOfOneProfile":     atOnceProfiles,
		"AnIngestOfADeletedAsset":  atOnceAssetDelete,
		"WhatEndsAndWhatIsExpired": atOnceExpire,
	}
}

// bothAtOnce runs do in callers of each of both processes.
func (b bundle) bothAtOnce(callers int, do func(b bundle, caller int)) {
	b.t.Helper()
	both := []bundle{b, b.beside()}
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() { do(both[caller%2], caller) })
	}
	group.Wait()
}

func atOnceChanges(t *testing.T, b bundle) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
	b.bothAtOnce(8, func(b bundle, _ int) {
		for range 15 {
			if err := b.IngestChange(b.ctx, in.ID, attemptPlusOne); err != nil {
				t.Error(err)
				return
			}
		}
	})
	b.equal(b.get(in).Tasks[0].Attempt, 8*15)
}

// atOncePublished: the latest is the current one, and behind it stand the
// others, each once, so that to take back one after the other gives them all.
func atOncePublished(t *testing.T, b bundle) {
	const number = 12
	var list []vod.Ingest
	for n := range number {
		list = append(list, b.running(n))
	}
	b.bothAtOnce(number, func(b bundle, n int) {
		if err := b.CatalogPublish(b.ctx, playback(list[n], "h"), task(list[n].ID, 0).ID, 1); err != nil {
			t.Error(err)
		}
	})
	b.current(list[number-1].ID)
	b.bothAtOnce(number-1, func(b bundle, n int) { // All but the first are cancelled.
		err := b.IngestChange(b.ctx, list[n+1].ID, func(run *vod.Run) error {
			become(&run.Ingest, vod.Cancelled)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	b.entries(list[0].ID)
	b.current(list[0].ID)
}

func atOnceAudited(t *testing.T, b bundle) {
	const number = 60
	b.bothAtOnce(number, func(b bundle, n int) {
		by := vod.AuditEntry{Time: at(n), Tenant: "t1", Subject: "ann", Action: vod.SubmittedIngest, Target: fmt.Sprint(n)}
		in := ingest(func(in *vod.Ingest) { in.AssetID = fmt.Sprint(n % 7) })
		if _, err := b.IngestCreate(b.ctx, in, nil, by); err != nil {
			t.Error(err)
		}
	})
	page, _, err := b.AuditList(b.ctx, store.AuditFilter{Tenant: "t1", Limit: 500})
	b.ok(err)
	b.equal(len(page), number)
	targets := map[string]bool{}
	for i, e := range page {
		b.equal(e.ID, int64(number-i))
		targets[e.Target] = true
	}
	b.equal(len(targets), number)
}

func atOnceOneKey(t *testing.T, b bundle) {
	const number = 16
	ids := make([]string, number)
	k := key()
	b.bothAtOnce(number, func(b bundle, n int) {
		var err error
		in := ingest(func(in *vod.Ingest) { in.ID, in.AssetID = uuid.NewString(), fmt.Sprint(n) })
		if ids[n], err = b.IngestCreate(b.ctx, in, k, vod.AuditEntry{}); err != nil {
			t.Error(err)
		}
	})
	for _, id := range ids {
		b.equal(id, ids[0])
	}
	page, _ := b.list(store.IngestFilter{Tenant: "t1", Limit: 500})
	b.equal(len(page), 1)
}

func atOnceProfiles(t *testing.T, b bundle) {
	const number = 16
	b.bothAtOnce(number, func(b bundle, n int) {
		p := vod.ProfileVersion{Tenant: "t1", Name: "p", VersionID: 1, Document: fmt.Appendf(nil, `{"n":%d}`, n)}
		if _, created, err := b.ProfilePut(b.ctx, p, vod.AuditEntry{}); err != nil || !created {
			t.Errorf("created: %t, %v", created, err)
		}
	})
	list, err := b.ProfileVersions(b.ctx, "t1", "p")
	b.ok(err)
	for i, p := range list {
		b.equal(p.VersionID, int64(number-i))
	}
	b.equal(len(list), number)
}

// atOnceAssetDelete: an ingest that is accepted meanwhile stays, or keeps the
// asset; it is not deleted with it.
func atOnceAssetDelete(t *testing.T, b bundle) {
	for range 10 {
		b.create(ingest(being(vod.Failed)))
		late := ingest()
		b.bothAtOnce(2, func(b bundle, n int) {
			if n == 0 {
				if _, err := b.IngestCreate(b.ctx, late, nil, vod.AuditEntry{}); err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := b.AssetDelete(b.ctx, late.Tenant, late.AssetID, vod.AuditEntry{}); err != nil && vod.CodeOf(err) != vod.Conflict {
				t.Error(err)
			}
		})
		b.equal(b.get(late).Ingest, late)
		b.setStatus(late.ID, vod.Failed)
	}
}

// atOnceExpire: what is retried while it is expired is either gone or as it was
// before, and nothing expires twice.
func atOnceExpire(t *testing.T, b bundle) {
	const number = 20
	var list []vod.Ingest
	for n := range number {
		list = append(list, b.create(ingest(being(vod.Failed), startingAt(n), func(in *vod.Ingest) { in.AssetID = fmt.Sprint(n % 5) })))
	}
	var mu sync.Mutex
	retried, expired := map[string]bool{}, 0
	b.bothAtOnce(number+4, func(b bundle, n int) {
		if n >= number {
			removed, err := b.IngestsExpire(b.ctx, "t1", at(1_000_000), 3)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			expired += removed
			return
		}
		err := b.IngestChange(b.ctx, list[n].ID, func(run *vod.Run) error {
			become(&run.Ingest, vod.Queued)
			return nil
		})
		if err != nil && vod.CodeOf(err) != vod.NotFound {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		retried[list[n].ID] = err == nil
	})
	left := 0
	for _, in := range list {
		_, err := b.IngestGet(b.ctx, in.Tenant, in.ID)
		if (err == nil) != retried[in.ID] {
			t.Errorf("ingest %s was retried: %t; %v", in.ID, retried[in.ID], err)
		}
		if err == nil {
			left++
		}
	}
	b.equal(left+expired, number)
}
