package bench

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
)

// ingestsInRound is how many ingests, and how many bare workflows, are counted
// in turn.
const ingestsInRound = 300

// BenchmarkScaleIngests counts ingests of five tasks per second as
// [BenchmarkControlPlane] does, with Postgres and Temporal under a server and
// two workers, and in turn, on the same Temporal, bare workflows of five
// activities that do nothing: what nothing but Temporal would allow. Aim: half
// of that.
func BenchmarkScaleIngests(b *testing.B) {
	in := install(b, clustertest.Options{Workers: 2, WorkerFlags: []string{"--slots", "distribution=64"}})
	in.profile(b, "five", fiveSteps)
	bare := bareWorkflows(b, in.temporal)
	var ratios []float64
	for b.Loop() {
		ingests := perSecond(func() {
			many(b, ingestsInRound, func(i int64) error {
				_, err := in.client.Submit(b.Context(), client.Submission{AssetID: fmt.Sprint(i), URI: "https://origin.example/film.mp4", Profile: "five"}, "")
				return err
			})
			drained(b, in.client)
		})
		workflows := perSecond(func() { many(b, ingestsInRound, bare) })
		b.Logf("%.1f ingests/s, %.1f bare workflows/s", ingests, workflows)
		ratios = append(ratios, ingests/workflows)
	}
	against(b, "ingests for each bare workflow", "ingests/workflow", 0.5, ratios)
}

// perSecond tells how many of a round's ingests that makes in a second.
func perSecond(round func()) float64 {
	began := time.Now()
	round()
	return ingestsInRound / time.Since(began).Seconds()
}

// bareWorkflows gives what runs one workflow, which ends before it returns.
func bareWorkflows(b *testing.B, address string) (runOne func(int64) error) {
	b.Helper()
	const queue, name = "bare", "five"
	c, err := temporal.Dial(temporal.Options{HostPort: address, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	w := worker.New(c, queue, worker.Options{MaxConcurrentActivityExecutionSize: 128})
	w.RegisterActivityWithOptions(func(context.Context) error { return nil }, activity.RegisterOptions{Name: "nothing"})
	w.RegisterWorkflowWithOptions(five, workflow.RegisterOptions{Name: name})
	if err := w.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(w.Stop)
	return func(int64) error {
		run, err := c.ExecuteWorkflow(b.Context(), temporal.StartWorkflowOptions{TaskQueue: queue}, name)
		if err != nil {
			return err
		}
		return run.Get(b.Context(), nil)
	}
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
