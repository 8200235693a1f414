package temporal

import (
	"context"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestWaiting says of a task why it does not run.
func TestWaiting(t *testing.T) {
	t.Parallel()
	one := vod.Worker{Slots: map[vod.Stage]int{vod.Encoding: 1}}
	two := vod.Worker{Slots: map[vod.Stage]int{vod.Encoding: 2}, Capabilities: []vod.Capability{vod.CanHEVC, vod.CanUHD}}
	now := time.Now()
	for name, test := range map[string]struct {
		workers []vod.Worker
		needs   []vod.Capability
		later   bool
		backlog waiting
		want    string
	}{
		"nobody": {want: "No worker is up that runs ENCODING tasks; start one with that stage."},
		"nobody who can": {
			workers: []vod.Worker{one}, needs: []vod.Capability{vod.CanHEVC, vod.CanUHD},
			want: "No worker is up that runs ENCODING tasks and is capable of hevc and uhd; start one on a machine that is.",
		},
		"next": {
			workers: []vod.Worker{one}, backlog: waiting{count: 1, oldest: now.Add(-time.Minute)},
			want: "The only ENCODING slot is busy; one task waits, for 1m0s now.",
		},
		"many": {
			workers: []vod.Worker{one, two}, backlog: waiting{count: 7, oldest: now.Add(-time.Hour)},
			want: "All 3 ENCODING slots are busy; about 7 tasks wait, the first of them for 1h0m0s now.",
		},
		"those who can": {
			workers: []vod.Worker{one, two}, needs: []vod.Capability{vod.CanUHD}, backlog: waiting{count: 2, oldest: now.Add(-time.Hour)},
			want: "All 2 ENCODING slots are busy; about 2 tasks wait, the first of them for 1h0m0s now.",
		},
		"about to run": {workers: []vod.Worker{one}},
		"later":        {later: true},
		"no service": {
			workers: []vod.Worker{one}, backlog: waiting{err: context.DeadlineExceeded},
			want: "Temporal, which delivers the tasks, does not answer.",
		},
	} {
		e := &Engine{backlog: newBacklog(silent{}, ""), Config: Config{
			Prefix: "p", Log: quiet(), Workers: func(context.Context) ([]vod.Worker, error) { return test.workers, nil },
		}}
		test.backlog.until = now.Add(time.Hour)
		ready := plan.Ready{Stage: vod.Encoding, Needs: test.needs}
		if test.later {
			ready.NotBefore = now.Add(time.Hour)
		}
		e.backlog.known[queueName("p", vod.Encoding, test.needs)] = test.backlog
		if got := e.Waiting(t.Context(), ready); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
