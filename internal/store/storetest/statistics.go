package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func statisticsTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"OfAWholeLife":                 countedLife,
		"OfWhatWasRefusedThereAreNone": refusedIsNotCounted,
		"RepeatedRequestsCountOnce":    repetitionCountsOnce,
		"ImportsAreNotCounted":         importsAreNotCounted,
		"ARetryIsAcceptedAgain":        retryIsCounted,
		"OfOneProfile":                 countedByProfile,
		"TellTenantsApart":             countedByTenant,
		"OutliveTheirIngests":          countsOutlive,
		"RangesAreOfSlots":             countedRanges,
		"CommonestErrorsFirst":         errorsInOrder,
		"AttemptsThatAreRepeated":      retriedAttempts,
		"ALastAttemptIsMeasured":       lastAttemptIsMeasured,
		"TasksThatAreNotOver":          tasksNow,
		"NothingIsLostAtOnce":          countedAtOnce,
		"ExpireByTheirAge":             statisticsExpire,
	}
}

// figures are those of t1 in all slots.
func (b bundle) figures(change ...func(*store.StatisticsFilter)) statistics.Figures {
	b.t.Helper()
	f := store.StatisticsFilter{Tenant: "t1", To: time.Now().AddDate(10, 0, 0)}
	for _, c := range change {
		c(&f)
	}
	got, err := b.StatisticsGet(b.ctx, f)
	b.ok(err)
	return got
}

func totalOf(f statistics.Figures) (sum statistics.Counts) {
	for _, p := range f.Periods {
		sum = sum.Plus(p.Counts)
	}
	return sum
}

// taking has a task of an ingest done by its first attempt.
func taking(in vod.Ingest, step int, stage vod.Stage, took time.Duration) vod.Task {
	t := task(in.ID, step)
	t.Stage, t.Status, t.Attempt, t.Order, t.Share = stage, vod.TaskCompleted, 1, step+1, 1
	t.Start, t.End = at(1000), at(1000).Add(took)
	return t
}

func failing(in vod.Ingest, step int, e vod.StepError) vod.Task {
	t := taking(in, step, vod.Encoding, time.Second)
	t.Status, t.Share, t.Error = vod.TaskFailed, 0, &e
	return t
}

func oneOf(d time.Duration) statistics.Histogram {
	return statistics.Histogram{statistics.BucketOf(d): 1}
}

func countedLife(_ *testing.T, b bundle) {
	in := b.create(ingest())
	b.equal(b.figures().Load, statistics.Load{Queued: 1})
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Status = vod.Running })
	b.equal(b.figures().Load, statistics.Load{Running: 1})
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Progress = 40 })
	b.change(in.ID, func(run *vod.Run) {
		run.Tasks = append(run.Tasks, taking(in, 0, vod.Retrieval, 3*time.Second), taking(in, 1, vod.Encoding, 40*time.Second))
	})
	b.change(in.ID, func(run *vod.Run) { run.Tasks[0].Outputs = []byte(`{"filesets":[]}`) })
	b.setStatus(in.ID, vod.Completed)
	got := b.figures()
	b.equal(totalOf(got), statistics.Counts{Accepted: 1, Dequeued: 1, Completed: 1})
	b.equal(got.Periods[0].Start, statistics.SlotOf(at(0)))
	b.equal(got.Load, statistics.Load{})
	b.equal(got.Durations, []statistics.Durations{
		{Profile: "default", Histogram: oneOf(time.Minute)},
		{Profile: "default", Stage: vod.Encoding, Histogram: oneOf(40 * time.Second)},
		{Profile: "default", Stage: vod.Retrieval, Histogram: oneOf(3 * time.Second)},
	})
	b.equal(got.Errors, []statistics.Errors(nil))
}

func refusedIsNotCounted(_ *testing.T, b bundle) {
	in := b.create(ingest())
	_, err := b.IngestCreate(b.ctx, in, nil, vod.AuditEntry{})
	b.fault(err, vod.Conflict)
	mine := errors.New("mine")
	for _, refuse := range []func(*vod.Run) error{
		func(*vod.Run) error { return mine },
		func(run *vod.Run) error { // A row that cannot be written, after some that can.
			run.Attempts = append(run.Attempts, vod.Attempt{TaskID: run.Tasks[0].ID, Status: vod.TaskRunning})
			return nil
		},
	} {
		err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
			become(&run.Ingest, vod.Completed)
			run.Tasks = append(run.Tasks, taking(in, 0, vod.Retrieval, time.Second))
			return refuse(run)
		})
		if err == nil {
			b.t.Fatal("was written")
		}
	}
	got := b.figures()
	b.equal(totalOf(got), statistics.Counts{Accepted: 1})
	b.equal(len(got.Durations), 0)
}

func repetitionCountsOnce(_ *testing.T, b bundle) {
	key := store.Idempotency{Tenant: "t1", Route: "r", Key: "k", BodyHash: "h", Expires: time.Now().Add(time.Hour)}
	for range 3 {
		_, err := b.IngestCreate(b.ctx, ingest(), &key, vod.AuditEntry{})
		b.ok(err)
	}
	b.equal(totalOf(b.figures()), statistics.Counts{Accepted: 1})
}

func importsAreNotCounted(_ *testing.T, b bundle) {
	history := ingest(being(vod.Completed))
	b.imported(vod.Run{Ingest: history, Tasks: []vod.Task{taking(history, 0, vod.Encoding, time.Second)}}, true)
	got := b.figures()
	b.equal(got, statistics.Figures{})
}

func retryIsCounted(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running)))
	b.setStatus(in.ID, vod.Failed)
	b.setStatus(in.ID, vod.Queued)
	b.equal(b.figures().Load, statistics.Load{Queued: 1})
	b.setStatus(in.ID, vod.Running)
	end := time.Now().Add(time.Hour)
	b.change(in.ID, func(run *vod.Run) {
		become(&run.Ingest, vod.Completed)
		run.Ingest.End = vod.Millis(end)
	})
	got := b.figures()
	b.equal(totalOf(got), statistics.Counts{Accepted: 2, Dequeued: 2, Failed: 1, Completed: 1})
	b.equal(len(got.Durations), 1)
	// From the retry on, not from when it was accepted.
	b.equal(got.Durations[0].Histogram, oneOf(time.Hour))
}

func countedByProfile(_ *testing.T, b bundle) {
	b.create(ingest(being(vod.Completed)))
	b.create(ingest(being(vod.Completed)))
	b.create(ingest(func(in *vod.Ingest) { in.ProfileName = "other" }))
	got := b.figures(func(f *store.StatisticsFilter) { f.ProfileName = "other" })
	b.equal(totalOf(got), statistics.Counts{Accepted: 1})
	b.equal(got.Load, statistics.Load{Queued: 1})
	both := []statistics.Profile{
		{Name: "default", Counts: statistics.Counts{Accepted: 2, Dequeued: 2, Completed: 2}},
		{Name: "other", Counts: statistics.Counts{Accepted: 1}},
	}
	b.equal(got.Profiles, both)
	b.equal(b.figures().Profiles, both)
	b.equal(totalOf(b.figures()), statistics.Counts{Accepted: 3, Dequeued: 2, Completed: 2})
	none := b.figures(func(f *store.StatisticsFilter) { f.ProfileName = "none" })
	b.equal(totalOf(none), statistics.Counts{})
	b.equal(none.Load, statistics.Load{})
}

func countedByTenant(_ *testing.T, b bundle) {
	in := b.create(ingest(other))
	b.change(in.ID, func(run *vod.Run) {
		become(&run.Ingest, vod.Failed)
		run.Tasks = append(run.Tasks, failing(in, 0, vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "m"}))
	})
	b.create(ingest(other))
	b.equal(b.figures(), statistics.Figures{})
}

func countsOutlive(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running)))
	b.setStatus(in.ID, vod.Completed)
	before := b.figures()
	b.ok(b.IngestDelete(b.ctx, "t1", in.ID, vod.AuditEntry{}))
	b.equal(b.figures(), before)
	tenants, err := b.RetentionTenants(b.ctx)
	b.ok(err)
	b.equal(tenants, []string{"t1"})
}

func countedRanges(_ *testing.T, b bundle) {
	start := statistics.SlotOf(at(0))
	for n := range 4 {
		b.create(ingest(func(in *vod.Ingest) { in.Start = start.Add(time.Duration(n) * statistics.Slot) }))
		b.create(ingest(func(in *vod.Ingest) { in.Start = start.Add(time.Duration(n+1)*statistics.Slot - time.Millisecond) }))
	}
	got := b.figures(func(f *store.StatisticsFilter) {
		f.From, f.To = start.Add(statistics.Slot), start.Add(3*statistics.Slot)
	})
	b.equal(got.Periods, []statistics.Period{
		{Start: start.Add(statistics.Slot), Counts: statistics.Counts{Accepted: 2}},
		{Start: start.Add(2 * statistics.Slot), Counts: statistics.Counts{Accepted: 2}},
	})
	b.equal(got.Later, statistics.Counts{Accepted: 2})
}

func errorsInOrder(_ *testing.T, b bundle) {
	var last vod.Ingest
	for n, e := range []vod.StepError{
		{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "one"},
		{Class: vod.ClassRemote, Reason: vod.ReasonTimeout, Message: "two"},
		{Class: vod.ClassRemote, Reason: vod.ReasonTimeout, Message: "three"},
	} {
		last = b.create(ingest(being(vod.Running)))
		b.change(last.ID, func(run *vod.Run) {
			become(&run.Ingest, vod.Failed)
			run.Ingest.End = at(n)
			second := failing(last, 1, vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonDiskFull, Message: "second"})
			run.Tasks = append(run.Tasks, second, failing(last, 0, e))
		})
	}
	nowhere := b.create(ingest(being(vod.Running)))
	b.change(nowhere.ID, func(run *vod.Run) {
		become(&run.Ingest, vod.Failed)
		run.Ingest.Error = "It cannot be read."
	})
	got := b.figures().Errors
	b.equal(len(got), 3)
	b.equal(got[0], statistics.Errors{
		Stage: vod.Encoding, Class: vod.ClassRemote, Reason: vod.ReasonTimeout, Failed: 2, Last: at(2),
		IngestID: last.ID, AssetID: last.AssetID, Message: "three",
	})
	b.equal(got[1].Message, "It cannot be read.")
	b.equal(got[1].Class, vod.Class(""))
	b.equal(got[2].Message, "one")
}

// lost ends the running attempt of the only task with an error, for another
// one to come.
func lost(e vod.StepError) func(*vod.Run) {
	return func(run *vod.Run) {
		t := &run.Tasks[0]
		t.Status = vod.TaskPending
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: t.Attempt, Status: t.Status, End: at(2), Error: &e})
	}
}

func retriedAttempts(_ *testing.T, b bundle) {
	in := b.running(1)
	timeout := vod.StepError{Class: vod.ClassRemote, Reason: vod.ReasonTimeout, Message: "Nobody answered."}
	b.change(in.ID, lost(timeout))
	b.change(in.ID, lost(timeout)) // It is not running: this tells nothing new.
	claim := func(run *vod.Run) {
		run.Tasks[0].Status, run.Tasks[0].Attempt = vod.TaskRunning, run.Tasks[0].Attempt+1
	}
	b.change(in.ID, claim)
	b.change(in.ID, lost(vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonWaits}))
	b.change(in.ID, claim)
	b.change(in.ID, lost(vod.StepError{Class: vod.ClassCancelled, Reason: vod.ReasonCancelled}))
	b.change(in.ID, claim)
	b.change(in.ID, func(run *vod.Run) {
		run.Ingest.Status = vod.Cancelling
		lost(timeout)(run)
	})
	got := b.figures().Errors
	b.equal(got, []statistics.Errors{{
		Stage: vod.Encoding, Class: vod.ClassRemote, Reason: vod.ReasonTimeout, Retried: 1, Last: at(2),
		IngestID: in.ID, AssetID: in.AssetID, Message: "Nobody answered.",
	}})
}

func lastAttemptIsMeasured(_ *testing.T, b bundle) {
	in := b.create(ingest(being(vod.Running)))
	b.change(in.ID, func(run *vod.Run) {
		t := taking(in, 0, vod.Encoding, 0)
		t.Status, t.Attempt, t.Share, t.End = vod.TaskRunning, 3, 0, time.Time{}
		run.Tasks = append(run.Tasks, t)
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: 3, Status: t.Status, Start: at(9_000_000)})
	})
	b.change(in.ID, func(run *vod.Run) {
		t := &run.Tasks[0]
		t.Status, t.End = vod.TaskCompleted, at(9_007_000)
		run.Attempts = append(run.Attempts, vod.Attempt{TaskID: t.ID, Number: 3, Status: t.Status, End: t.End})
	})
	b.equal(b.figures().Durations, []statistics.Durations{{Profile: "default", Stage: vod.Encoding, Histogram: oneOf(7 * time.Second)}})
}

func tasksNow(_ *testing.T, b bundle) {
	put := func(status vod.IngestStatus, profile string, tasks ...vod.Task) {
		in := b.create(ingest(being(status), func(in *vod.Ingest) { in.ProfileName = profile }))
		b.change(in.ID, func(run *vod.Run) {
			for step, t := range tasks {
				t.IngestID, t.ID, t.Step = in.ID, fmt.Sprint(in.ID, step), step
				run.Tasks = append(run.Tasks, t)
			}
		})
	}
	waiting := vod.Task{Stage: vod.Retrieval, Status: vod.TaskPending}
	encoding := vod.Task{Stage: vod.Encoding, Status: vod.TaskRunning, Attempt: 1, Order: 1, Start: at(1)}
	done := vod.Task{Stage: vod.Retrieval, Status: vod.TaskCompleted, Attempt: 1, Order: 1, Start: at(1), End: at(2)}
	put(vod.Queued, "default", waiting)
	put(vod.Queued, "other", waiting)
	put(vod.Running, "default", done, encoding, encoding)
	put(vod.Cancelling, "default", encoding)
	put(vod.Failed, "default", waiting) // It is over.
	got := b.figures().Load
	b.equal(got, statistics.Load{Queued: 2, Running: 1, Cancelling: 1, Tasks: []statistics.TaskLoad{
		{Stage: vod.Retrieval, Waiting: 2}, {Stage: vod.Encoding, Running: 3},
	}})
	b.equal(b.figures(func(f *store.StatisticsFilter) { f.ProfileName = "other" }).Load, statistics.Load{
		Queued: 1, Tasks: []statistics.TaskLoad{{Stage: vod.Retrieval, Waiting: 1}},
	})
}

// countedAtOnce: writes that share a transaction, some of which are refused.
func countedAtOnce(t *testing.T, b bundle) {
	const each = 40
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for n := range each {
				in := ingest(being(vod.Running))
				if _, err := b.IngestCreate(b.ctx, in, nil, vod.AuditEntry{}); err != nil {
					t.Error(err)
				}
				err := b.IngestChange(b.ctx, in.ID, func(run *vod.Run) error {
					become(&run.Ingest, vod.Completed)
					run.Tasks = append(run.Tasks, taking(in, 0, vod.Encoding, time.Second))
					if n%2 == 1 {
						run.Tasks[0].Share = 2
					}
					return nil
				})
				if (err != nil) != (n%2 == 1) {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got := b.figures()
	b.equal(totalOf(got), statistics.Counts{Accepted: 8 * each, Dequeued: 8 * each, Completed: 4 * each})
	b.equal(got.Durations[1].Histogram, statistics.Histogram{statistics.BucketOf(time.Second): 4 * each})
	b.equal(got.Load.Running, int64(4*each))
}

func statisticsExpire(_ *testing.T, b bundle) {
	start := statistics.SlotOf(at(0))
	for n := range 4 {
		for _, change := range []func(*vod.Ingest){func(*vod.Ingest) {}, other} {
			in := b.create(ingest(change, being(vod.Running), func(in *vod.Ingest) { in.Start = start.Add(time.Duration(n) * statistics.Slot) }))
			b.setStatus(in.ID, vod.Completed)
		}
	}
	for _, want := range []int{2, 1, 0} {
		n, err := b.StatisticsExpire(b.ctx, "t1", start.Add(2*statistics.Slot+time.Minute), 2)
		b.ok(err)
		b.equal(n, want)
	}
	got := b.figures()
	b.equal(len(got.Periods), 1)
	b.equal(got.Durations[0].Histogram.Count(), int64(1))
	b.equal(len(b.figures(func(f *store.StatisticsFilter) { f.Tenant = "t2" }).Periods), 4)
}
