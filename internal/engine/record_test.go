package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// full is a store of one run in memory, on a disk that becomes full: what it
// is for takes an hour, which only a bubble's clock has time for.
type full struct {
	store.Ingests
	run       vod.Run
	fullUntil time.Time
}

func (f *full) IngestChange(_ context.Context, _ string, change func(*vod.Run) error) error {
	if time.Now().Before(f.fullUntil) {
		return errDiskFull
	}
	return change(&f.run)
}

func (f *full) IngestEarlier(context.Context, vod.Ingest) (*vod.Run, error) { return nil, nil }

// TestHowLongAnEndIsRecorded: while the server runs, until the disk has space
// again; when it stops, no longer than a stop may take.
func TestHowLongAnEndIsRecorded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		cause    error
		from, to time.Duration
	}{
		{"serving", nil, 30 * time.Hour, 30*time.Hour + 2*time.Minute},
		{"cancelled", vod.ErrCancelled, 30 * time.Hour, 30*time.Hour + 2*time.Minute},
		{"stopping", vod.ErrStopping, 5 * time.Second, 6 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancelCause(t.Context())
				defer interrupt(nil)
				disk := &full{run: vod.Run{Ingest: vod.Ingest{ID: ingestID, Status: vod.Queued, Input: json.RawMessage(`["fetch"]`)}}}
				work := func(ctx context.Context, _ step.Job) (step.Result, error) {
					disk.fullUntil = time.Now().Add(30 * time.Hour)
					if test.cause != nil {
						interrupt(test.cause)
					}
					return step.Result{}, ctx.Err()
				}
				x := engine.NewExecutor(engine.Config{
					Store: disk, Steps: map[engine.Kind]step.Runner{{Stage: vod.Retrieval, Type: "fetch"}: runner(work)},
					Parse: parse, Exists: func(context.Context, string, []vod.Fileset) bool { return true },
					Scratch: t.TempDir(), Now: vod.Now, Log: slog.New(slog.DiscardHandler),
				})
				state, err := x.Advance(ctx, ingestID)
				if err != nil {
					t.Fatal(err)
				}
				begun := time.Now()
				_, err = x.RunTask(ctx, ingestID, state.Ready[0].TaskID)
				if took := time.Since(begun); took < test.from || took > test.to {
					t.Errorf("over after %s: %v", took, err)
				}
				recorded := disk.run.Tasks[0].Status != vod.TaskRunning
				if stopping := errors.Is(test.cause, vod.ErrStopping); recorded == stopping || (err == nil) == stopping {
					t.Errorf("recorded %t, error %v", recorded, err)
				}
			})
		})
	}
}

// slow is a store that does not answer while a step runs.
type slow struct {
	*full
	answers chan struct{} // closed when it does
	asked   chan struct{}
	work    bool
}

func (s *slow) IngestChange(ctx context.Context, id string, change func(*vod.Run) error) error {
	if s.work {
		s.work = false
		close(s.asked)
		<-s.answers
	}
	return s.full.IngestChange(ctx, id, change)
}

// TestProgressWaitsForNobody: a step goes on while the store does not answer, and
// what is being written is not overtaken by its end.
func TestProgressWaitsForNobody(t *testing.T) {
	t.Parallel()
	disk := &slow{
		full:    &full{run: vod.Run{Ingest: vod.Ingest{ID: ingestID, Status: vod.Queued, Input: json.RawMessage(`["fetch"]`)}}},
		answers: make(chan struct{}), asked: make(chan struct{}),
	}
	work := func(_ context.Context, job step.Job) (step.Result, error) {
		disk.work = true
		job.Progress(0.25)
		<-disk.asked
		job.Progress(0.5) // Nothing answers, and nothing waits.
		close(disk.answers)
		return step.Result{Outputs: []vod.Fileset{{Labels: []string{"fetched"}}}}, nil
	}
	x := engine.NewExecutor(engine.Config{
		Store: disk, Steps: map[engine.Kind]step.Runner{{Stage: vod.Retrieval, Type: "fetch"}: runner(work)},
		Parse: parse, Exists: func(context.Context, string, []vod.Fileset) bool { return true },
		Scratch: t.TempDir(), Now: vod.Now, Log: slog.New(slog.DiscardHandler),
	})
	state, err := x.Advance(t.Context(), ingestID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.RunTask(t.Context(), ingestID, state.Ready[0].TaskID); err != nil {
		t.Fatal(err)
	}
	if task := disk.run.Tasks[0]; task.Status != vod.TaskCompleted || task.Share != 1 {
		t.Errorf("it ended %s at %g", task.Status, task.Share)
	}
}
