package orchestrate

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Statistics tells what the caller's ingests came to; see package statistics.
func (s *Service) Statistics(ctx context.Context, by vod.Caller, q statistics.Query) (statistics.Report, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return statistics.Report{}, err
	}
	now := vod.Millis(s.Now())
	q, err := q.Resolve(now)
	if err != nil {
		return statistics.Report{}, err
	}
	from, to, width := statistics.Align(q.From, q.To)
	figures, err := s.Store.StatisticsGet(ctx, store.StatisticsFilter{Tenant: by.Tenant, ProfileName: q.Profile, From: from, To: to})
	if err != nil {
		return statistics.Report{}, err
	}
	r := statistics.Report{From: from, To: to, Width: width, Now: now, Profile: q.Profile, Figures: figures}
	r.Columns = statistics.Columns(from, to, width, figures)
	r.Total = statistics.Total(r.Columns)
	return r, nil
}
