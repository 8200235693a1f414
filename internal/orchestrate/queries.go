package orchestrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// List gives a page of the caller's ingests; see [store.Ingests]. The tenant of
// the filter is set here.
func (s *Service) List(ctx context.Context, by vod.Caller, f store.IngestFilter) ([]vod.Ingest, bool, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, false, err
	}
	f.Tenant = by.Tenant
	return s.Store.IngestList(ctx, f)
}

// ListVersion is the version of what List gives the caller; see
// [store.Ingests.IngestVersion]. A page that was listed under a version may be
// shown again, to a caller of the same tenant, while the version is the same.
func (s *Service) ListVersion(by vod.Caller) (version uint64, known bool, err error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return 0, false, err
	}
	version, known = s.Store.IngestVersion(by.Tenant)
	return version, known, nil
}

// Get gives an ingest with its tasks.
func (s *Service) Get(ctx context.Context, by vod.Caller, id string) (vod.Run, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return vod.Run{}, err
	}
	return s.Store.IngestGet(ctx, by.Tenant, id)
}

// Task gives a task with all its attempts.
func (s *Service) Task(ctx context.Context, by vod.Caller, ingestID, taskID string) (TaskView, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return TaskView{}, err
	}
	run, err := s.Store.IngestGet(ctx, by.Tenant, ingestID)
	if err != nil {
		return TaskView{}, err
	}
	t := run.Task(taskID)
	if t == nil {
		return TaskView{}, vod.Faultf(vod.NotFound, "Ingest %s has no task %s.", ingestID, taskID)
	}
	if run.Ingest.Imported { // Its ids are others', and it was not attempted here.
		return TaskView{Task: *t}, nil
	}
	attempts, err := s.Store.TaskAttempts(ctx, taskID)
	return TaskView{Task: *t, Attempts: attempts}, err
}

// Attempts gives those of a task of a run that [Service.Get] gave the same
// caller. It does not read the run again, so that many tasks can be asked for.
func (s *Service) Attempts(ctx context.Context, by vod.Caller, run vod.Run, taskID string) ([]vod.Attempt, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, err
	}
	if run.Ingest.Tenant != by.Tenant || run.Task(taskID) == nil {
		return nil, vod.Faultf(vod.NotFound, "Ingest %s has no task %s.", run.Ingest.ID, taskID)
	}
	if run.Ingest.Imported { // Its ids are others', and it was not attempted here.
		return nil, nil
	}
	return s.Store.TaskAttempts(ctx, taskID)
}

// Steps gives every step of an ingest, with what each waits for.
func (s *Service) Steps(ctx context.Context, by vod.Caller, id string) ([]StepView, error) {
	run, err := s.Get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return s.StepsOf(ctx, by, run)
}

// StepsOf is Steps for a run that [Service.Get] gave the same caller. It does
// not read the run again.
func (s *Service) StepsOf(ctx context.Context, by vod.Caller, run vod.Run) ([]StepView, error) {
	id := run.Ingest.ID
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, err
	}
	if run.Ingest.Tenant != by.Tenant {
		return nil, noIngest(id)
	}
	if run.Ingest.Imported {
		return nil, vod.Faultf(vod.NotFound, "Ingest %s was imported; it has no plan here.", id)
	}
	p, _, err := ParseInput(run.Ingest.Input)
	if err != nil {
		return nil, fmt.Errorf("snapshot of ingest %s: %w", id, err)
	}
	ready := map[string]plan.Ready{}
	for _, r := range p.Ready(&run, s.Now()) {
		ready[r.TaskID] = r
	}
	return stepViews(p, run, func(taskID string) string {
		r, ok := ready[taskID]
		if !ok {
			return ""
		}
		return s.Engine.Waiting(ctx, r)
	}), nil
}

// stepViews tells of each step how far it is and what it waits for.
func stepViews(p *plan.Plan, run vod.Run, waiting func(taskID string) string) []StepView {
	views := make([]StepView, len(p.Steps()))
	over := p.Ended(&run)
	for i, step := range p.Steps() {
		v := StepView{
			Step: i, Stage: step.Stage, Name: step.Name, Type: step.Type,
			Filter: step.Filter, LabelOut: step.LabelOut, After: p.After(i), Needs: p.NeedsOf(i),
		}
		var task *vod.Task
		for j := range run.Tasks {
			if run.Tasks[j].Step == i {
				task = &run.Tasks[j]
				v.TaskID = task.ID
			}
		}
		v.State, v.Reason = stateOf(p, run, i, task, over)
		if v.State == "ready" {
			v.NotBefore = task.NotBefore
			if held := waiting(task.ID); held != "" {
				v.Reason = held
			}
		}
		views[i] = v
	}
	return views
}

// stateOf tells how far a step is. What is over or bound to end without the
// step is told from what is still to come.
func stateOf(p *plan.Plan, run vod.Run, step int, task *vod.Task, over []bool) (state, reason string) {
	status, bound := run.Ingest.Status, p.Ending(&run)
	matchesNothing := over[step] && task == nil && (status == vod.Completed || !status.Final() && bound == "")
	switch {
	case task != nil && task.Status == vod.TaskRunning:
		return "running", ""
	case over[step] && task != nil && (task.Order > 0 || task.Status != vod.TaskCancelled):
		return "done", ""
	case matchesNothing:
		return "done", "No fileset matches its filter."
	case status.Final():
		return "never", fmt.Sprintf("The ingest is %s.", status)
	case bound != "" && !claimable(p, run, task):
		return "never", fmt.Sprintf("The ingest is going to be %s.", bound)
	}
	if open := unended(p, step, over); len(open) > 0 {
		return "waiting", fmt.Sprintf("Waits for %s to end.", strings.Join(open, " and "))
	}
	if task != nil && task.Error != nil && !task.NotBefore.IsZero() {
		return "ready", fmt.Sprintf("Attempt %d failed: %s", task.Attempt, task.Error.Message)
	}
	return "ready", ""
}

// unended names the steps that this one waits for.
func unended(p *plan.Plan, step int, over []bool) (paths []string) {
	for _, a := range p.After(step) {
		if !over[a] {
			paths = append(paths, plan.Path(p.Steps(), a))
		}
	}
	return paths
}

func claimable(p *plan.Plan, run vod.Run, task *vod.Task) bool {
	return task != nil && slices.ContainsFunc(p.Ready(&run, time.Time{}), func(r plan.Ready) bool { return r.TaskID == task.ID })
}
