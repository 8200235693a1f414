package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestUnfinishedByStatus counts through an index that has only those, so that
// the finished ones cost nothing.
func TestUnfinishedByStatus(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := time.Now().UnixMilli()
	for i, status := range []vod.IngestStatus{vod.Queued, vod.Running, vod.Running, vod.Cancelling, vod.Completed} {
		err := s.write(t.Context(), func(tx *tx) error {
			var end any
			if status.Final() {
				end = now
			}
			_, err := tx.Exec(`INSERT INTO ingests (id, tenant, asset_id, profile_name, profile_version, status, progress,
				start_ms, end_ms, error, forced, imported, has_input, media_key, input_digest)
				VALUES (?, ?, '1', 'p', 1, ?, 0, ?, ?, '', 0, 0, 1, '', '')`, string(rune('a'+i)), string(rune('A'+i)), string(status), now, end)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	counts, err := s.UnfinishedByStatus(t.Context())
	if d := cmp.Diff(map[vod.IngestStatus]int{vod.Queued: 1, vod.Running: 2, vod.Cancelling: 1}, counts); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	expectPlans(t, s, func(ctx context.Context, s *sqlstore.Store) error {
		_, err := s.UnfinishedByStatus(ctx)
		return err
	}, "USING INDEX ingests_unfinished")
}

// TestWithBatches: every transaction is heard of, also one that failed.
func TestWithBatches(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var writes []int
	var failures int
	s := openFile(t, filepath.Join(t.TempDir(), "orchestrate.db"), WithBatches(func(n int, took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		writes = append(writes, n)
		if err != nil {
			failures++
		}
		if took <= 0 {
			t.Errorf("took %s", took)
		}
	}))
	if err := s.write(t.Context(), insertProfile("a")); err != nil {
		t.Error(err)
	}
	if err := s.write(t.Context(), func(*tx) error { return errors.New("refused") }); err == nil { // It fails alone, not the batch.
		t.Error("not refused")
	}
	if err := s.write(t.Context(), func(*tx) error { panic("broken") }); err == nil {
		t.Error("no panic")
	}
	mu.Lock()
	defer mu.Unlock()
	if d := cmp.Diff([]int{1, 1, 1}, writes); d != "" || failures != 1 {
		t.Errorf("%d failures (-want +got):\n%s", failures, d)
	}
}
