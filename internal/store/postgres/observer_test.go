package postgres

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// heard is an observer that notes what it hears.
type heard struct {
	mu      sync.Mutex
	written int
	failed  int
	retried []string
	lost    chan struct{}
}

func (h *heard) Batch(writes int, took time.Duration, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err != nil:
		h.failed += writes
	case took > 0:
		h.written += writes
	}
}

func (h *heard) StoreRetried(state string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.retried = append(h.retried, state)
}

func (h *heard) ListenerLost() { close(h.lost) }

// TestObserver: writes that the database wrote, why it was tried again, and the
// loss of the connection that listens; but not what callers gave up themselves.
func TestObserver(t *testing.T) {
	t.Parallel()
	h := &heard{lost: make(chan struct{})}
	s, err := Open(t.Context(), pgtest.Database(t), WithObserver(h), WithChanges(func([]store.Change) {}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.WorkerSeen(t.Context(), vod.Worker{ID: "w", Slots: map[vod.Stage]int{vod.Encoding: 1}, Seen: time.Now(), Started: time.Now()}); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused by the caller")
	if err := s.db.write(t.Context(), func(*tx) error { return refused }); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	tries := 0
	err = s.db.write(t.Context(), func(x *tx) error {
		if tries++; tries == 1 {
			return x.note(&pgconn.PgError{Code: "40P01"})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.db.pool.Exec(context.WithoutCancel(t.Context()),
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-h.lost:
	case <-time.After(time.Minute):
		t.Fatal("the loss of the connection to listen on was not told")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.written < 2 || h.failed != 0 || !slices.Equal(h.retried, []string{"40P01"}) {
		t.Errorf("%d written, %d failed, retried because of %q", h.written, h.failed, h.retried)
	}
}
