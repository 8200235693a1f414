package storetest

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func listsTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"CountsFollowEveryChange": countsFollow,
		"CountsEndAtMost":         countsEnd,
		"ACountOfNothingRefused":  countRefused,
		"TimesOfTasks":            timesOfTasks,
		"TimesOfImports":          timesOfImports,
		"TimesOfTooMany":          timesOfTooMany,
		"AVersionNeedsItsProfile": versionNeedsProfile,
	}
}

// counted ends the test unless the tenant t1 has so many of each.
func (b bundle) counted(want map[vod.IngestStatus]int) {
	b.t.Helper()
	got, err := b.IngestCount(b.ctx, store.IngestFilter{Tenant: "t1"}, 1) // Exact all the same.
	b.ok(err)
	b.equal(got, want)
}

func countsFollow(_ *testing.T, b bundle) {
	b.counted(map[vod.IngestStatus]int{})
	var ids []string
	for range 3 {
		ids = append(ids, b.create(ingest(ofAsset("film"))).ID)
	}
	b.create(ingest(func(in *vod.Ingest) { in.Tenant = "t2" }))
	b.counted(map[vod.IngestStatus]int{vod.Queued: 3})
	b.setStatus(ids[0], vod.Running)
	b.counted(map[vod.IngestStatus]int{vod.Queued: 2, vod.Running: 1})
	if err := b.IngestChange(b.ctx, ids[0], func(run *vod.Run) error { // Refused once it is written.
		become(&run.Ingest, vod.Failed)
		run.Tasks = append(run.Tasks, task("another", 0))
		return nil
	}); err == nil {
		b.t.Error("a task of another ingest is taken")
	}
	b.counted(map[vod.IngestStatus]int{vod.Queued: 2, vod.Running: 1})
	for _, id := range ids {
		b.setStatus(id, vod.Failed)
	}
	b.counted(map[vod.IngestStatus]int{vod.Failed: 3})
	b.ok(b.IngestDelete(b.ctx, "t1", ids[0], vod.AuditEntry{}))
	b.counted(map[vod.IngestStatus]int{vod.Failed: 2})
	run := item()
	run.Ingest.Tenant = "t1"
	b.imported(run, true)
	b.imported(run, false)
	b.counted(map[vod.IngestStatus]int{vod.Failed: 2, vod.Completed: 1})
	_, err := b.AssetDelete(b.ctx, "t1", "film", vod.AuditEntry{})
	b.ok(err)
	b.counted(map[vod.IngestStatus]int{vod.Completed: 1})
	got, err := b.IngestCount(b.ctx, store.IngestFilter{Tenant: "t1", Statuses: []vod.IngestStatus{vod.Failed}}, 1)
	b.ok(err)
	b.equal(got, map[vod.IngestStatus]int{})
}

func countsEnd(_ *testing.T, b bundle) {
	for i := range 12 {
		b.create(ingest(startingAt(i), being(vod.IngestStatuses()[i%4]), func(in *vod.Ingest) { in.ProfileVersion = int64(1 + i/8) }))
	}
	b.create(ingest(func(in *vod.Ingest) { in.Tenant = "t2" }))
	statuses := vod.IngestStatuses()
	few := map[vod.IngestStatus]int{statuses[0]: 2, statuses[1]: 2, statuses[2]: 2, statuses[3]: 2}
	one := map[vod.IngestStatus]int{statuses[0]: 1, statuses[1]: 1, statuses[2]: 1, statuses[3]: 1}
	for i, c := range []struct {
		filter store.IngestFilter
		want   map[vod.IngestStatus]int
	}{
		{store.IngestFilter{AssetID: "179057"}, few},
		{store.IngestFilter{ProfileName: "default"}, few},
		{store.IngestFilter{ProfileName: "default", ProfileVersion: 2}, one},
		{store.IngestFilter{ProfileName: "default", ProfileVersion: 3}, map[vod.IngestStatus]int{}},
		{store.IngestFilter{ProfileName: "default", ProfileVersion: 2, AssetID: "179057"}, one},
		{store.IngestFilter{From: at(8)}, one},
		{store.IngestFilter{To: at(4)}, one},
		{store.IngestFilter{Text: "7905"}, few},
		{store.IngestFilter{Text: "7905", Statuses: statuses[1:2]}, map[vod.IngestStatus]int{statuses[1]: 2}},
		{store.IngestFilter{To: at(4), Statuses: statuses[1:3]}, map[vod.IngestStatus]int{statuses[1]: 1, statuses[2]: 1}},
		{store.IngestFilter{IngestID: "none"}, map[vod.IngestStatus]int{}},
		{store.IngestFilter{Text: "none"}, map[vod.IngestStatus]int{}},
	} {
		c.filter.Tenant, c.filter.Limit = "t1", 1
		c.filter.After = &store.Position{Start: at(1), ID: "x"}
		got, err := b.IngestCount(b.ctx, c.filter, 2)
		b.ok(err)
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			b.t.Errorf("%d: %v, want %v", i, got, c.want)
		}
	}
}

func countRefused(_ *testing.T, b bundle) {
	if _, err := b.IngestCount(b.ctx, store.IngestFilter{Tenant: "t1"}, 0); err == nil {
		b.t.Error("counted up to 0")
	}
}

func versionNeedsProfile(_ *testing.T, b bundle) {
	f := store.IngestFilter{Tenant: "t1", ProfileVersion: 1, Limit: 1}
	if _, _, err := b.IngestList(b.ctx, f); err == nil {
		b.t.Error("listed")
	}
	if _, err := b.IngestCount(b.ctx, f, 1); err == nil {
		b.t.Error("counted")
	}
}

func timesOfTasks(_ *testing.T, b bundle) {
	var want []vod.Task
	in := b.create(ingest(being(vod.Running)))
	b.change(in.ID, func(run *vod.Run) {
		for _, step := range []int{2, 0, 1} {
			t := task(in.ID, step)
			t.Input, t.Outputs = json.RawMessage(untidy), json.RawMessage(`{"filesets": []}`)
			t.Status, t.Attempt, t.Failures, t.Lost, t.Order, t.Share = vod.TaskFailed, 3, 2, 1, step+1, 0.25
			t.Start, t.End, t.NotBefore = at(step), at(step+1), at(step+2)
			t.Error = &vod.StepError{Class: vod.ClassMedia, Message: "Broken."}
			run.Tasks = append(run.Tasks, t)
		}
	})
	for _, t := range b.get(in).Tasks {
		t.Input, t.Outputs, t.Error = nil, nil, nil
		want = append(want, t)
	}
	none := b.create(ingest())
	foreign := b.create(ingest(func(in *vod.Ingest) { in.Tenant = "t2" }))
	b.change(foreign.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(foreign.ID, 0)) })
	got, err := b.IngestTimes(b.ctx, "t1", []string{"missing", in.ID, none.ID, in.ID, foreign.ID, `"`, "\xff", in.ID + "\x1ft1"})
	b.ok(err)
	b.equal(got, map[string][]vod.Task{in.ID: want})
	got, err = b.IngestTimes(b.ctx, "t1", nil)
	b.ok(err)
	b.equal(got, map[string][]vod.Task{})
}

func timesOfImports(_ *testing.T, b bundle) {
	run := detail()
	b.imported(run, true)
	want := run.Tasks[0]
	want.Input, want.Outputs = nil, nil
	got, err := b.IngestTimes(b.ctx, "vimond", []string{run.Ingest.ID, run.Ingest.ID + "\x1fvimond"})
	b.ok(err)
	b.equal(got, map[string][]vod.Task{run.Ingest.ID: {want}})
	got, err = b.IngestTimes(b.ctx, "other", []string{run.Ingest.ID, run.Ingest.ID + "\x1fvimond"})
	b.ok(err)
	b.equal(got, map[string][]vod.Task{})
}

func timesOfTooMany(_ *testing.T, b bundle) {
	if _, err := b.IngestTimes(b.ctx, "t1", make([]string, 501)); err == nil {
		b.t.Error("501 are taken")
	}
}
