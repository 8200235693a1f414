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
	level  int       // of the first that goes; 0: it is not known
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
	if ctx.Err() != nil {
		return w, w.err // That says nothing of Temporal.
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known[queue] = w
	return w, w.err
}

// forget has the queue asked about anew, as a task was just taken from it.
func (b *backlog) forget(queue string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, queue)
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
	for level, stats := range answer.GetStatsByPriorityKey() {
		if stats.GetApproximateBacklogCount() > 0 && (w.level == 0 || int(level) < w.level) {
			w.level = int(level)
		}
	}
	return w
}

// before tells whether a free slot is rather for what waits here: nothing waits
// at the other place, or what has a later level, or has come later.
func (w waiting) before(other waiting) bool {
	switch {
	case w.count == 0 || other.count == 0:
		return w.count > other.count
	case w.level != other.level:
		return w.level < other.level
	}
	return w.oldest.Before(other.oldest)
}
