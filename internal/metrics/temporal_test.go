package metrics

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// TestTemporal lets the real SDK work on a real service: the names that it calls
// its metrics are not part of what it promises.
func TestTemporal(t *testing.T) {
	t.Parallel()
	m, server := New(""), temporaltest.Start(t)
	c, err := client.Dial(client.Options{
		HostPort: server.Address, MetricsHandler: m.Temporal(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const queue = "orchestrate-ENCODING"
	w := worker.New(c, queue, worker.Options{MaxConcurrentActivityExecutionSize: 3})
	tell := func(context.Context) (string, error) { return lines(t, m), nil } //nolint:contextcheck // A scrape has its own.
	w.RegisterActivityWithOptions(tell, activity.RegisterOptions{Name: "tell"})
	w.RegisterWorkflowWithOptions(func(ctx workflow.Context) (told string, err error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
		return told, workflow.ExecuteActivity(ctx, "tell").Get(ctx, &told)
	}, workflow.RegisterOptions{Name: "work"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: queue}, "work")
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	if err := run.Get(t.Context(), &told); err != nil {
		t.Fatal(err)
	}
	if _, err := c.DescribeWorkflowExecution(t.Context(), "no such", ""); err == nil {
		t.Fatal("there is no such workflow")
	}
	told += "\n" + lines(t, m)
	for _, want := range []string{
		`orchestrate_temporal_request_duration_seconds_count{operation="StartWorkflowExecution"} 1`,
		`orchestrate_temporal_request_failures_total{code="NOT_FOUND",operation="DescribeWorkflowExecution"} 1`,
		`orchestrate_temporal_schedule_to_start_seconds_count{kind="activity",queue="` + queue + `"} 1`,
		`orchestrate_temporal_schedule_to_start_seconds_count{kind="workflow",queue="` + queue + `"}`,
		`orchestrate_temporal_pollers{kind="activity_task",queue="` + queue + `"}`,
	} {
		if !strings.Contains(told, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if t.Failed() {
		t.Log(told)
	}
}

// lines are the metrics of a scrape, as they are written.
func lines(t *testing.T, m *Metrics) string {
	t.Helper()
	var all strings.Builder
	for name, value := range scrape(t, m) {
		all.WriteString(name + " " + value + "\n")
	}
	return all.String()
}

// TestTemporalBroken: what keeps workflows of another version from going on.
func TestTemporalBroken(t *testing.T) {
	t.Parallel()
	m := New("")
	h := m.Temporal().WithTags(map[string]string{"task_queue": "q"})
	h.WithTags(map[string]string{"failure_reason": "NonDeterminismError"}).Counter("temporal_workflow_task_execution_failed").Inc(2)
	h.Counter("temporal_unheard_of").Inc(1)
	h.Gauge("temporal_unheard_of").Update(1)
	h.Timer("temporal_unheard_of").Record(time.Second)
	for i := range maxQueues + 5 {
		m.Temporal().WithTags(map[string]string{"task_queue": fmt.Sprint("q", i)}).Gauge("temporal_num_pollers").Update(1)
	}
	values := scrape(t, m)
	check(t, values, map[string]string{
		`orchestrate_temporal_workflow_task_failures_total{reason="NonDeterminismError"}`: "2",
		`orchestrate_temporal_pollers{kind="",queue="other"}`:                             "1",
	})
	for name := range values {
		if strings.Contains(name, "unheard") {
			t.Errorf("there is %s", name)
		}
	}
}
