package orchestrate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// finished waits for the end of a job.
func (s *service) finished(by vod.Caller, id string) orchestrate.BulkJob {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		job, err := s.Bulk(by, id)
		if err != nil {
			s.t.Fatal(err)
		}
		if !job.Ended.IsZero() {
			return job
		}
		if s.t.Context().Err() != nil {
			s.t.Fatalf("the job does not end: %+v", job)
		}
	}
	panic("unreachable")
}

// put writes an ingest that is in the status.
func (s *service) put(n int, status vod.IngestStatus) string {
	s.t.Helper()
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	in := vod.Ingest{
		ID: id, Tenant: tenant, AssetID: fmt.Sprint(n), ProfileName: "p", Status: status,
		Start: s.now.Add(time.Duration(n) * time.Second), HasInput: true, Input: []byte(`{}`), MediaKey: id,
	}
	if status.Final() {
		in.End = in.Start
	}
	if _, err := s.store.IngestCreate(s.t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		s.t.Fatal(err)
	}
	return id
}

// TestBulkCancel: everything that the filter matched when it was looked at, and
// nothing else.
func TestBulkCancel(t *testing.T) {
	t.Parallel()
	s := newService(t)
	by := as(tenant)
	for n := range 450 {
		s.put(n, vod.Queued)
	}
	s.put(1000, vod.Completed)
	s.now = s.now.Add(time.Hour)
	plan, err := s.BulkPreview(t.Context(), by, orchestrate.BulkRequest{Action: orchestrate.BulkCancel, Filter: &store.IngestFilter{ProfileName: "p"}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[vod.IngestStatus]int{vod.Queued: 450, vod.Completed: 1}, plan.ByStatus); d != "" || plan.Affected != 450 || plan.Left != 1 {
		t.Errorf("%+v %s", plan, d)
	}
	late := s.put(9000, vod.Queued)
	id, err := s.BulkStart(t.Context(), by, plan)
	if err != nil {
		t.Fatal(err)
	}
	if job := s.finished(by, id); job.Done != 450 || job.Total != 450 || job.Failed+job.Skipped != 0 {
		t.Errorf("%+v", job)
	}
	counts, err := s.Count(t.Context(), by, store.IngestFilter{})
	if err != nil || counts[vod.Queued] != 1 {
		t.Errorf("%v, %v: the late one is to stay", counts, err)
	}
	run, err := s.Get(t.Context(), by, late)
	if err != nil || run.Ingest.Status != vod.Queued {
		t.Errorf("%s, %v", run.Ingest.Status, err)
	}
}

// TestBulkOfChosen: what cannot be done any more is passed over.
func TestBulkOfChosen(t *testing.T) {
	t.Parallel()
	s := newService(t)
	by := as(tenant)
	ids := []string{s.put(1, vod.Queued), s.put(2, vod.Completed), s.put(3, vod.Running), "none"}
	plan, err := s.BulkPreview(t.Context(), by, orchestrate.BulkRequest{Action: orchestrate.BulkCancel, IDs: ids})
	if err != nil || plan.Affected != 2 || plan.Left != 1 {
		t.Fatalf("%+v, %v", plan, err)
	}
	id, err := s.BulkStart(t.Context(), by, plan)
	if err != nil {
		t.Fatal(err)
	}
	if job := s.finished(by, id); job.Done != 2 || job.Skipped != 2 {
		t.Errorf("%+v", job)
	}
	if _, err := s.Bulk(as("other"), id); vod.CodeOf(err) != vod.NotFound {
		t.Errorf("another tenant's job: %v", err)
	}
}

func TestBulkRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	viewer := vod.Caller{Subject: "vic", Tenant: tenant, Permissions: vod.Viewer.Permissions()}
	all := &store.IngestFilter{}
	for name, tc := range map[string]struct {
		by   vod.Caller
		r    orchestrate.BulkRequest
		code vod.Code
	}{
		"a viewer":   {viewer, orchestrate.BulkRequest{Action: orchestrate.BulkCancel, Filter: all}, vod.Forbidden},
		"no action":  {as(tenant), orchestrate.BulkRequest{Filter: all}, vod.Invalid},
		"no ingests": {as(tenant), orchestrate.BulkRequest{Action: orchestrate.BulkRetry}, vod.Invalid},
		"too many":   {as(tenant), orchestrate.BulkRequest{Action: orchestrate.BulkRetry, IDs: make([]string, 1001)}, vod.Invalid},
	} {
		if _, err := s.BulkPreview(t.Context(), tc.by, tc.r); vod.CodeOf(err) != tc.code {
			t.Errorf("%s: preview: %v", name, err)
		}
		if _, err := s.BulkStart(t.Context(), tc.by, orchestrate.BulkPlan{Request: tc.r}); vod.CodeOf(err) != tc.code {
			t.Errorf("%s: start: %v", name, err)
		}
	}
}
