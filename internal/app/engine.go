package app

import (
	"context"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/engine/local"
	"github.com/via-orchestrate/orchestrate/internal/engine/temporal"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// holdPoll is how often the free disk space is looked at while work waits.
	holdPoll = 2 * time.Second
	// sweepEvery is how often a server looks for ingests that Temporal does not
	// know of, or does not know the latest of. What another server that died did
	// not tell is told within three halves of it.
	sweepEvery = 30 * time.Second
	// heartbeat is how long the worker of a task may be silent before the task
	// goes elsewhere.
	heartbeat = 10 * time.Second
	// temporalPatience is how long a process that starts waits for Temporal.
	temporalPatience = time.Minute
)

// delivery is an engine with what it tells for metrics.
type delivery interface {
	engine.Engine
	Load() map[vod.Stage]engine.Load
}

// newLocal makes the engine of the one process.
func (p *core) newLocal() delivery {
	return local.New(local.Config{
		Operations: p.executor, Unfinished: p.store.IngestUnfinished, Slots: p.config.Slots,
		Hold: p.hold, HoldPoll: holdPoll, Log: p.log,
	})
}

// newTemporal connects to Temporal, which delivers to the stages of this process
// what its machine can do. sweep is how often it looks for ingests that Temporal
// does not know of; 0: never.
func (p *core) newTemporal(ctx context.Context, sweep time.Duration) (delivery, error) {
	var err error
	if len(p.stages) > 0 {
		if p.machine, err = p.probe(ctx); err != nil {
			return nil, err
		}
	}
	if slices.Contains(p.stages, config.Stage(vod.Encoding)) {
		if err := p.machine.Encodes(); err != nil {
			return nil, err
		}
	}
	conn, err := temporal.Dial(ctx, p.temporalConnection(temporalPatience))
	if err != nil {
		return nil, err
	}
	p.onClose(func() error { conn.Close(); return nil })
	return temporal.New(temporal.Config{
		Client: conn, Namespace: p.config.Temporal.Namespace, Prefix: p.config.Temporal.Prefix,
		Operations: p.executor, Unfinished: p.store.IngestSchedules, Workers: p.workers, Sweep: sweep,
		Slots: p.config.Slots.Of(p.stages), Capabilities: p.machine.Capabilities,
		Hold: p.hold, HoldPoll: holdPoll, Heartbeat: heartbeat, Failed: p.fail, Log: p.log,
	}), nil
}

func (p *core) temporalConnection(patience time.Duration) temporal.Connection {
	t := p.config.Temporal
	return temporal.Connection{
		Address: t.Address, Namespace: t.Namespace, TLS: t.Secure(), CAFile: t.CAFile, CertFile: t.CertFile, KeyFile: t.KeyFile,
		ServerName: t.ServerName, APIKeyFile: t.APIKeyFile, Patience: patience, Metrics: p.metrics.Temporal(), Log: p.log,
	}
}

// workers gives the workers that were heard of lately.
func (p *core) workers(ctx context.Context) ([]vod.Worker, error) {
	return p.store.WorkerList(ctx, vod.Now().Add(-vod.WorkerLost))
}
