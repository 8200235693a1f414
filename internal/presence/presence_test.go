package presence

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// register is a store that fails as told, and notes what it hears.
type register struct {
	fails func(at time.Duration) bool
	began time.Time
	heard []string
}

func (r *register) note(what string) error {
	at := time.Since(r.began)
	r.heard = append(r.heard, what+" "+at.String())
	if r.fails(at) {
		return errors.New("no connection")
	}
	return nil
}

func (r *register) WorkerSeen(_ context.Context, w vod.Worker) error { return r.note("seen " + w.ID) }
func (r *register) WorkerGone(_ context.Context, id string) error    { return r.note("gone " + id) }

func (r *register) WorkerList(context.Context, time.Time) ([]vod.Worker, error) { return nil, nil }

// TestRun: at once, every 10 seconds whatever the store says, and at the end.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &register{began: time.Now(), fails: func(at time.Duration) bool { return at == 10*time.Second || at == 20*time.Second }}
		var log strings.Builder
		ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
		defer cancel()
		a := Announcer{
			Store: store, Log: slog.New(slog.NewTextHandler(&log, nil)),
			Describe: func(context.Context) vod.Worker { return vod.Worker{ID: "w"} },
		}
		a.Run(ctx)
		want := []string{"seen w 0s", "seen w 10s", "seen w 20s", "seen w 30s", "gone w 35s"}
		if diff := cmp.Diff(want, store.heard); diff != "" {
			t.Error(diff)
		}
		if text := log.String(); strings.Count(text, "cannot tell") != 1 || strings.Count(text, "knows again") != 1 {
			t.Errorf("logged:\n%s", text)
		}
	})
}
