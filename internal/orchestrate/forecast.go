package orchestrate

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/forecast"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// CountMost is what Count counts to, where counting takes time.
	CountMost = 10_000
	// learntFrom is how many earlier ingests of a profile a forecast looks at.
	learntFrom = 20
)

// Count tells how many of the caller's ingests the filter selects, by status, up
// to [CountMost] of each; see [store.Lists]. The tenant of the filter is set here.
func (s *Service) Count(ctx context.Context, by vod.Caller, f store.IngestFilter) (map[vod.IngestStatus]int, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, err
	}
	f.Tenant = by.Tenant
	return s.Store.IngestCount(ctx, f, CountMost)
}

// Forecast is where an unfinished ingest stands, and when it is likely to end.
type Forecast struct {
	Stages []vod.Stage // that are running now
	End    time.Time   // zero: not known
	From   int         // earlier ingests that End is learnt from
	Late   bool        // it should have ended by now; End is the time then
}

// Forecasts gives those of the ingests that are not over, by id; at most 500.
func (s *Service) Forecasts(ctx context.Context, by vod.Caller, ingests []vod.Ingest) (map[string]Forecast, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, err
	}
	var ids []string
	for _, in := range ingests {
		if !in.Status.Final() {
			ids = append(ids, in.ID)
		}
	}
	if len(ids) == 0 {
		return map[string]Forecast{}, nil
	}
	tasks, err := s.Store.IngestTimes(ctx, by.Tenant, ids)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	forecasts, past := map[string]Forecast{}, map[string][]forecast.Run{}
	for _, in := range ingests {
		if in.Status.Final() {
			continue
		}
		f := Forecast{Stages: runningStages(tasks[in.ID])}
		if in.Status == vod.Running { // Of one that waits, nobody knows for how long.
			runs, known := past[in.ProfileName]
			if !known {
				if runs, err = s.earlierRuns(ctx, by.Tenant, in.ProfileName); err != nil {
					return nil, err
				}
				past[in.ProfileName] = runs
			}
			f.End, f.From = forecast.Likely(now, tasks[in.ID], runs), len(runs)
			f.Late = !f.End.IsZero() && !f.End.After(now)
		}
		forecasts[in.ID] = f
	}
	return forecasts, nil
}

// learntFor is how long earlier runs are remembered: every page that is open asks
// for them with each change.
const learntFor = 30 * time.Second

// learnt remembers the earlier runs of profiles.
type learnt struct {
	mu   sync.Mutex
	runs map[[2]string]learntRuns // by tenant and profile
}

type learntRuns struct {
	until time.Time
	runs  []forecast.Run
}

// earlierRuns are the newest that completed under the profile, as of a moment
// ago.
func (s *Service) earlierRuns(ctx context.Context, tenant, profile string) ([]forecast.Run, error) {
	key, now := [2]string{tenant, profile}, s.Now()
	s.learnt.mu.Lock()
	known := s.learnt.runs[key]
	s.learnt.mu.Unlock()
	if now.Before(known.until) {
		return known.runs, nil
	}
	runs, err := s.readEarlierRuns(ctx, tenant, profile)
	if err != nil {
		return nil, err
	}
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	maps.DeleteFunc(s.learnt.runs, func(_ [2]string, l learntRuns) bool { return !now.Before(l.until) })
	s.learnt.runs[key] = learntRuns{now.Add(learntFor), runs}
	return runs, nil
}

func (s *Service) readEarlierRuns(ctx context.Context, tenant, profile string) ([]forecast.Run, error) {
	page, _, err := s.Store.IngestList(ctx, store.IngestFilter{
		Tenant: tenant, ProfileName: profile, Statuses: []vod.IngestStatus{vod.Completed}, Limit: learntFrom,
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(page))
	for i, in := range page {
		ids[i] = in.ID
	}
	if len(ids) == 0 {
		return nil, nil
	}
	tasks, err := s.Store.IngestTimes(ctx, tenant, ids)
	if err != nil {
		return nil, err
	}
	runs := make([]forecast.Run, len(page))
	for i, in := range page {
		runs[i] = forecast.Run{End: in.End, Tasks: tasks[in.ID]}
	}
	return runs, nil
}

func runningStages(tasks []vod.Task) (stages []vod.Stage) {
	for _, t := range tasks {
		if t.Status == vod.TaskRunning && !slices.Contains(stages, t.Stage) {
			stages = append(stages, t.Stage)
		}
	}
	return stages
}
