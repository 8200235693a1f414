package orchestrate

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// BulkAction is what is done to many ingests at once.
type BulkAction string

// The actions.
const (
	BulkCancel BulkAction = "cancel"
	BulkRetry  BulkAction = "retry"
)

// bulkIDs is how many ingests may be named.
const bulkIDs = 1000

// permission is the one that the action needs, and reach the statuses that it
// makes a difference to.
func (a BulkAction) permission() (p vod.Permission, reach []vod.IngestStatus, err error) {
	switch a {
	case BulkCancel:
		return vod.CancelIngests, []vod.IngestStatus{vod.Queued, vod.Running}, nil
	case BulkRetry:
		return vod.RetryIngests, []vod.IngestStatus{vod.Failed, vod.Cancelled}, nil
	}
	return "", nil, vod.Faultf(vod.Invalid, "There is no action %q for many ingests; there are cancel and retry.", string(a))
}

// BulkRequest names ingests, by their ids or by a filter, and what to do.
type BulkRequest struct {
	Action BulkAction
	IDs    []string            // 1..1000; or:
	Filter *store.IngestFilter // everything that it selects; After and Limit make no difference
}

// BulkPlan is what a request comes to.
type BulkPlan struct {
	Request BulkRequest
	// Until leaves out, of what a filter selects, whatever arrives after the plan
	// was made: nobody has seen that.
	Until    time.Time
	ByStatus map[vod.IngestStatus]int
	Affected int // on which the action is tried
	Left     int // whose status makes it impossible
}

// BulkPreview tells what a request would come to, and does nothing.
func (s *Service) BulkPreview(ctx context.Context, by vod.Caller, r BulkRequest) (BulkPlan, error) {
	permission, reach, err := r.Action.permission()
	if err != nil {
		return BulkPlan{}, err
	}
	if err := by.Require(permission); err != nil {
		return BulkPlan{}, err
	}
	plan := BulkPlan{Request: r, Until: s.Now().Add(time.Millisecond)}
	if plan.ByStatus, err = s.bulkCount(ctx, by, r, plan.Until); err != nil {
		return BulkPlan{}, err
	}
	for status, n := range plan.ByStatus {
		if slices.Contains(reach, status) {
			plan.Affected += n
		} else {
			plan.Left += n
		}
	}
	return plan, nil
}

func (s *Service) bulkCount(ctx context.Context, by vod.Caller, r BulkRequest, until time.Time) (map[vod.IngestStatus]int, error) {
	if r.Filter != nil {
		return s.Store.IngestCount(ctx, bulkFilter(*r.Filter, by.Tenant, until), math.MaxInt32)
	}
	if len(r.IDs) == 0 || len(r.IDs) > bulkIDs {
		return nil, vod.Faultf(vod.Invalid, "Choose 1 to %d ingests, or everything that a filter selects.", bulkIDs)
	}
	counts := map[vod.IngestStatus]int{}
	for _, id := range r.IDs {
		page, _, err := s.Store.IngestList(ctx, store.IngestFilter{Tenant: by.Tenant, IngestID: id, Limit: 1})
		if err != nil {
			return nil, err
		}
		for _, in := range page {
			counts[in.Status]++
		}
	}
	return counts, nil
}

// bulkFilter is the filter for the tenant, and without what arrived later.
func bulkFilter(f store.IngestFilter, tenant string, until time.Time) store.IngestFilter {
	f.Tenant, f.After = tenant, nil
	if f.To.IsZero() || until.Before(f.To) {
		f.To = until
	}
	return f
}

// BulkJob is a plan that is carried out, or was.
type BulkJob struct {
	ID      string
	Action  BulkAction
	By      string // who asked for it
	Begun   time.Time
	Ended   time.Time // zero: it is under way
	Total   int       // ingests that the plan has
	Done    int
	Skipped int // by the time that it was their turn, nothing was left to do
	Failed  int
	// Stopped tells that the server stopped before it was through.
	Stopped  bool
	Problems []string // why some failed, the first of them
}

// BulkStart begins to carry out a plan, and gives the id of the job. It goes on
// when its caller has gone. A tenant has one job at a time; a second one is a
// Conflict.
func (s *Service) BulkStart(ctx context.Context, by vod.Caller, plan BulkPlan) (string, error) {
	again, err := s.BulkPreview(ctx, by, plan.Request) // Not trusted: it comes back from outside.
	if err != nil {
		return "", err
	}
	if plan.Until.Before(again.Until) && !plan.Until.IsZero() {
		again.Until = plan.Until
	}
	job := BulkJob{ID: uuid.NewString(), Action: plan.Request.Action, By: by.Subject, Begun: s.Now(), Total: again.Affected}
	if err := s.jobs.add(by.Tenant, job); err != nil {
		return "", err
	}
	s.Log.InfoContext(ctx, "bulk action", "action", string(job.Action), "ingests", job.Total, "tenant", by.Tenant, "by", by.Subject)
	s.jobs.group.Go(func() { s.runBulk(s.jobs.background, by, job.ID, again) })
	return job.ID, nil
}

// Bulk tells how far a job of the caller's tenant is.
func (s *Service) Bulk(by vod.Caller, id string) (BulkJob, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return BulkJob{}, err
	}
	return s.jobs.get(by.Tenant, id)
}

// StopBulk has jobs under way end, and waits for them. What is left of them is
// not taken up again: the audit log tells what was done.
func (s *Service) StopBulk() {
	s.jobs.stop()
	s.jobs.group.Wait()
}
