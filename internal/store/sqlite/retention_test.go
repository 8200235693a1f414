package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestRetentionFindsItsRowsByIndex: none of its statements goes through what is
// kept, however much that is.
func TestRetentionFindsItsRowsByIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, asset := range []string{"a", "b", "b"} {
		completed(t, s, asset+fmt.Sprint(time.Now().UnixNano()), asset == "a")
	}
	now := time.Now().Add(time.Hour)
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.RetentionTenants(ctx)
		return err
	}, "ingests_by_start (tenant>?", "audit_by_tenant (tenant>?", "PRIMARY KEY (tenant>?)")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.OutputsExpire(ctx, "t", now, 10)
		return err
	}, "ingests_replaced (tenant=? AND replaced_ms")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.IngestsExpire(ctx, "t", now, 10)
		return err
	}, "ingests_expiring (tenant=? AND end_ms")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.AuditExpire(ctx, "t", now, 10)
		return err
	}, "audit_by_tenant (tenant=?")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.Removals(ctx, now, 10)
		return err
	}, "removals_by_due (due_ms<?")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.RemovalsOf(ctx, "i")
		return err
	}, "PRIMARY KEY (ingest_id=?")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.AttemptReused(ctx, "t", 1)
		return err
	}, "PRIMARY KEY (task_id=? AND attempt=?")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.UploadInUse(ctx, "t", "u")
		return err
	}, "PRIMARY KEY (upload_id=? AND tenant=?")
}

// TestEndsFindTheirRowsByIndex: what an end replaces, and what an asset's
// deletion takes along.
func TestEndsFindTheirRowsByIndex(t *testing.T) {
	t.Parallel()
	s := open(t)
	start := vod.Now()
	for n, status := range []vod.IngestStatus{vod.Completed, vod.Failed, vod.Completed} {
		in := vod.Ingest{ID: fmt.Sprint(n), Tenant: "t", AssetID: "a", ProfileName: "p", Status: vod.Running, Start: start.Add(-time.Duration(n) * time.Hour)}
		if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
			t.Fatal(err)
		}
		indexes := []string{"ingests_by_asset_status (tenant=? AND asset_id=? AND status=? AND"}
		if status == vod.Completed {
			indexes = append(indexes, "ingests_by_asset (tenant=? AND asset_id=? AND")
		}
		expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
			return s.IngestChange(ctx, in.ID, func(run *vod.Run) error {
				run.Ingest.Status, run.Ingest.End = status, start
				return nil
			})
		}, indexes...)
	}
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		return s.IngestDelete(ctx, "t", "2", vod.AuditEntry{})
	}, "ingests_by_asset_status (tenant=? AND asset_id=? AND status=?")
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.AssetDelete(ctx, "t", "a", vod.AuditEntry{Time: start, Tenant: "t", Subject: "s", Action: vod.DeletedIngest})
		return err
	}, "ingests_by_asset_status (tenant=? AND asset_id=? AND status=?", "ingests_by_asset (tenant=? AND asset_id=?")
}

// TestUpgradeToRetention: what was replaced, reused or uploaded before there
// was retention is known after the upgrade.
func TestUpgradeToRetention(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	makeOld(t, path, 3)
	db, err := connect(t.Context(), path, 1, pragmas("FULL", false))
	if err != nil {
		t.Fatal(err)
	}
	const (
		owner  = "11111111-0000-4000-8000-000000000001"
		file   = "file:///data/store/t/" + owner + "/22222222-0000-4000-8000-000000000001/2/a.mp4"
		upload = "0123456789abcdef0123456789abcdef"
	)
	row := func(id, status string, start int, asset, profile string) string {
		end, progress := fmt.Sprint(start+1), 20
		if status == "QUEUED" {
			end = "NULL"
		}
		return fmt.Sprintf(`INSERT INTO ingests VALUES ('%s', 't', '%s', '%s', 1, '%s', %d, %d, %s, '', NULL, 0, 0, 1, 'k', '');`,
			id, asset, profile, status, progress, start, end)
	}
	for _, statement := range []string{
		row("old", "COMPLETED", 1, "a", "p"), row("skipped-old", "SKIPPED", 2, "a", "p"), row(owner, "COMPLETED", 3, "a", "p"),
		row("user", "SKIPPED", 4, "a", "p"), row("failed", "FAILED", 5, "a", "p"), row("rolled-back", "COMPLETED", 6, "b", "p"),
		row("newer", "COMPLETED", 7, "b", "p"), row("quiet", "COMPLETED", 8, "c", "p"), row("archive", "COMPLETED", 9, "c", "q"),
		row("waiting", "QUEUED", 10, "c", "q"),
		`INSERT INTO catalog VALUES ('old', 't', 'a', 1, 'h', '', '', 0, NULL), ('` + owner + `', 't', 'a', 3, 'h', '', '', 1, 'old')`,
		`INSERT INTO catalog VALUES ('rolled-back', 't', 'b', 6, 'h', '', '', 1, NULL), ('newer', 't', 'b', 7, 'h', '', '', 0, NULL)`,
		`INSERT INTO tasks VALUES ('22222222-0000-4000-8000-000000000001', '` + owner + `', 0, 'RETRIEVAL', 'TASK_COMPLETED', 2, 0, 0, 1, 1.0, 3, 4, NULL, '{}',
			'{"filesets":[{"files":[{"uri":"` + file + `"}],"labels":["retrieved"]}]}', NULL)`,
		`INSERT INTO tasks VALUES ('t2', 'user', 0, 'RETRIEVAL', 'TASK_COMPLETED', 1, 0, 0, 1, 1.0, 3, 4, NULL, '{}',
			'{"filesets":[{"files":[{"uri":"` + file + `"}],"labels":["retrieved","skippedUpload"]}]}', NULL)`,
		`INSERT INTO ingest_inputs VALUES ('waiting', '{"filesets":[{"files":[{"uri":"upload:` + upload + `"}]}]}', NULL)`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Second)
	s := openFile(t, path)
	if n, err := s.OutputsExpire(t.Context(), "t", before, 10); n != 0 || err != nil {
		t.Errorf("the outputs of %d ingests are given up with the upgrade, %v", n, err)
	}
	if reused, err := s.AttemptReused(t.Context(), "22222222-0000-4000-8000-000000000001", 2); !reused || err != nil {
		t.Errorf("reused: %t, %v", reused, err)
	}
	if used, err := s.UploadInUse(t.Context(), "t", upload); !used || err != nil {
		t.Errorf("the upload is in use: %t, %v", used, err)
	}
	if _, err := s.OutputsExpire(t.Context(), "t", time.Now(), 10); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{
		"old": true, "skipped-old": true, owner: false, "user": false, "failed": false, "rolled-back": false,
		"newer": true, "quiet": false, "archive": false, "waiting": false,
	} {
		run, err := s.IngestGet(t.Context(), "t", id)
		if err != nil || run.Ingest.Removed.IsZero() == want {
			t.Errorf("the outputs of %s are given up: %t, want %t, %v", id, !want, want, err)
		}
	}
}

// BenchmarkRetention measures how long one portion of each kind holds the
// writer, in a store of 300,000 ingests of which a third is replaced.
func BenchmarkRetention(b *testing.B) {
	s := open(b)
	fillRetention(b, s, 300_000, 3)
	now := time.Now().Add(time.Hour)
	b.Run("OutputsExpire/20", func(b *testing.B) {
		for b.Loop() {
			if n, err := s.OutputsExpire(b.Context(), "t", now, 20); n != 20 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("IngestsExpire/10", func(b *testing.B) {
		for b.Loop() {
			if n, err := s.IngestsExpire(b.Context(), "t", now, 10); n != 10 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("nothing", func(b *testing.B) {
		for b.Loop() {
			if n, err := s.IngestsExpire(b.Context(), "t", time.UnixMilli(0), 10); n != 0 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}

// BenchmarkAssetDelete measures the deletion of an asset of 5,000 ingests, of
// seven tasks and attempts each.
func BenchmarkAssetDelete(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := open(b)
		fillRetention(b, s, 5000, 5000)
		b.StartTimer()
		ids, err := s.AssetDelete(b.Context(), "t", "0", vod.AuditEntry{Time: vod.Now(), Tenant: "t", Subject: "s", Action: vod.DeletedIngest})
		if err != nil || len(ids) != 5000 {
			b.Fatal(len(ids), err)
		}
	}
}

// BenchmarkLastOfManyEnds measures the end of an ingest of an asset that has
// 5,000 others.
func BenchmarkLastOfManyEnds(b *testing.B) {
	s := open(b)
	fillRetention(b, s, 5000, 5000)
	for n := 0; b.Loop(); n++ {
		in := vod.Ingest{ID: fmt.Sprint("last", n), Tenant: "t", AssetID: "0", ProfileName: "p", Status: vod.Running, Start: vod.Now()}
		if _, err := s.IngestCreate(b.Context(), in, nil, vod.AuditEntry{}); err != nil {
			b.Fatal(err)
		}
		err := s.IngestChange(b.Context(), in.ID, func(run *vod.Run) error {
			run.Ingest.Status, run.Ingest.End, run.Ingest.Progress = vod.Completed, vod.Now(), 100
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// fillRetention makes ingests, so many of each asset one after the other, of
// which the last is what the asset plays.
func fillRetention(b *testing.B, s *Store, ingests, perAsset int) {
	b.Helper()
	err := s.write(b.Context(), func(t *tx) error {
		const numbers = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1) `
		for _, statement := range []string{
			numbers + `INSERT INTO ingests (` + filledColumns + `, replaced_ms)
				SELECT 'i' || i, 't', i / ?2, 'p', 1, 'COMPLETED', 100, i * 10, i * 10 + 5, '', '["VIDEO"]', 0, 0, 1, 'k' || i, '',
					CASE WHEN i % ?2 = ?2 - 1 THEN NULL ELSE i END FROM n`,
			numbers + `INSERT INTO catalog (ingest_id, tenant, asset_id, start_ms, hls, dash, poster, current, before_id)
				SELECT 'i' || i, 't', i / ?2, i * 10, 'h', 'd', '', i % ?2 = ?2 - 1, NULL FROM n`,
			numbers + `INSERT INTO ingest_inputs SELECT 'i' || i, printf('%.3000c', 'x'), NULL FROM n WHERE i < 5000 OR ?2 < 0`,
			numbers + `INSERT INTO tasks SELECT 'i' || (i / 7) || '-' || (i % 7), 'i' || (i / 7), i % 7, 'ENCODING', 'TASK_COMPLETED', 1, 0, 0, 1, 1,
				1, 2, NULL, printf('%.1200c', 'x'), '{"filesets":[]}', NULL FROM n WHERE i < 35000 AND ?2 > 0`,
			numbers + `INSERT INTO attempts (task_id, number, status, start_ms, end_ms, error, command, log)
				SELECT 'i' || (i / 7) || '-' || (i % 7), 1, 'TASK_COMPLETED', 1, 2, NULL, '["ffmpeg"]', printf('%.500c', 'l')
				FROM n WHERE i < 35000 AND ?2 > 0`,
		} {
			n := ingests
			if strings.Contains(statement, "tasks") || strings.Contains(statement, "attempts") {
				n = 35_000
			}
			if _, err := t.Exec(statement, n, perAsset); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
