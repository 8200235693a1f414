package storetest

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func unfinishedTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"OldestFirstOfAllTenants": func(_ *testing.T, b bundle) {
			ids := map[vod.IngestStatus]string{}
			for i, status := range vod.IngestStatuses() {
				in := b.create(ingest(startingAt(-i), being(status), func(in *vod.Ingest) { in.Tenant = string(status) }))
				ids[status] = in.ID
			}
			got, err := b.IngestUnfinished(b.ctx)
			b.ok(err)
			b.equal(got, []string{ids[vod.Cancelling], ids[vod.Running], ids[vod.Queued]})
		},
		"Schedules": func(_ *testing.T, b bundle) {
			in := b.create(ingest(being(vod.Cancelling), func(in *vod.Ingest) { in.Priority, in.Due = vod.High, at(7) }))
			b.create(ingest(being(vod.Failed)))
			got, err := b.IngestSchedules(b.ctx)
			b.ok(err)
			b.equal(got, []vod.Ingest{{ID: in.ID, Status: vod.Cancelling, Priority: vod.High, Due: at(7)}})
		},
		"FollowsTheStatus": func(_ *testing.T, b bundle) {
			in := b.create(ingest())
			for _, status := range []vod.IngestStatus{vod.Running, vod.Failed, vod.Queued, vod.Cancelling, vod.Cancelled} {
				b.setStatus(in.ID, status)
				got, err := b.IngestUnfinished(b.ctx)
				b.ok(err)
				b.equal(len(got) == 0, status.Final())
			}
		},
	}
}
