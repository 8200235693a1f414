package orchestrate

import (
	"context"
	"fmt"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	jobsKept     = 50 // of a tenant
	problemsKept = 20 // of a job
	bulkPage     = 200
)

// jobs are the bulk actions of this process, the newest of each tenant.
type jobs struct {
	background context.Context
	stop       context.CancelFunc
	group      sync.WaitGroup

	mu       sync.Mutex
	byTenant map[string][]*BulkJob // oldest first
}

func newJobs(ctx context.Context) *jobs {
	j := &jobs{byTenant: map[string][]*BulkJob{}}
	j.background, j.stop = context.WithCancel(context.WithoutCancel(ctx))
	return j
}

func (j *jobs) add(tenant string, job BulkJob) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := j.byTenant[tenant]
	if n := len(list); n > 0 && list[n-1].Ended.IsZero() {
		return vod.Faultf(vod.Conflict, "Another action on many ingests is under way, begun by %s; wait for its end.", list[n-1].By)
	}
	if len(list) == jobsKept {
		list = list[1:]
	}
	j.byTenant[tenant] = append(list, &job)
	return nil
}

func (j *jobs) get(tenant, id string) (BulkJob, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, job := range j.byTenant[tenant] {
		if job.ID == id {
			return *job, nil
		}
	}
	return BulkJob{}, vod.Faultf(vod.NotFound, "There is no such action on many ingests. Those from before the server's last start are in the audit log alone.")
}

func (j *jobs) change(tenant, id string, change func(*BulkJob)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, job := range j.byTenant[tenant] {
		if job.ID == id {
			// What was given out shares the list of problems, which only grows.
			change(job)
		}
	}
}

// runBulk tries the action on each of the plan's ingests.
func (s *Service) runBulk(ctx context.Context, by vod.Caller, id string, plan BulkPlan) {
	update := func(change func(*BulkJob)) { s.jobs.change(by.Tenant, id, change) }
	err := s.eachOf(ctx, by, plan, func(ingestID string) { s.bulkOne(ctx, by, plan.Request.Action, ingestID, update) })
	update(func(job *BulkJob) {
		job.Ended, job.Stopped = s.Now(), ctx.Err() != nil
		if err != nil && !job.Stopped {
			job.Problems = append(job.Problems, fmt.Sprintf("It ended early: %v", err))
		}
	})
}

// eachOf calls do for each of the plan's ingests that the action may reach.
func (s *Service) eachOf(ctx context.Context, by vod.Caller, plan BulkPlan, do func(id string)) error {
	if plan.Request.Filter == nil {
		for _, id := range plan.Request.IDs {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			do(id)
		}
		return nil
	}
	_, reach, err := plan.Request.Action.permission()
	if err != nil {
		return err
	}
	f := bulkFilter(*plan.Request.Filter, by.Tenant, plan.Until)
	if f.Statuses = common(f.Statuses, reach); len(f.Statuses) == 0 {
		return nil
	}
	for f.Limit = bulkPage; ; {
		page, more, err := s.Store.IngestList(ctx, f)
		if err != nil {
			return err
		}
		for _, in := range page {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			do(in.ID)
			f.After = &store.Position{Start: in.Start, ID: in.ID}
		}
		if !more {
			return nil
		}
	}
}

// common are the statuses that both have; none stands for all.
func common(chosen, reach []vod.IngestStatus) (both []vod.IngestStatus) {
	if len(chosen) == 0 {
		return reach
	}
	for _, c := range chosen {
		for _, r := range reach {
			if c == r {
				both = append(both, c)
			}
		}
	}
	return both
}

func (s *Service) bulkOne(ctx context.Context, by vod.Caller, action BulkAction, id string, update func(func(*BulkJob))) {
	do := s.Cancel
	if action == BulkRetry {
		do = s.Retry
	}
	err := do(ctx, by, id)
	update(func(job *BulkJob) {
		switch code := vod.CodeOf(err); {
		case err == nil:
			job.Done++
		case code == vod.Conflict || code == vod.NotFound:
			job.Skipped++
		default:
			job.Failed++
			if len(job.Problems) < problemsKept {
				job.Problems = append(job.Problems, fmt.Sprintf("%s: %s", id, told(err)))
			}
		}
	})
	if err != nil && vod.CodeOf(err) == "" {
		s.Log.ErrorContext(ctx, "a bulk action failed for an ingest", "ingest", id, "error", err)
	}
}

// told is what a person may read of an error.
func told(err error) string {
	if vod.CodeOf(err) == "" {
		return "an internal error; see the server's log"
	}
	return err.Error()
}
