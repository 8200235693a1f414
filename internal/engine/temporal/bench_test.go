package temporal

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/engine/enginetest"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// starters is how many workflows are started at the same time.
const starters = 16

// BenchmarkEngine compares ingests without media work with bare workflows of as
// many activities that do nothing, on the same service.
func BenchmarkEngine(b *testing.B) {
	temporaltest.Address(b) // or skip
	ingests := enginetest.Speed(b, newEngine)
	b.StopTimer()
	bare := bareWorkflows(b)
	b.ReportMetric(bare, "bare/s")
	b.ReportMetric(ingests/bare, "ingests/bare")
}

// bareWorkflows gives how many of them come to their end in a second.
func bareWorkflows(b *testing.B) (perSecond float64) {
	conn, queue := dial(b, temporaltest.Address(b)), uuid.NewString()
	w := worker.New(conn, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: "bare"})
	w.RegisterActivity(nothing)
	if err := w.Start(); err != nil {
		b.Fatal(err)
	}
	defer w.Stop()
	began := time.Now()
	runs, next := make(chan client.WorkflowRun, b.N), make(chan struct{}, b.N)
	for range b.N {
		next <- struct{}{}
	}
	close(next)
	var group sync.WaitGroup
	for range starters {
		group.Go(func() {
			for range next {
				run, err := conn.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{TaskQueue: queue}, "bare", enginetest.Tasks)
				if err != nil {
					b.Error(err)
					return
				}
				runs <- run
			}
		})
	}
	group.Wait()
	close(runs)
	for run := range runs {
		if err := run.Get(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	return float64(b.N) / time.Since(began).Seconds()
}

func bare(ctx workflow.Context, activities int) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range activities {
		if err := workflow.ExecuteActivity(ctx, nothing).Get(ctx, nil); err != nil {
			return fmt.Errorf("nothing: %w", err)
		}
	}
	return nil
}

func nothing(context.Context) error { return nil }
