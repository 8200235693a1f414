package sqlite

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func explain(t *testing.T, s *Store, query string, args ...any) (lines []string) {
	t.Helper()
	err := s.read(t.Context(), func(q sqlstore.Querier) (err error) {
		lines, err = planOf(q, query, args)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return lines
}

func planOf(q sqlstore.Querier, query string, args []any) (lines []string, err error) {
	type step struct {
		id, parent, unused int
		line               string
	}
	columns := func(s *step) []sqlstore.Column {
		return []sqlstore.Column{sqlstore.Number(&s.id), sqlstore.Number(&s.parent), sqlstore.Number(&s.unused), sqlstore.Text(&s.line)}
	}
	steps, err := sqlstore.All(q, columns, "EXPLAIN QUERY PLAN "+query, args...)
	for _, step := range steps {
		lines = append(lines, step.line)
	}
	return lines, err
}

func TestLookUpsAreServedByTheirIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	served, silent := completed(t, s, "a", true), completed(t, s, "b", false)
	next := func(of vod.Ingest) vod.Ingest {
		of.ID, of.Start = of.ID+"-2", of.Start.Add(time.Hour)
		return of
	}
	look := func(do func(ctx context.Context, s *sqlstore.Store) error, indexes ...string) {
		t.Helper()
		expectPlans(t, s, do, indexes...)
	}
	const earlier = "ingests_earlier (tenant=? AND asset_id=? AND profile_name=? AND profile_version=?)"
	look(func(ctx context.Context, s *sqlstore.Store) error { _, err := s.IngestUnfinished(ctx); return err }, "SCAN ingests USING INDEX ingests_unfinished") // a partial index: all that it holds
	look(func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.IngestEarlier(ctx, next(served))
		return err
	},
		"COVERING INDEX "+earlier, "catalog_current (tenant=? AND asset_id=?)")
	look(func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.IngestEarlier(ctx, next(silent))
		return err
	},
		"ingests_by_asset_status (tenant=? AND asset_id=? AND status=?)")
	look(func(ctx context.Context, s *sqlstore.Store) error { _, err := s.IngestAhead(ctx, served); return err },
		"COVERING INDEX ingests_by_asset_status (tenant=? AND asset_id=? AND status=? AND (start_ms,id)<(?,?))")
	look(func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.IngestPublished(ctx, next(served))
		return err
	},
		"catalog_current (tenant=? AND asset_id=?)")
	look(func(ctx context.Context, s *sqlstore.Store) error { _, err := s.IngestTenants(ctx, "i"); return err },
		"ingests_by_id (id=?)", "ingests_by_id (id>? AND id<?)")
	look(func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.IngestCount(ctx, store.IngestFilter{Tenant: "t"}, 1)
		return err
	},
		"SEARCH ingest_counts USING PRIMARY KEY (tenant=?)")
	look(func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.IngestTimes(ctx, "t", []string{"i"})
		return err
	},
		"SEARCH i USING INDEX ingests_by_id (id=?)", "SEARCH t USING INDEX sqlite_autoindex_tasks_2 (ingest_id=?)")
	for query, want := range map[string]string{
		searchNumberQuery: "SEARCH search_numbers USING COVERING INDEX sqlite_autoindex_search_numbers_1 (tenant=? AND profile=?)",
		lastSearchIDQuery: "SEARCH ingests USING COVERING INDEX ingests_by_search (search_id>? AND search_id<?)",
	} {
		if got := explain(t, s, query, "t", "p"); !slices.Equal(got, []string{want}) {
			t.Errorf("%s\nis run as %q, want %q", query, got, want)
		}
	}
}

// completed makes an ingest that is over, and published or not.
func completed(t *testing.T, s *Store, assetID string, published bool) vod.Ingest {
	t.Helper()
	in := vod.Ingest{ID: assetID + "-1", Tenant: "t", AssetID: assetID, ProfileName: "p", Status: vod.Running, Start: vod.Now()}
	if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	change := func(change func(*vod.Run)) {
		t.Helper()
		if err := s.IngestChange(t.Context(), in.ID, func(run *vod.Run) error { change(run); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	change(func(run *vod.Run) {
		run.Tasks = append(run.Tasks, vod.Task{ID: in.ID + "-0", IngestID: in.ID, Stage: vod.Playout, Status: vod.TaskRunning, Attempt: 1, Start: vod.Now()})
	})
	if published {
		p := vod.Playback{Tenant: in.Tenant, AssetID: in.AssetID, IngestID: in.ID, HLS: "h"}
		if err := s.CatalogPublish(t.Context(), p, in.ID+"-0", 1); err != nil {
			t.Fatal(err)
		}
	}
	change(func(run *vod.Run) {
		run.Tasks[0].Status, run.Tasks[0].End = vod.TaskCompleted, vod.Now()
		run.Ingest.Status, run.Ingest.End = vod.Completed, vod.Now()
		in = run.Ingest
	})
	return in
}

// TestEveryWriteFindsItsRowsByIndex records the statements of a whole life.
func TestEveryWriteFindsItsRowsByIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	wholeLife(t, s)
	for query := range s.writer.stmts {
		switch verb, _, _ := strings.Cut(strings.TrimSpace(query), " "); verb {
		case "SELECT", "UPDATE", "DELETE", "INSERT":
		default:
			continue
		}
		for _, line := range explain(t, s, query, make([]any, 20)[:strings.Count(query, "?")]...) {
			if line == "SCAN search VIRTUAL TABLE INDEX 0:=" { // By rowid.
				continue
			}
			if strings.HasPrefix(line, "SCAN") || strings.Contains(line, "TEMP B-TREE") {
				t.Errorf("%s\n%s", query, line)
			}
		}
	}
}

// wholeLife has an ingest published, cancelled and deleted.
func wholeLife(t *testing.T, s *Store) {
	t.Helper()
	key := &store.Idempotency{Tenant: "t", Expires: vod.Now().AddDate(0, 0, 7)}
	in := vod.Ingest{ID: "i", Tenant: "t", AssetID: "a", Status: vod.Running, Start: vod.Now()}
	p := vod.Playback{Tenant: "t", AssetID: "a", IngestID: "i"}
	steps := []func(context.Context) error{
		func(ctx context.Context) error { _, err := s.IngestCreate(ctx, in, key, vod.AuditEntry{}); return err },
		func(ctx context.Context) error { _, err := s.IngestCreate(ctx, in, key, vod.AuditEntry{}); return err },
		func(ctx context.Context) error { return s.IngestChange(ctx, "i", addTasks) },
		func(ctx context.Context) error {
			return s.IngestChange(ctx, "i", func(run *vod.Run) error { return work(run, 0) })
		},
		func(ctx context.Context) error { return s.CatalogPublish(ctx, p, "i-0", 1) },
		func(ctx context.Context) error {
			_, err := s.CatalogSelect(ctx, "t", "a", "i", vod.AuditEntry{})
			return err
		},
		func(ctx context.Context) error {
			return s.IngestChange(ctx, "i", func(run *vod.Run) error {
				run.Ingest.Status, run.Ingest.End = vod.Cancelled, vod.Now()
				return nil
			})
		},
		func(ctx context.Context) error { return s.IngestDelete(ctx, "t", "i", vod.AuditEntry{}) },
		func(ctx context.Context) error { return s.ViewPut(ctx, vod.View{Tenant: "t", Subject: "s", Name: "n"}) },
		func(ctx context.Context) error { return s.ViewDelete(ctx, "t", "s", "n") },
		func(ctx context.Context) error {
			_, _, err := s.ProfilePut(ctx, vod.ProfileVersion{Document: filler(1)}, vod.AuditEntry{})
			return err
		},
	}
	for i, step := range steps {
		if err := step(t.Context()); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}
