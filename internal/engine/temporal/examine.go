package temporal

import (
	"context"
	"fmt"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Facts are what Temporal tells of itself, for whoever looks for a fault.
type Facts struct {
	Version string // of the server
	// Unknown are the search attributes that the namespace lacks, or does not tell
	// this process of.
	Unknown []string
	// Priorities: what waits is counted by priority, so it is ordered by it too.
	Priorities bool
	Planners   int               // processes that poll for workflow tasks
	Pollers    map[vod.Stage]int // processes that poll for tasks of the stage that need nothing special
}

// Examine asks Temporal for the facts of a namespace and of our task queues.
func Examine(ctx context.Context, c client.Client, namespace, prefix string) (Facts, error) {
	facts := Facts{Pollers: map[vod.Stage]int{}}
	info, err := c.WorkflowService().GetClusterInfo(ctx, &workflowservice.GetClusterInfoRequest{})
	if err != nil {
		return facts, fmt.Errorf("ask Temporal for its version: %w", err)
	}
	facts.Version = info.GetServerVersion()
	// Where this process may not ask, all count as unknown.
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		known = nil
	}
	for _, name := range []string{tenantKey().GetName(), assetKey().GetName(), profileKey().GetName()} {
		if _, ok := known.GetCustomAttributes()[name]; !ok {
			facts.Unknown = append(facts.Unknown, name)
		}
	}
	planners, err := describe(ctx, c, namespace, prefix, enums.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return facts, err
	}
	facts.Planners = len(planners.GetPollers())
	facts.Priorities = len(planners.GetStatsByPriorityKey()) > 0
	for _, stage := range vod.Stages() {
		queue, err := describe(ctx, c, namespace, queueName(prefix, stage, nil), enums.TASK_QUEUE_TYPE_ACTIVITY)
		if err != nil {
			return facts, err
		}
		facts.Pollers[stage] = len(queue.GetPollers())
		facts.Priorities = facts.Priorities || len(queue.GetStatsByPriorityKey()) > 0
	}
	return facts, nil
}

func describe(
	ctx context.Context, c client.Client, namespace, name string, kind enums.TaskQueueType,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	answer, err := c.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: name}, TaskQueueType: kind, ReportStats: true,
	})
	if err != nil {
		return nil, fmt.Errorf("ask Temporal for the task queue %s: %w", name, err)
	}
	return answer, nil
}
