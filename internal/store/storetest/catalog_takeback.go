package storetest

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func catalogTakeBackTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"CancelGoesBackToTheOneBefore": func(_ *testing.T, b bundle) {
			older, newer := b.publish(1, "older"), b.publish(2, "newer")
			b.setStatus(newer.ID, vod.Cancelling)
			b.current(newer.ID)
			b.setStatus(newer.ID, vod.Cancelled)
			b.current(older.ID)
			b.entries(older.ID)
		},
		"CancelOfTheOnlyOneLeavesNothing": func(_ *testing.T, b bundle) {
			in := b.publish(1, "h")
			b.setStatus(in.ID, vod.Cancelled)
			b.current("")
			b.entries()
		},
		"CancelGoesBackToWhatWasSelected": func(_ *testing.T, b bundle) {
			oldest, older := b.publish(1, "oldest"), b.publish(2, "older")
			b.selects(oldest)
			newer := b.publish(3, "newer")
			b.current(newer.ID)
			b.setStatus(newer.ID, vod.Cancelled)
			b.current(oldest.ID)
			b.entries(older.ID, oldest.ID)
		},
		"CancelOfAnotherChangesNothing": func(_ *testing.T, b bundle) {
			older, newer := b.publish(1, "older"), b.publish(2, "newer")
			silent := b.running(3)
			b.setStatus(older.ID, vod.Cancelled)
			b.setStatus(silent.ID, vod.Cancelled)
			b.current(newer.ID)
			b.entries(newer.ID)
			b.setStatus(newer.ID, vod.Cancelled)
			b.current("")
		},
		"CancelGoesBackThroughOnesThatAreGone": func(_ *testing.T, b bundle) {
			first, second, third := b.publish(1, "1"), b.publish(2, "2"), b.publish(3, "3")
			b.setStatus(second.ID, vod.Completed)
			b.ok(b.IngestDelete(b.ctx, second.Tenant, second.ID, vod.AuditEntry{}))
			b.setStatus(third.ID, vod.Cancelled)
			b.current(first.ID)
		},
		"CancelFindsOneThatWasPublishedMeanwhile": func(_ *testing.T, b bundle) {
			b.publish(1, "1")
			third := b.publish(3, "3")
			second := b.publish(2, "2")
			b.current(third.ID)
			b.setStatus(third.ID, vod.Cancelled)
			b.current(second.ID)
		},
		"CancelOfTheFirstFindsALaterPublished": func(_ *testing.T, b bundle) {
			newer, older := b.publish(2, "newer"), b.publish(1, "older")
			b.setStatus(newer.ID, vod.Cancelled)
			b.current(older.ID)
		},
		"CancelAfterSelectingEachOther": func(_ *testing.T, b bundle) {
			one, two := b.publish(1, "1"), b.publish(2, "2")
			b.selects(one)
			b.selects(two)
			b.setStatus(two.ID, vod.Cancelled)
			b.current(one.ID)
			b.setStatus(one.ID, vod.Cancelled)
			b.current("")
		},
		"OtherEndsKeepTheEntry": func(_ *testing.T, b bundle) {
			for i, status := range []vod.IngestStatus{vod.Skipped, vod.Failed, vod.Completed} {
				in := b.publish(i, "h")
				b.setStatus(in.ID, status)
				b.current(in.ID)
			}
		},
		"AChangeThatFailsTakesNothingBack": func(t *testing.T, b bundle) {
			in := b.publish(1, "h")
			err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
				become(&run.Ingest, vod.Cancelled)
				run.Tasks = append(run.Tasks, with(task(in.ID, 1), func(t *vod.Task) { t.Share = 2 }))
				return nil
			})
			if err == nil {
				t.Fatal("the bad task was written")
			}
			b.current(in.ID)
		},
		"ARetriedCancelPublishesAnew": func(_ *testing.T, b bundle) {
			older, in := b.publish(1, "older"), b.publish(2, "h")
			b.setStatus(in.ID, vod.Cancelled)
			b.setStatus(in.ID, vod.Running)
			b.ok(b.CatalogPublish(b.ctx, playback(in, "h2"), task(in.ID, 0).ID, 1))
			b.current(in.ID)
			b.setStatus(in.ID, vod.Cancelled)
			b.current(older.ID)
		},
		"DeleteFallsBackToTheNewestThatRemains": func(_ *testing.T, b bundle) {
			first, second, third := b.publish(1, "1"), b.publish(2, "2"), b.publish(3, "3")
			b.selects(first)
			b.selects(third) // Before it stood the first; the newest is the second.
			b.setStatus(third.ID, vod.Completed)
			b.ok(b.IngestDelete(b.ctx, third.Tenant, third.ID, vod.AuditEntry{}))
			b.current(second.ID)
			b.entries(second.ID, first.ID)
		},
		"DeleteOfAnotherChangesNothing": func(_ *testing.T, b bundle) {
			first, second := b.publish(1, "1"), b.publish(2, "2")
			b.setStatus(second.ID, vod.Completed)
			b.selects(first)
			b.ok(b.IngestDelete(b.ctx, second.Tenant, second.ID, vod.AuditEntry{}))
			b.current(first.ID)
		},
	}
}

func (b bundle) selects(in vod.Ingest) {
	b.t.Helper()
	_, err := b.CatalogSelect(b.ctx, in.Tenant, in.AssetID, in.ID, vod.AuditEntry{})
	b.ok(err)
}
