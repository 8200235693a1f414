package app

import (
	"context"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/metrics"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// openWork makes what runs tasks and what delivers them. uploads gives the files
// that were uploaded; sweep is for [core.newTemporal].
func (p *core) openWork(ctx context.Context, uploads retrieval.Uploads, sweep time.Duration) error {
	steps, err := p.steps(uploads) //nolint:contextcheck // Looking at ffmpeg once is bounded by its own time limit.
	if err != nil {
		return err
	}
	parser, err := orchestrate.NewParser()
	if err != nil {
		return err
	}
	c := engine.Config{
		Store: p.store, Steps: steps, Parse: parser.Parse, Exists: p.locations.Exists,
		Scratch: p.scratch.Folder(), Reserve: p.scratch.Reserve,
		Now: vod.Now, Log: p.log, Observer: p.metrics, Tracer: p.tracing.Tracer(),
	}
	if p.config.Temporal.Used() {
		c.Workers = p.workers
	}
	p.executor = engine.NewExecutor(c)
	if !p.config.Temporal.Used() {
		p.engine = p.newLocal()
	} else if p.engine, err = p.newTemporal(ctx, sweep); err != nil {
		return err
	}
	p.watchState()
	p.metrics.WatchCluster(metrics.Cluster{Workers: p.workers, Pool: p.pool, ScratchReserved: p.scratch.Reserved, ScratchSize: p.scratch.Total})
	return nil
}
