package postgres

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestSumsAreTheSame: counts and statistics are the same before and after they
// are added up, the first time and again, and few rows are left.
func TestSumsAreTheSame(t *testing.T) {
	t.Parallel()
	s := open(t, pgtest.Database(t))
	for round := range 3 {
		for n := range 4 {
			runs(t, s, 4*round+n)
		}
		before := seen(t, s)
		if compacted, err := s.db.compact(t.Context()); err != nil || !compacted {
			t.Fatalf("%v, %v", compacted, err)
		}
		if d := cmp.Diff(before, seen(t, s)); d != "" {
			t.Fatalf("-before +after:\n%s", d)
		}
	}
	for table, want := range map[string]int{
		"ingest_counts": 3, "statistics_counts": 1, "statistics_durations": 2, "statistics_errors": 1,
	} {
		var rows int
		if err := s.db.pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows); err != nil || rows != want {
			t.Errorf("%s has %d rows, want %d: %v", table, rows, want, err)
		}
	}
}

// runs has an ingest that completes and one that fails, n ms after the first.
func runs(t *testing.T, s *Store, n int) {
	t.Helper()
	id := fmt.Sprint(n)
	start := statistics.SlotOf(time.Now())
	for _, status := range []vod.IngestStatus{vod.Completed, vod.Failed} {
		in := vod.Ingest{ID: id + string(status), Tenant: "t", AssetID: id, ProfileName: "p", Status: vod.Running, Start: start}
		if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
			t.Fatal(err)
		}
		err := s.IngestChange(t.Context(), in.ID, func(run *vod.Run) error {
			run.Ingest.Status, run.Ingest.End, run.Ingest.Error = status, start.Add(time.Minute+time.Duration(n)*time.Millisecond), id
			run.Tasks = append(run.Tasks, vod.Task{
				ID: in.ID + "/0", IngestID: in.ID, Stage: vod.Encoding, Status: vod.TaskCompleted, Attempt: 1, Order: 1,
				Start: start, End: start.Add(time.Second),
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

type sums struct {
	Counts  map[vod.IngestStatus]int
	Figures statistics.Figures
}

func seen(t *testing.T, s *Store) (got sums) {
	t.Helper()
	var err error
	if got.Counts, err = s.IngestCount(t.Context(), store.IngestFilter{Tenant: "t"}, 1); err != nil {
		t.Fatal(err)
	}
	got.Figures, err = s.StatisticsGet(t.Context(), store.StatisticsFilter{Tenant: "t", To: time.Now().AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
