package sqlite

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func explain(t *testing.T, s *Store, query string, args ...any) (lines []string) {
	t.Helper()
	err := s.read(t.Context(), func(q querier) (err error) {
		lines, err = planOf(q, query, args)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return lines
}

func planOf(q querier, query string, args []any) (lines []string, err error) {
	type step struct {
		id, parent, unused int
		line               string
	}
	columns := func(s *step) []column {
		return []column{number[int]{&s.id}, number[int]{&s.parent}, number[int]{&s.unused}, text[string]{&s.line}}
	}
	steps, err := all(q, columns, "EXPLAIN QUERY PLAN "+query, args...)
	for _, step := range steps {
		lines = append(lines, step.line)
	}
	return lines, err
}

func TestLookUpsAreServedByTheirIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	for query, want := range map[string]string{
		unfinishedQuery: "SCAN ingests USING INDEX ingests_unfinished", // a partial index: all that it holds
		earlierQuery:    "SEARCH ingests USING COVERING INDEX ingests_earlier (tenant=? AND asset_id=? AND profile_name=? AND profile_version=?)",
		newestQuery:     "SEARCH ingests USING INDEX ingests_by_asset_status (tenant=? AND asset_id=? AND status=?)",
		servedQuery:     "SEARCH catalog USING INDEX catalog_current (tenant=? AND asset_id=?)",
		aheadQuery:      "SEARCH ingests USING COVERING INDEX ingests_by_asset_status (tenant=? AND asset_id=? AND status=? AND (start_ms,id)<(?,?))",
		publishedQuery:  "SEARCH catalog USING INDEX catalog_current (tenant=? AND asset_id=?)",

		countsQuery:       "SEARCH ingest_counts USING PRIMARY KEY (tenant=?)",
		searchNumberQuery: "SEARCH search_numbers USING COVERING INDEX sqlite_autoindex_search_numbers_1 (tenant=? AND profile=?)",
		lastSearchIDQuery: "SEARCH ingests USING COVERING INDEX ingests_by_search (search_id>? AND search_id<?)",
	} {
		args := make([]any, strings.Count(query, "?"))
		if got := explain(t, s, query, args...); !slices.Equal(got, []string{want}) {
			t.Errorf("%s\nis run as %q, want %q", query, got, want)
		}
	}
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
