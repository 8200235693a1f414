package storetest

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func deleteTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"OnlyWhatIsFinished": func(_ *testing.T, b bundle) {
			for _, status := range vod.IngestStatuses() {
				in := b.create(ingest(being(status)))
				err := b.IngestDelete(b.ctx, in.Tenant, in.ID, vod.AuditEntry{})
				if !status.Final() {
					b.fault(err, vod.Conflict)
					b.equal(b.get(in).Ingest, in)
					continue
				}
				b.ok(err)
				_, err = b.IngestGet(b.ctx, in.Tenant, in.ID)
				b.fault(err, vod.NotFound)
			}
		},
		"OfAnotherTenantOrUnknown": func(_ *testing.T, b bundle) {
			in := b.create(ingest(being(vod.Failed)))
			b.fault(b.IngestDelete(b.ctx, "t2", in.ID, vod.AuditEntry{}), vod.NotFound)
			b.fault(b.IngestDelete(b.ctx, "t1", "unknown", vod.AuditEntry{}), vod.NotFound)
			b.equal(b.get(in).Ingest, in)
		},
		"TakesTasksAndAttemptsAlong": deleteTakesAll,
		"TheKeyStillGivesTheID": func(_ *testing.T, b bundle) {
			in := b.createWith(ingest(being(vod.Failed)), key())
			b.ok(b.IngestDelete(b.ctx, in.Tenant, in.ID, vod.AuditEntry{}))
			id, err := b.IngestCreate(b.ctx, ingest(), key(), vod.AuditEntry{})
			b.ok(err)
			b.equal(id, in.ID)
		},
	}
}

func deleteTakesAll(_ *testing.T, b bundle) {
	in, other := b.publish(0, "h"), b.publish(1, "other")
	taskID := b.get(in).Tasks[0].ID
	b.change(in.ID, func(run *vod.Run) {
		run.Tasks[0].Status, run.Tasks[0].End = vod.TaskCompleted, at(1)
		become(&run.Ingest, vod.Completed)
	})
	b.ok(b.IngestDelete(b.ctx, in.Tenant, in.ID, vod.AuditEntry{}))
	b.equal(len(b.attempts(taskID)), 0)
	_, err := b.TaskGet(b.ctx, taskID)
	b.fault(err, vod.NotFound)
	page, _ := b.list(store.IngestFilter{Tenant: in.Tenant, Limit: 5})
	b.equal(idsOf(page), []string{other.ID})
	b.entries(other.ID)
	b.equal(len(b.attempts(b.get(other).Tasks[0].ID)), 1)
	// The same id can come again, with nothing of what was.
	b.create(in)
	b.equal(b.get(in), vod.Run{Ingest: in})
}
