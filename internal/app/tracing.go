package app

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

// openTracing begins to send traces, where the environment says so. It is closed
// last, when nothing makes spans any more. The service is what processes of this
// kind are called.
func (p *core) openTracing(ctx context.Context, service string) (err error) {
	if p.tracing, err = tracing.Open(ctx, tracing.Config{Service: service, Version: PipelineVersion, Log: p.log}); err != nil {
		return err
	}
	p.onClose(p.tracing.Close)
	return nil
}
