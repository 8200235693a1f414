package orchestrate_test

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestReschedule: the same again changes nothing, and what changed is told to
// the engine and to the audit log.
func TestReschedule(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.equal("at first", orchestrate.ScheduleOf(s.get(id).Ingest), orchestrate.Schedule{Priority: vod.Normal})
	due := time.Date(2026, 12, 1, 7, 0, 0, 123_456_789, time.FixedZone("", 3600))
	want := orchestrate.Schedule{Priority: vod.High, Due: time.Date(2026, 12, 1, 6, 0, 0, 123_000_000, time.UTC)}
	s.woken = nil
	for range 2 {
		got, err := s.Reschedule(t.Context(), as(tenant), id, orchestrate.Schedule{Priority: vod.High, Due: due})
		s.ok(err)
		s.equal("given", got, want)
	}
	s.equal("kept", orchestrate.ScheduleOf(s.get(id).Ingest), want)
	s.equal("woken", s.woken[0], id)
	entries, _, err := s.AuditList(t.Context(), as(tenant), store.AuditFilter{Action: vod.ScheduledIngest, Limit: 10})
	s.ok(err)
	if len(entries) != 1 || entries[0].Target != id || entries[0].AssetID != "1" {
		t.Errorf("audit %+v", entries)
	}
	got, err := s.Reschedule(t.Context(), as(tenant), id, orchestrate.Schedule{})
	s.ok(err)
	s.equal("taken back", got, orchestrate.Schedule{Priority: vod.Normal})
}

func TestRescheduleRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	set := func(by vod.Caller, id string, to orchestrate.Schedule) error {
		_, err := s.Reschedule(t.Context(), by, id, to)
		return err
	}
	s.refused(set(as(tenant), id, orchestrate.Schedule{Priority: "URGENT"}), vod.Invalid)
	s.refused(set(as(tenant), id, orchestrate.Schedule{Due: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}), vod.Invalid)
	s.refused(set(as("other"), id, orchestrate.Schedule{}), vod.NotFound)
	viewer := as(tenant)
	viewer.Permissions = vod.Viewer.Permissions()
	s.refused(set(viewer, id, orchestrate.Schedule{}), vod.Forbidden)
	s.run(id)
	s.refused(set(as(tenant), id, orchestrate.Schedule{}), vod.Conflict)
}

// TestSubmitWithSchedule: it is kept with the ingest, and checked before.
func TestSubmitWithSchedule(t *testing.T) {
	t.Parallel()
	s := newService(t)
	want := orchestrate.Schedule{Priority: vod.Low, Due: time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)}
	id := s.submit(func(sub *orchestrate.Submission) { sub.Schedule = want })
	s.equal("kept", orchestrate.ScheduleOf(s.get(id).Ingest), want)
	sub := clip()
	sub.Priority = "URGENT"
	_, err := s.Submit(t.Context(), as(tenant), sub, nil)
	s.refused(err, vod.Invalid)
}

// TestWorkers: those that were not heard of lately are left out.
func TestWorkers(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for id, ago := range map[string]time.Duration{"here": vod.WorkerLost / 2, "lost": 2 * vod.WorkerLost} {
		s.ok(s.store.WorkerSeen(t.Context(), vod.Worker{ID: id, Host: id, Slots: map[vod.Stage]int{vod.Encoding: 1}, Started: s.now, Seen: vod.Millis(s.now.Add(-ago))}))
	}
	workers, err := s.Workers(t.Context(), as(tenant))
	s.ok(err)
	if len(workers) != 1 || workers[0].ID != "here" {
		t.Errorf("workers %+v", workers)
	}
	_, err = s.Workers(t.Context(), vod.Caller{Tenant: tenant})
	s.refused(err, vod.Forbidden)
}
