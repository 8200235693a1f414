package app

import (
	"context"
	"errors"
	"log/slog"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// Worker runs tasks and serves nothing but metrics.
type Worker struct{ *core }

// NewWorker makes a worker that does nothing yet.
func NewWorker(ctx context.Context, c config.Config, log *slog.Logger) (_ *Worker, err error) {
	w := &Worker{newCore(ctx, c, workerStages(c), log)}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.closeAll())
		}
	}()
	if err := w.open(ctx, "orchestrate-worker", nil); err != nil {
		return nil, err
	}
	if err := w.listenMetrics(ctx); err != nil {
		return nil, err
	}
	if w.locations, err = newLocations(c, w.objects); err != nil {
		return nil, err
	}
	uploads, err := w.openShelf(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.openWork(ctx, uploads, 0); err != nil {
		return nil, err
	}
	return w, nil
}

// Start begins to take tasks, and returns.
func (w *Worker) Start(ctx context.Context) error {
	w.serveMetrics() // It may be asked whether it is ready.
	if err := w.engine.Start(ctx); err != nil {
		return err
	}
	w.announce()
	w.log.Info("working", "stages", w.stages, "worker", w.id, "capabilities", w.machine.Capabilities, "temporal", w.config.Temporal.Address)
	return nil
}

// Stop takes no more tasks, lets running ones finish for the configured drain
// time, and gives the rest back for other workers. It may be called again.
func (w *Worker) Stop(ctx context.Context) error {
	w.stopOnce.Do(func() {
		w.log.Info("stopping", "drain", w.config.Drain)
		w.stopErr = w.endOfWork(ctx)
		w.log.Info("stopped")
	})
	return w.stopErr
}
