package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func retentionTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"OutputsOfOneTenant":            outputsOfOneTenant,
		"OutputsInPortions":             outputsInPortions,
		"WhatPlaysIsNotGivenUp":         whatPlaysIsKept,
		"GivenUpIsNotSelected":          givenUpIsNotSelected,
		"ARetryTakesBack":               aRetryTakesBack,
		"IngestsExpireEarliestFirst":    ingestsExpire,
		"AuditExpires":                  auditExpires,
		"Tenants":                       retentionTenants,
		"RemovalsAreEnteredOnce":        removalsAreEnteredOnce,
		"RemovalsEnteredAnewStay":       removalsEnteredAnew,
		"ReusedUntilTheLastUserIsGone":  reusedUntilTheLast,
		"UploadsAreInUseUntilTheEnd":    uploadsInUse,
		"AssetDeleteIsAllOrNothing":     assetDeleteAllOrNothing,
		"AssetDeleteOfAnotherTenant":    assetDeleteApart,
		"AttemptsWithoutResultAreNoted": attemptsNoted,
	}
}

// later is after everything that the tests write.
func later() time.Time { return time.Now().Add(24 * time.Hour) }

// published makes a COMPLETED ingest that starts at ms and has an entry in the
// catalogue.
func (b bundle) published(ms int, change ...func(*vod.Ingest)) vod.Ingest {
	b.t.Helper()
	in := b.publish(ms, fmt.Sprint(ms), change...)
	b.change(in.ID, func(run *vod.Run) {
		run.Tasks[0].Status, run.Tasks[0].End = vod.TaskCompleted, at(ms)
		become(&run.Ingest, vod.Completed)
	})
	return in
}

// expire gives up the outputs of all that is replaced, and tells whose.
func (b bundle) expire(tenant string) (ids []string) {
	b.t.Helper()
	n, err := b.OutputsExpire(b.ctx, tenant, later(), 100)
	b.ok(err)
	for _, r := range b.due() {
		if r.Tenant == tenant && r.TaskID == "" {
			ids = append(ids, r.IngestID)
			b.ok(b.RemovalDone(b.ctx, r))
		}
	}
	b.equal(len(ids), n)
	return ids
}

func (b bundle) due() []store.Removal {
	b.t.Helper()
	list, err := b.Removals(b.ctx, later(), 1000)
	b.ok(err)
	return list
}

func other(in *vod.Ingest) { in.Tenant = "t2" }

func outputsOfOneTenant(_ *testing.T, b bundle) {
	first, theirs := b.published(1), b.published(1, other)
	b.published(2)
	b.published(2, other)
	b.equal(b.expire("t1"), []string{first.ID})
	b.equal(b.get(first).Ingest.Removed.IsZero(), false)
	b.equal(b.get(theirs).Ingest.Removed.IsZero(), true)
	history, err := b.CatalogEntries(b.ctx, "t1", first.AssetID)
	b.ok(err)
	b.equal(history[1].Removed, b.get(first).Ingest.Removed)
	b.equal(history[0].Removed.IsZero(), true)
	b.equal(b.expire("t1"), []string(nil))
	b.equal(b.expire("t2"), []string{theirs.ID})
}

func outputsInPortions(_ *testing.T, b bundle) {
	for ms := range 5 {
		b.published(ms)
	}
	for _, want := range []int{3, 1, 0} {
		n, err := b.OutputsExpire(b.ctx, "t1", later(), 3)
		b.ok(err)
		b.equal(n, want)
	}
	n, err := b.OutputsExpire(b.ctx, "t1", epoch(), 3)
	b.ok(err)
	b.equal(n, 0)
}

func whatPlaysIsKept(_ *testing.T, b bundle) {
	older, newer := b.published(1), b.published(2)
	_, err := b.CatalogSelect(b.ctx, "t1", older.AssetID, older.ID, vod.AuditEntry{})
	b.ok(err)
	failed := b.create(ingest(startingAt(1), being(vod.Running)))
	b.setStatus(failed.ID, vod.Failed) // Ends after a later one has completed.
	young := b.create(ingest(startingAt(3), being(vod.Running)))
	b.setStatus(young.ID, vod.Failed)
	got := b.expire("t1")
	b.equal(len(got), 2)
	b.equal(got[0] == newer.ID || got[1] == newer.ID, true)
	b.equal(got[0] == failed.ID || got[1] == failed.ID, true)
}

func givenUpIsNotSelected(_ *testing.T, b bundle) {
	first, second, third := b.published(1), b.published(2), b.published(3)
	b.expire("t1")
	_, err := b.CatalogSelect(b.ctx, "t1", first.AssetID, first.ID, vod.AuditEntry{})
	b.fault(err, vod.Conflict)
	b.current(third.ID)
	b.ok(b.IngestDelete(b.ctx, "t1", third.ID, vod.AuditEntry{}))
	b.current("")
	b.entries(second.ID, first.ID)
	b.earlier(ingest(startingAt(4)), "") // Nor is it skipped for.
}

func aRetryTakesBack(_ *testing.T, b bundle) {
	failed := b.create(ingest(startingAt(1), being(vod.Running)))
	b.setStatus(failed.ID, vod.Failed)
	b.published(2)
	n, err := b.OutputsExpire(b.ctx, "t1", later(), 10)
	b.ok(err)
	b.equal(n, 1)
	b.setStatus(failed.ID, vod.Queued)
	b.equal(b.get(failed).Ingest.Removed.IsZero(), true)
	b.equal(b.due(), []store.Removal(nil))
	b.equal(b.expire("t1"), []string(nil))
	b.setStatus(failed.ID, vod.Failed)
	b.equal(b.expire("t1"), []string{failed.ID})
}

func ingestsExpire(_ *testing.T, b bundle) {
	var failed []string
	for ms := range 3 {
		failed = append(failed, b.create(ingest(startingAt(ms), being(vod.Failed))).ID)
	}
	replaced, playing := b.published(10), b.published(11)
	quiet := b.create(ingest(startingAt(12), being(vod.Completed), func(in *vod.Ingest) { in.AssetID = "quiet" }))
	history := ingest(startingAt(13), being(vod.Completed))
	b.imported(vod.Run{Ingest: history}, true)
	theirs := b.create(ingest(being(vod.Failed), other))
	running := b.create(ingest(being(vod.Running)))

	n, err := b.IngestsExpire(b.ctx, "t1", at(0).Add(time.Minute), 10)
	b.ok(err)
	b.equal(n, 1) // Each ends a minute after its start.
	n, err = b.IngestsExpire(b.ctx, "t1", later(), 1)
	b.ok(err)
	b.equal(n, 1)
	_, err = b.IngestGet(b.ctx, "t1", failed[1])
	b.fault(err, vod.NotFound)
	n, err = b.IngestsExpire(b.ctx, "t1", later(), 10)
	b.ok(err)
	b.equal(n, 3) // The last that failed, the replaced and the imported one.
	for _, in := range []vod.Ingest{playing, quiet, theirs, running} {
		b.get(in)
	}
	_, err = b.IngestGet(b.ctx, "t1", replaced.ID)
	b.fault(err, vod.NotFound)
	var told []string
	for _, e := range b.audited(store.AuditFilter{Subject: vod.Retention, Action: vod.DeletedIngest}) {
		told = append(told, e.Target)
	}
	b.equal(told, []string{history.ID, replaced.ID, failed[2], failed[1], failed[0]})
	var entered []string
	for _, r := range b.due() {
		entered = append(entered, r.IngestID)
	}
	b.equal(len(entered), 4) // Not the import, which has no files.
}

func auditExpires(_ *testing.T, b bundle) {
	for ms := range 5 {
		for _, tenant := range []string{"t1", "t2"} {
			b.ok(b.AuditPut(b.ctx, vod.AuditEntry{Time: at(ms), Tenant: tenant, Subject: "s", Action: vod.AppliedProfile, Target: fmt.Sprint(ms)}))
		}
	}
	for _, want := range []int{2, 1, 0} {
		n, err := b.AuditExpire(b.ctx, "t1", at(3), 2)
		b.ok(err)
		b.equal(n, want)
	}
	for tenant, want := range map[string]int{"t1": 2, "t2": 5} {
		page, _, err := b.AuditList(b.ctx, store.AuditFilter{Tenant: tenant, Limit: 10})
		b.ok(err)
		b.equal(len(page), want)
	}
}

func retentionTenants(_ *testing.T, b bundle) {
	got, err := b.RetentionTenants(b.ctx)
	b.ok(err)
	b.equal(got, []string(nil))
	b.create(ingest())
	b.create(ingest(other))
	b.ok(b.AuditPut(b.ctx, vod.AuditEntry{Time: at(0), Tenant: "t3", Subject: "s", Action: vod.AppliedProfile}))
	b.ok(b.AuditPut(b.ctx, vod.AuditEntry{Time: at(0), Tenant: "t1", Subject: "s", Action: vod.AppliedProfile}))
	got, err = b.RetentionTenants(b.ctx)
	b.ok(err)
	b.equal(got, []string{"t1", "t2", "t3"})
}

func removalsAreEnteredOnce(_ *testing.T, b bundle) {
	in := b.published(1)
	b.ok(b.IngestDelete(b.ctx, "t1", in.ID, vod.AuditEntry{}))
	list := b.due()
	b.equal(len(list), 1)
	r := list[0]
	b.equal(r, store.Removal{Tenant: "t1", IngestID: in.ID, MediaKey: in.MediaKey, Due: r.Due})
	of, err := b.RemovalsOf(b.ctx, in.ID)
	b.ok(err)
	b.equal(of, list)
	none, err := b.Removals(b.ctx, epoch(), 10)
	b.ok(err)
	b.equal(len(none), 0)
	b.ok(b.RemovalDone(b.ctx, r))
	b.ok(b.RemovalDone(b.ctx, r))
	b.equal(len(b.due()), 0)
}

func removalsEnteredAnew(_ *testing.T, b bundle) {
	in := b.published(1)
	b.ok(b.IngestDelete(b.ctx, "t1", in.ID, vod.AuditEntry{}))
	r := b.due()[0]
	again := r
	again.Due = r.Due.Add(time.Hour)
	b.ok(b.RemovalPostpone(b.ctx, r, again.Due))
	b.ok(b.RemovalDone(b.ctx, r)) // Of the entry as it was.
	b.equal(b.due(), []store.Removal{again})
}

// skipped makes an ingest that was skipped, for the file of an attempt of
// another one.
func (b bundle) skipped(ms int, of string) vod.Ingest {
	b.t.Helper()
	in := b.create(ingest(startingAt(ms), being(vod.Running)))
	b.change(in.ID, func(run *vod.Run) {
		t := task(in.ID, 0)
		t.ID, t.Stage, t.Status, t.Attempt, t.Order, t.Start, t.End = uuid.NewString(), vod.Retrieval, vod.TaskCompleted, 1, 1, at(ms), at(ms)
		t.Outputs = retrievedBy(of)
		run.Tasks = append(run.Tasks, t)
		become(&run.Ingest, vod.Skipped)
	})
	return in
}

func retrievedBy(taskID string) json.RawMessage {
	return json.RawMessage(`{"filesets":[{"files":[{"uri":"file:///data/store/t1/` + uuid.NewString() + `/` + taskID + `/2/a.mp4"}],"labels":["skippedUpload"]}]}`)
}

func reusedUntilTheLast(_ *testing.T, b bundle) {
	taskID := uuid.NewString()
	owner := b.create(ingest(being(vod.Running)))
	b.change(owner.ID, func(run *vod.Run) {
		t := task(owner.ID, 0)
		t.ID, t.Stage, t.Status, t.Attempt, t.End, t.Outputs = taskID, vod.Retrieval, vod.TaskCompleted, 2, at(1), retrievedBy(taskID)
		run.Tasks = append(run.Tasks, t)
		become(&run.Ingest, vod.Completed)
	})
	users := []vod.Ingest{b.skipped(1, taskID), b.skipped(2, taskID)}
	reused := func(number int, want bool) {
		b.t.Helper()
		got, err := b.AttemptReused(b.ctx, taskID, number)
		b.ok(err)
		b.equal(got, want)
	}
	reused(2, true)
	reused(1, false)
	b.ok(b.IngestDelete(b.ctx, "t1", users[0].ID, vod.AuditEntry{}))
	b.ok(b.IngestDelete(b.ctx, "t1", owner.ID, vod.AuditEntry{}))
	reused(2, true)
	b.ok(b.RemovalDone(b.ctx, b.due()...))
	b.ok(b.IngestDelete(b.ctx, "t1", users[1].ID, vod.AuditEntry{}))
	reused(2, false)
	of, err := b.RemovalsOf(b.ctx, owner.ID)
	b.ok(err)
	b.equal(len(of), 1)
	b.equal(of[0].MediaKey, owner.MediaKey)
}

func uploadsInUse(_ *testing.T, b bundle) {
	id := "0123456789abcdef0123456789abcdef"
	in := b.create(ingest(func(in *vod.Ingest) {
		in.Input = json.RawMessage(`{"filesets":[{"files":[{"uri":"upload:` + id + `"}]}]}`)
	}))
	used := func(tenant, id string, want bool) {
		b.t.Helper()
		got, err := b.UploadInUse(b.ctx, tenant, id)
		b.ok(err)
		b.equal(got, want)
	}
	used("t1", id, true)
	used("t2", id, false)
	used("t1", "00000000000000000000000000000000", false)
	b.setStatus(in.ID, vod.Failed)
	used("t1", id, false)
	b.setStatus(in.ID, vod.Queued)
	used("t1", id, true)
	b.setStatus(in.ID, vod.Cancelled)
	b.ok(b.IngestDelete(b.ctx, "t1", in.ID, vod.AuditEntry{}))
	used("t1", id, false)
}

func assetDeleteAllOrNothing(_ *testing.T, b bundle) {
	first, second := b.published(1), b.published(2)
	history := ingest(startingAt(0), being(vod.Completed))
	b.imported(vod.Run{Ingest: history}, true)
	running := b.create(ingest(startingAt(3), being(vod.Running)))
	entry := vod.AuditEntry{Time: at(9), Tenant: "t1", Subject: "ann", From: "192.0.2.1", Action: vod.DeletedIngest, AssetID: first.AssetID}
	_, err := b.AssetDelete(b.ctx, "t1", first.AssetID, entry)
	b.fault(err, vod.Conflict)
	b.entries(second.ID, first.ID)
	b.equal(len(b.due()), 0)
	b.setStatus(running.ID, vod.Cancelled)
	ids, err := b.AssetDelete(b.ctx, "t1", first.AssetID, entry)
	b.ok(err)
	b.equal(ids, []string{history.ID, first.ID, second.ID, running.ID})
	b.entries()
	b.equal(len(b.due()), 3)
	audit, _, err := b.AuditList(b.ctx, store.AuditFilter{Tenant: "t1", AssetID: first.AssetID, Limit: 10})
	b.ok(err)
	b.equal(len(audit), 4)
	b.equal(audit[2].Target, first.ID)
	_, err = b.AssetDelete(b.ctx, "t1", first.AssetID, entry)
	b.fault(err, vod.NotFound)
	_, err = b.TaskGet(b.ctx, task(first.ID, 0).ID)
	b.fault(err, vod.NotFound)
}

func assetDeleteApart(_ *testing.T, b bundle) {
	in, theirs := b.published(1), b.published(1, other)
	same := b.published(1, func(in *vod.Ingest) { in.AssetID = "other" })
	_, err := b.AssetDelete(b.ctx, "t3", in.AssetID, vod.AuditEntry{})
	b.fault(err, vod.NotFound)
	_, err = b.AssetDelete(b.ctx, "t1", in.AssetID, vod.AuditEntry{})
	b.ok(err)
	b.get(theirs)
	b.get(same)
}

func attemptsNoted(_ *testing.T, b bundle) {
	in := b.running(1)
	b.change(in.ID, func(run *vod.Run) {
		run.Tasks[0].Status = vod.TaskPending
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: run.Tasks[0].ID, Number: 1, Status: vod.TaskPending, End: at(2)})
	})
	list := b.due()
	b.equal(len(list), 1)
	b.equal(list[0].TaskID, task(in.ID, 0).ID)
	soon, err := b.Removals(b.ctx, time.Now().Add(store.OrphanAfter-time.Minute), 10)
	b.ok(err)
	b.equal(len(soon), 0)
	b.ok(b.RemovalDone(b.ctx, list...))

	put := func(outputs string) {
		b.change(in.ID, func(run *vod.Run) { run.Tasks[0].Outputs = json.RawMessage(outputs) })
	}
	put(`{"filesets":[]}`)
	b.equal(len(b.due()), 0)
	put(`{"filesets":[1]}`) // In place of others, which nothing names any more.
	b.equal(len(b.due()), 1)
}
