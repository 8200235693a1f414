// Package engine is the contract of what delivers work, and the executor of
// the two operations that move an ingest: [Executor.Advance] and
// [Executor.RunTask]. The store alone knows the state; an engine owns order,
// retries, backoff, heartbeats and timeouts.
package engine

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/plan"
)

// Engine drives ingests to their end. Implementations stand below this
// package; package enginetest holds the suite that each of them passes.
type Engine interface {
	// Start begins to deliver and returns; work goes on until Stop. Every
	// unfinished ingest that the store knows is taken up, oldest first.
	Start(ctx context.Context) error
	// Wake tells that an ingest was created, retried or asked to stop, or that its
	// priority or due time was changed. It is a hint and never blocks on the work:
	// an ingest that needs nothing is left alone. When the ingest is CANCELLING,
	// its running tasks are interrupted. After an error it is taken up by the next
	// Start at the latest.
	Wake(ctx context.Context, ingestID string) error
	// Waiting says in a sentence why a task that is ready does not run yet;
	// empty if the engine does not know or does not hold it back.
	Waiting(ctx context.Context, r plan.Ready) string
	// Stop ends delivery: running tasks may finish until ctx is done, are then
	// interrupted with vod.ErrStopping and given back. Stop is idempotent.
	Stop(ctx context.Context) error
}
