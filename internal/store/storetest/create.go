package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func createTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"TheSameIDTwiceIsAConflict": func(_ *testing.T, b bundle) {
			in := b.create(ingest())
			again := ingest(func(other *vod.Ingest) { other.ID, other.Tenant = in.ID, "t2" })
			_, err := b.IngestCreate(b.ctx, again, nil, vod.AuditEntry{})
			b.fault(err, vod.Conflict)
			b.equal(b.get(in).Ingest, in)
		},
		"ARepetitionGivesTheFirstID": func(_ *testing.T, b bundle) {
			in := b.createWith(ingest(), key())
			second := ingest()
			id, err := b.IngestCreate(b.ctx, second, key(), vod.AuditEntry{})
			b.ok(err)
			b.equal(id, in.ID)
			_, err = b.IngestGet(b.ctx, second.Tenant, second.ID)
			b.fault(err, vod.NotFound)
			id, err = b.IngestCreate(b.ctx, in, key(), vod.AuditEntry{}) // With the very same id too.
			b.ok(err)
			b.equal(id, in.ID)
		},
		"AnotherBodyIsUnusable": func(_ *testing.T, b bundle) {
			b.createWith(ingest(), key())
			other := key()
			other.BodyHash = "other"
			second := ingest()
			_, err := b.IngestCreate(b.ctx, second, other, vod.AuditEntry{})
			b.fault(err, vod.Unusable)
			_, err = b.IngestGet(b.ctx, second.Tenant, second.ID)
			b.fault(err, vod.NotFound)
		},
		"AnExpiredKeyIsFree": func(_ *testing.T, b bundle) {
			old := key()
			old.Expires = time.Now().Add(-time.Second)
			b.createWith(ingest(), old)
			other := key()
			other.BodyHash = "other"
			second := b.createWith(ingest(), other)
			id, err := b.IngestCreate(b.ctx, ingest(), other, vod.AuditEntry{})
			b.ok(err)
			b.equal(id, second.ID)
		},
		"ARepetitionIsKnownBeforehand": func(_ *testing.T, b bundle) {
			id, err := b.IngestRepeated(b.ctx, *key())
			b.ok(err)
			b.equal(id, "")
			in := b.createWith(ingest(), key())
			id, err = b.IngestRepeated(b.ctx, *key())
			b.ok(err)
			b.equal(id, in.ID)
			other := key()
			other.BodyHash = "other"
			_, err = b.IngestRepeated(b.ctx, *other)
			b.fault(err, vod.Unusable)
			old := key()
			old.Key, old.Expires = "k2", time.Now().Add(-time.Second)
			b.createWith(ingest(), old)
			id, err = b.IngestRepeated(b.ctx, *old)
			b.ok(err)
			b.equal(id, "")
		},
		"KeysAreApartByTenantRouteAndKey": func(_ *testing.T, b bundle) {
			b.createWith(ingest(), key())
			for _, change := range []func(*store.Idempotency){
				func(k *store.Idempotency) { k.Tenant = "t2" },
				func(k *store.Idempotency) { k.Route = "POST /other" },
				func(k *store.Idempotency) { k.Key = "k2" },
			} {
				k := key()
				change(k)
				k.BodyHash = "other"
				b.createWith(ingest(), k)
			}
		},
		"AKeyOfARefusedCreateIsFree": func(_ *testing.T, b bundle) {
			in := b.create(ingest())
			_, err := b.IngestCreate(b.ctx, in, key(), vod.AuditEntry{})
			b.fault(err, vod.Conflict)
			b.createWith(ingest(), key())
		},
		"OneOfManyAtOnceWins": oneWins,
	}
}

func key() *store.Idempotency {
	return &store.Idempotency{
		Tenant: "t1", Route: "POST /ingests", Key: "k1", BodyHash: "hash", Expires: time.Now().Add(time.Hour),
	}
}

func (b bundle) createWith(in vod.Ingest, key *store.Idempotency) vod.Ingest {
	b.t.Helper()
	id, err := b.IngestCreate(b.ctx, in, key, vod.AuditEntry{})
	if err != nil || id != in.ID {
		b.t.Fatalf("create %s: id %q, %v", in.ID, id, err)
	}
	return in
}

func oneWins(t *testing.T, b bundle) {
	ids := make([]string, 20)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			var err error
			in := ingest(func(in *vod.Ingest) { in.ID = uuid.NewString() })
			if ids[i], err = b.IngestCreate(b.ctx, in, key(), vod.AuditEntry{}); err != nil {
				t.Errorf("create: %v", err)
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		b.equal(id, ids[0])
	}
	page, _, err := b.IngestList(b.ctx, store.IngestFilter{Tenant: "t1", Limit: 500})
	b.ok(err)
	b.equal(len(page), 1)
}
