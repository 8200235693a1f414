package orchestrate_test

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func (s *service) statistics(q statistics.Query) statistics.Report {
	s.t.Helper()
	r, err := s.Statistics(s.t.Context(), as(tenant), q)
	s.ok(err)
	return r
}

func TestStatisticsOfTheCaller(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.now = vod.Now() // The executor's clock is the real one.
	s.equal("empty", s.statistics(statistics.Query{}).Empty(), true)
	done, failed := s.submit(), s.submit()
	s.submit()
	s.run(done)
	s.failures["CATALOG"] = &vod.StepError{Class: vod.ClassConfig, Reason: vod.ReasonForbidden, Message: "No."}
	s.run(failed)
	s.now = vod.Now().Add(time.Minute)
	r := s.statistics(statistics.Query{})
	s.equal("total", r.Total, statistics.Counts{Accepted: 3, Dequeued: 2, Completed: 1, Failed: 1})
	s.equal("unfinished", r.Load.Unfinished(), int64(1))
	s.equal("the last depth", r.Columns[len(r.Columns)-1].Queued, int64(1))
	s.equal("the first depth", r.Columns[0].Unfinished, int64(0))
	s.equal("encodings", r.OfStage(vod.Encoding).Count(), int64(2))
	s.equal("whole ingests", r.Whole().Count(), int64(1))
	s.equal("waiting", r.Task(vod.Retrieval).Waiting, int64(1))
	s.equal("errors", len(r.Errors), 1)
	s.equal("example", r.Errors[0].IngestID, failed)
	s.equal("reason", r.Errors[0].Reason, vod.ReasonForbidden)
	theirs, err := s.Statistics(t.Context(), as("other"), statistics.Query{})
	s.ok(err)
	s.equal("another tenant", theirs.Empty(), true)
}

func TestStatisticsRanges(t *testing.T) {
	t.Parallel()
	s := newService(t)
	r := s.statistics(statistics.Query{})
	s.equal("a day", r.To.Sub(r.From) >= statistics.Day, true)
	s.equal("no more than now", r.To.Sub(r.Now) <= r.Width, true)
	r = s.statistics(statistics.Query{To: r.Now.AddDate(1, 0, 0), From: r.Now.Add(-time.Hour)})
	s.equal("ends now", r.To.Sub(r.Now) <= r.Width, true)
	for name, q := range map[string]statistics.Query{
		"backwards": {From: r.Now.Add(-time.Hour), To: r.Now.Add(-2 * time.Hour)},
		"to come":   {From: r.Now.Add(time.Hour)},
		"too long":  {From: r.Now.AddDate(-2, 0, 0)},
	} {
		if _, err := s.Statistics(t.Context(), as(tenant), q); vod.CodeOf(err) != vod.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	nobody := as(tenant)
	nobody.Permissions = nil
	if _, err := s.Statistics(t.Context(), nobody, statistics.Query{}); vod.CodeOf(err) != vod.Forbidden {
		t.Errorf("without permission: %v", err)
	}
}
