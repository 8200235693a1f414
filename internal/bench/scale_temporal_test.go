package bench

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// BenchmarkScaleTemporal runs workflows of five activities in a row that do
// nothing, started by 32 clients: what [BenchmarkScaleControlPlane] would reach
// if nothing but Temporal took time.
func BenchmarkScaleTemporal(b *testing.B) {
	const queue = "bare"
	c, err := client.Dial(client.Options{HostPort: temporaltest.Start(b).Address, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	w := worker.New(c, queue, worker.Options{MaxConcurrentActivityExecutionSize: 128})
	w.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: "nothing"})
	w.RegisterWorkflowWithOptions(five, workflow.RegisterOptions{Name: "five"})
	if err := w.Start(); err != nil {
		b.Fatal(err)
	}
	defer w.Stop()
	began := time.Now()
	b.ResetTimer()
	many(b, func(int64) error {
		run, err := c.ExecuteWorkflow(b.Context(), client.StartWorkflowOptions{TaskQueue: queue}, "five")
		if err != nil {
			return err
		}
		return run.Get(b.Context(), nil)
	})
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "workflows/s")
	b.ReportMetric(0, "ns/op")
}

// five runs five activities, one after the other.
func five(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range 5 {
		if err := workflow.ExecuteActivity(ctx, "nothing").Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}
