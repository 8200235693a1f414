package temporal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
)

const (
	// askAtMost is how long a page waits for what Temporal knows of a queue.
	askAtMost = 2 * time.Second
	// freshFor is how long an answer is good, and a failure to get one.
	freshFor = 500 * time.Millisecond
	staleFor = 5 * time.Second
)

// waiting is what waits in a queue, as Temporal counts: nearly.
type waiting struct {
	count  int
	oldest time.Time // zero: nothing waits
	err    error
	until  time.Time // when it is to be asked again
}

// backlog knows what waits in the task queues.
type backlog struct {
	service   workflowservice.WorkflowServiceClient
	namespace string

	mu    sync.Mutex
	known map[string]waiting // by queue
}

func newBacklog(service workflowservice.WorkflowServiceClient, namespace string) *backlog {
	return &backlog{service: service, namespace: namespace, known: map[string]waiting{}}
}

// of tells what waits in the queue.
func (b *backlog) of(ctx context.Context, queue string) (waiting, error) {
	b.mu.Lock()
	w := b.known[queue]
	b.mu.Unlock()
	if time.Now().Before(w.until) {
		return w, w.err
	}
	w = b.ask(ctx, queue)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known[queue] = w
	return w, w.err
}

func (b *backlog) ask(ctx context.Context, queue string) waiting {
	ctx, done := context.WithTimeout(ctx, askAtMost)
	defer done()
	answer, err := b.service.DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: b.namespace, TaskQueue: &taskqueue.TaskQueue{Name: queue},
		TaskQueueType: enums.TASK_QUEUE_TYPE_ACTIVITY, ReportStats: true,
	})
	now := time.Now()
	if err != nil {
		return waiting{err: fmt.Errorf("ask Temporal for the backlog of %s: %w", queue, err), until: now.Add(staleFor)}
	}
	w := waiting{count: int(answer.GetStats().GetApproximateBacklogCount()), until: now.Add(freshFor)}
	if w.count > 0 {
		w.oldest = now.Add(-answer.GetStats().GetApproximateBacklogAge().AsDuration())
	}
	return w
}
