package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestStatisticsFindTheirRowsByIndex: none of the statements goes through what
// is kept of other tenants or times, nor through ingests that are over.
func TestStatisticsFindTheirRowsByIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	completed(t, s, "a", false)
	f := store.StatisticsFilter{Tenant: "t"}
	const (
		slots = "PRIMARY KEY (tenant=? AND slot_ms>? AND slot_ms<?)"
		later = "PRIMARY KEY (tenant=? AND slot_ms>?)"
		tasks = "SEARCH t USING INDEX sqlite_autoindex_tasks_2 (ingest_id=?)"
	)
	get := func(ctx context.Context, s *sqlstore.Store) error { _, err := s.StatisticsGet(ctx, f); return err }
	expectPlans(t, s, get, slots, later, tasks, "COVERING INDEX ingests_by_status (tenant=? AND status=?)", "INDEX ingests_by_status (tenant=? AND status=?)")
	f.ProfileName = "p"
	expectPlans(t, s, get, slots, later, tasks, "COVERING INDEX ingests_by_profile_status (tenant=? AND profile_name=? AND status=?)")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.StatisticsExpire(ctx, "t", time.Now(), 10)
		return err
	}, "PRIMARY KEY (tenant=?)", "PRIMARY KEY (tenant=? AND slot_ms=?)")
	if plan := explain(t, s, histogramQuery, "t", 1, "p", "s"); !strings.Contains(plan[0], "PRIMARY KEY (tenant=? AND slot_ms=? AND profile=? AND stage=?)") {
		t.Errorf("%q", plan)
	}
}

// TestUpgradeToStatistics: what there was before is counted by the upgrade as
// it would have been when it happened.
func TestUpgradeToStatistics(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	makeOld(t, path, 7)
	const quarter = 900_000
	statements := []string{}
	ingest := func(id, status string, start, end int64, imported int, message string) {
		ended := "NULL"
		if end > 0 {
			ended = fmt.Sprint(end)
		}
		statements = append(statements, fmt.Sprintf(`INSERT INTO ingests VALUES
			('%s', 't', 'asset', 'p', 1, '%s', 0, %d, %s, '%s', NULL, 0, %d, 1, 'k', '', NULL, NULL)`, id, status, start, ended, message, imported))
	}
	task := func(id, ingest, stage, status string, attempt, start, end int64, fault string) {
		statements = append(statements,
			fmt.Sprintf(`INSERT INTO tasks VALUES ('%s', '%s', 0, '%s', '%s', %d, 0, 0, 1, 1.0, 5, %d, NULL, NULL, NULL, %s)`, id, ingest, stage, status, attempt, end, fault),
			fmt.Sprintf(`INSERT INTO attempts VALUES ('%s', %d, '%s', %d, %d, NULL, NULL, '', NULL)`, id, attempt, status, start, end))
	}
	ingest("a", "COMPLETED", 1, 2*quarter+1000, 0, "")
	task("a1", "a", "ENCODING", "TASK_COMPLETED", 2, quarter-1000, quarter, "NULL")
	ingest("b", "FAILED", 1, quarter+1, 0, "It failed. Do this.")
	task("b1", "b", "PACKAGING", "TASK_FAILED", 1, 1, 2, `'{"class":"MEDIA","reason":"verify","message":"It failed."}'`)
	ingest("c", "QUEUED", quarter, 0, 0, "")
	ingest("d", "COMPLETED", 1, 2, 1, "")
	ingest("e", "CANCELLED", 3*quarter, 4*quarter, 0, "")
	inOld(t, path, statements)

	got, err := openFile(t, path).StatisticsGet(t.Context(), store.StatisticsFilter{Tenant: "t", From: time.UnixMilli(0), To: time.UnixMilli(1000 * quarter)})
	if err != nil {
		t.Fatal(err)
	}
	at := func(n int64) time.Time { return time.UnixMilli(n * quarter).UTC() }
	of := func(ms int64) statistics.Histogram {
		return statistics.Histogram{statistics.BucketOf(time.Duration(ms) * time.Millisecond): 1}
	}
	want := statistics.Figures{
		Periods: []statistics.Period{
			{Start: at(0), Counts: statistics.Counts{Accepted: 2, Dequeued: 2}},
			{Start: at(1), Counts: statistics.Counts{Accepted: 1, Failed: 1}},
			{Start: at(2), Counts: statistics.Counts{Completed: 1}},
			{Start: at(3), Counts: statistics.Counts{Accepted: 1}},
			{Start: at(4), Counts: statistics.Counts{Dequeued: 1, Cancelled: 1}},
		},
		Load:     statistics.Load{Queued: 1},
		Profiles: []statistics.Profile{{Name: "p", Counts: statistics.Counts{Accepted: 4, Dequeued: 3, Completed: 1, Failed: 1, Cancelled: 1}}},
		Durations: []statistics.Durations{
			{Profile: "p", Histogram: of(2*quarter + 999)},
			{Profile: "p", Stage: vod.Encoding, Histogram: of(1000)},
		},
		Errors: []statistics.Errors{{
			Stage: vod.Packaging, Class: vod.ClassMedia, Reason: vod.ReasonVerify, Failed: 1,
			Last: time.UnixMilli(quarter + 1).UTC(), IngestID: "b", AssetID: "asset", Message: "It failed.",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func inOld(t *testing.T, path string, statements []string) {
	t.Helper()
	db, err := connect(t.Context(), path, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// TestStatisticsAfterARollback: sums that were not committed are not added to.
func TestStatisticsAfterARollback(t *testing.T) {
	t.Parallel()
	s := open(t)
	second := func() *sqlstore.Tally {
		sums := sqlstore.NewTally()
		key := sqlstore.DurationKey{CountKey: sqlstore.CountKey{Tenant: "t", Profile: "p", Slot: time.UnixMilli(0)}, Stage: vod.Encoding}
		sums.Durations[key] = statistics.Histogram{statistics.BucketOf(time.Second): 1}
		return sums
	}
	complete := func(fail bool) error {
		return s.write(t.Context(), func(t *tx) error {
			if !fail {
				return t.Count(second())
			}
			t.w.tally.Add(second()) // As a full disk does: it ends the whole batch.
			if err := t.w.writeTally(); err != nil {
				return err
			}
			panic("the disk is full")
		})
	}
	for _, fail := range []bool{false, true, false} {
		if err := complete(fail); (err != nil) != fail {
			t.Fatal(err)
		}
	}
	got, err := s.StatisticsGet(t.Context(), store.StatisticsFilter{Tenant: "t", To: time.Now()})
	if err != nil || len(got.Durations) != 1 || got.Durations[0].Histogram.Count() != 2 {
		t.Errorf("got %+v, %v, want two", got.Durations, err)
	}
}
