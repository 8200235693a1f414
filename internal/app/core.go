package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/capability"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/metrics"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/scratch"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

// core is what a server and a worker have in common: what it takes to run tasks.
type core struct {
	id     string // of this process, new with each start
	config config.Config
	log    *slog.Logger
	stages []config.Stage // whose tasks this process runs

	store     database
	pool      func() metrics.Pool // of connections to the database; nil: there is none
	locations *location.Set
	scratch   *scratch.Space
	tools     *ffmpeg.Tools
	machine   capability.Machine // empty until it was probed
	executor  *engine.Executor
	engine    delivery

	tracing         *tracing.Tracing
	metrics         *metrics.Metrics
	metricsListener net.Listener // nil: metrics are not served
	metricsServer   *http.Server

	objects *objectstore.Clients // of all buckets; counts what they are asked

	background context.Context
	endWork    context.CancelFunc
	work       sync.WaitGroup
	closers    []func() error // in the order of opening
	failed     chan error
	stopOnce   sync.Once
	stopErr    error
}

// newCore makes what nothing can go wrong with.
func newCore(ctx context.Context, c config.Config, stages []config.Stage, log *slog.Logger) *core {
	p := &core{
		id: uuid.NewString(), config: c, stages: stages, log: log, metrics: metrics.New(PipelineVersion),
		failed: make(chan error, 1),
	}
	p.objects = objectstore.New(objectstore.Options{Observe: p.metrics.S3})
	p.background, p.endWork = context.WithCancel(context.WithoutCancel(ctx))
	return p
}

// open takes hold of what the process keeps its data in. service is what traces
// call processes of this kind; changes is for [core.openStore].
func (p *core) open(ctx context.Context, service string, changes func([]store.Change)) error {
	for _, warning := range p.config.Warnings() {
		p.log.Warn(warning) //nolint:sloglint // It is a sentence of the configuration's own.
	}
	if err := p.openTracing(ctx, service); err != nil {
		return err
	}
	if err := p.openData(); err != nil {
		return err
	}
	if err := p.openScratch(); err != nil {
		return err
	}
	return p.openStore(ctx, changes)
}

// openData makes the data folder, and locks it and the database where only one
// process may use them.
func (p *core) openData() error {
	if err := os.MkdirAll(p.config.Data, 0o750); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if p.config.Postgres() {
		return nil
	}
	for _, path := range []string{filepath.Join(p.config.Data, "lock"), p.config.SQLitePath() + ".lock"} {
		unlock, err := lock(path)
		if err != nil {
			return err
		}
		p.onClose(unlock)
	}
	return nil
}

// openScratch makes the folder for what running tasks need. Within a data folder
// that no other process uses, all that is there is left over, from releases too
// that had no folder for each process.
func (p *core) openScratch() (err error) {
	if own := filepath.Join(p.config.Data, "scratch"); own == p.config.Scratch && !p.config.Postgres() {
		if err := os.RemoveAll(own); err != nil {
			return fmt.Errorf("clear the scratch folder: %w", err)
		}
	}
	p.scratch, err = scratch.Open(scratch.Options{Dir: p.config.Scratch, Size: int64(p.config.ScratchSize), Keep: int64(p.config.MinFree)})
	if err != nil {
		return err
	}
	p.onClose(p.scratch.Close)
	return nil
}

// Failed gives the error that ended the process's work, if it ever comes to that.
func (p *core) Failed() <-chan error { return p.failed }

// fail ends the process. The first reason is the one that counts.
func (p *core) fail(err error) {
	select {
	case p.failed <- err:
	default:
		p.log.Error("a further part has failed", "error", err)
	}
}

// endOfWork lets running tasks finish for the configured drain time, hands the
// rest to whoever goes on with it, and closes everything.
func (p *core) endOfWork(ctx context.Context) error {
	drained, cancel := context.WithTimeout(ctx, p.config.Drain)
	defer cancel()
	err := errors.Join(p.engine.Stop(drained), p.stopMetrics())
	p.endWork()
	p.work.Wait()
	return errors.Join(err, p.closeAll())
}

func (p *core) onClose(f func() error) { p.closers = append(p.closers, f) }

// closeAll closes in the reverse order of opening.
func (p *core) closeAll() error {
	p.endWork()
	var errs []error
	for _, f := range slices.Backward(p.closers) {
		errs = append(errs, f())
	}
	p.closers = nil
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
