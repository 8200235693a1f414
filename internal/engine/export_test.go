package engine

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/plan"
)

// Choose decides about the wants of one task.
func (x *Executor) Choose(ctx context.Context, r plan.Ready) plan.Ready {
	ready := []plan.Ready{r}
	x.choose(ctx, ready)
	return ready[0]
}
