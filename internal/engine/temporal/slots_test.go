package temporal

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// silent is a service that does not answer.
type silent struct {
	workflowservice.WorkflowServiceClient
}

// DescribeTaskQueue implements [workflowservice.WorkflowServiceClient].
func (silent) DescribeTaskQueue(
	context.Context, *workflowservice.DescribeTaskQueueRequest, ...grpc.CallOption,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	return nil, errors.New("no answer")
}

// free are slots whose queues hold what the backlog knows.
func free(total int, known map[string]waiting, queues ...string) *slots {
	b := newBacklog(silent{}, "")
	for _, queue := range queues {
		w := known[queue]
		w.until = time.Now().Add(time.Hour)
		b.known[queue] = w
	}
	return &slots{
		total: total, held: func() string { return "" }, poll: time.Millisecond,
		backlog: b, queues: queues, changed: make(chan struct{}),
	}
}

// TestSlotsAreShared: two queues may both be polled for one slot, but one task
// gets it; a queue alone asks for no more than there are.
func TestSlotsAreShared(t *testing.T) {
	t.Parallel()
	s := free(1, nil, "a", "b")
	a, b := &queue{slots: s, name: "a"}, &queue{slots: s, name: "b"}
	for _, q := range []*queue{a, b} {
		if _, err := q.ReserveSlot(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if _, granted := q.permit(true); granted {
			t.Error("a second poll of one queue is granted")
		}
	}
	release, ok := a.take()
	if !ok {
		t.Fatal("the first task gets no slot")
	}
	if _, ok := b.take(); ok {
		t.Error("two tasks got the one slot")
	}
	b.ReleaseSlot(nil)
	got := make(chan error, 1)
	go func() {
		_, err := b.ReserveSlot(t.Context(), nil)
		got <- err
	}()
	release()
	a.ReleaseSlot(nil)
	if err := <-got; err != nil {
		t.Error(err)
	}
	if total, running := s.load(); total != 1 || running != 0 {
		t.Errorf("%d of %d are taken", running, total)
	}
}

// TestHeldSlots: what is held is not polled, and a task that comes all the same
// gets no slot.
func TestHeldSlots(t *testing.T) {
	t.Parallel()
	s := free(1, nil, "a")
	held := make(chan string, 1)
	held <- "The disk is full."
	s.held = func() string {
		why := <-held
		held <- why
		return why
	}
	q := &queue{slots: s, name: "a"}
	if _, ok := q.take(); ok {
		t.Error("a held task got a slot")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := q.ReserveSlot(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a held queue may be polled: %v", err)
	}
	<-held
	held <- ""
	if _, err := q.ReserveSlot(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// TestFirst: a free slot is for the queue whose task goes first.
func TestFirst(t *testing.T) {
	t.Parallel()
	now := time.Now()
	at := func(level, minutes int) waiting {
		return waiting{count: 1, level: level, oldest: now.Add(-time.Duration(minutes) * time.Minute)}
	}
	for name, test := range map[string]struct {
		slots int
		known map[string]waiting
		want  []bool // of the queues a, b and c
	}{
		"nothing waits":       {1, nil, []bool{true, true, true}},
		"one waits":           {1, map[string]waiting{"b": at(5, 1)}, []bool{false, true, false}},
		"by level":            {1, map[string]waiting{"a": at(3, 9), "c": at(1, 1)}, []bool{false, false, true}},
		"by age":              {1, map[string]waiting{"a": at(3, 1), "b": at(3, 9)}, []bool{false, true, false}},
		"two slots":           {2, map[string]waiting{"a": at(5, 1), "b": at(1, 1), "c": at(3, 1)}, []bool{false, true, true}},
		"two slots, one task": {2, map[string]waiting{"c": at(5, 1)}, []bool{true, false, true}},
		"a slot for each":     {3, map[string]waiting{"c": at(5, 1)}, []bool{true, true, true}},
		"no answer":           {1, map[string]waiting{"a": {err: errors.New("down")}, "b": at(1, 1)}, []bool{true, true, true}},
	} {
		s := free(test.slots, test.known, "a", "b", "c")
		var got []bool
		for _, queue := range s.queues {
			got = append(got, s.first(t.Context(), queue))
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestQueueNames(t *testing.T) {
	t.Parallel()
	can := []vod.Capability{vod.CanHEVC, vod.CanUHD}
	want := []string{"o-ENCODING", "o-ENCODING-hevc", "o-ENCODING-uhd", "o-ENCODING-hevc-uhd"}
	if d := cmp.Diff(want, queueNames("o", vod.Encoding, can)); d != "" {
		t.Errorf("encoding (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"o-PLAYOUT"}, queueNames("o", vod.Playout, can)); d != "" {
		t.Errorf("playout (-want +got):\n%s", d)
	}
	if got, want := queueName("o", vod.Encoding, can), "o-ENCODING-hevc-uhd"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
