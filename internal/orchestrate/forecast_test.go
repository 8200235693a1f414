package orchestrate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// carryOut gives an ingest one task, and ends both if to is not zero.
func (s *service) carryOut(id string, from, to time.Time) {
	s.t.Helper()
	err := s.store.IngestChange(s.t.Context(), id, func(run *vod.Run) error {
		t := vod.Task{ID: id + "-e", IngestID: id, Stage: vod.Encoding, Status: vod.TaskRunning, Attempt: 1, Order: 1, Start: from}
		run.Ingest.Status = vod.Running
		if !to.IsZero() {
			t.Status, t.End, t.Share = vod.TaskCompleted, to, 1
			run.Ingest.Status, run.Ingest.Progress, run.Ingest.End = vod.Completed, 100, to
		}
		run.Tasks = append(run.Tasks, t)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestForecasts are learnt from the same profile and tenant, for what runs.
func TestForecasts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	by := as(tenant)
	earlier, running, queued := s.put(1, vod.Queued), s.put(2, vod.Queued), s.put(3, vod.Queued)
	s.now = s.now.Add(time.Hour)
	s.carryOut(earlier, s.now.Add(-time.Minute), s.now)
	s.carryOut(running, s.now.Add(-10*time.Second), time.Time{})
	list := []vod.Ingest{{ID: earlier, ProfileName: "p", Status: vod.Completed}, {ID: running, ProfileName: "p", Status: vod.Running}, {ID: queued, ProfileName: "p", Status: vod.Queued}}
	got, err := s.Forecasts(t.Context(), by, list)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	f := got[running]
	if f.From != 1 || f.End.Sub(s.now.Add(50*time.Second)).Abs() > 5*time.Second || !slices.Equal(f.Stages, []vod.Stage{vod.Encoding}) {
		t.Errorf("after 10 s of what took a minute before: %+v, now %s", f, s.now)
	}
	if q := got[queued]; !q.End.IsZero() || q.Stages != nil {
		t.Errorf("of one that waits: %+v", q)
	}
	list[1].ProfileName = "another"
	if got, err = s.Forecasts(t.Context(), by, list); err != nil || !got[running].End.IsZero() {
		t.Errorf("without earlier runs: %+v, %v", got[running], err)
	}
	if _, err := s.Forecasts(t.Context(), vod.Caller{Subject: "x", Tenant: tenant}, list); vod.CodeOf(err) != vod.Forbidden {
		t.Errorf("without permission: %v", err)
	}
}
