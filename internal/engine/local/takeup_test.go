package local

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestStartServesAtOnce: what the last process left is taken up beside new work,
// and does not lose its place to what came later.
func TestStartServesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ready := func(id string) engine.State {
			return engine.State{Status: vod.Queued, Ready: []plan.Ready{{TaskID: id, IngestID: id, Stage: vod.Encoding, Level: 3}}}
		}
		slow := make(chan struct{})
		ops := &scripted{
			advance: func() (engine.State, error) { return ready("new"), nil },
			recover: func(id string) (engine.State, error) {
				if id == "old-1" {
					<-slow
				}
				return ready(id), nil
			},
		}
		ran, next := []string{}, make(chan struct{})
		ops.runTask = func(_ context.Context, id string) (engine.State, error) {
			ran = append(ran, id)
			<-next
			return engine.State{Status: vod.Completed}, nil
		}
		e := start(t, ops, "old-0", "old-1", "old-2") // It returns although one of them takes its time.
		synctest.Wait()
		if err := e.Wake(t.Context(), "new"); err != nil {
			t.Error(err)
		}
		if got := e.Waiting(t.Context(), plan.Ready{TaskID: "old-2", IngestID: "old-2", Stage: vod.Encoding}); got == "" {
			t.Error("it is not said why one that is not taken up yet waits")
		}
		close(slow)
		for range 4 {
			synctest.Wait()
			next <- struct{}{}
		}
		synctest.Wait()
		stop(t, e)
		if d := cmp.Diff([]string{"old-0", "old-1", "old-2", "new"}, ran); d != "" {
			t.Errorf("ran (-want +got):\n%s", d)
		}
	})
}

// TestStopWhileTakingUp: a stop waits for the ingest that is being taken up, and
// leaves the others to the next start.
func TestStopWhileTakingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ids []string
		for i := range 10_000 {
			ids = append(ids, fmt.Sprint(i))
		}
		slow := make(chan struct{})
		ops := &scripted{recover: func(string) (engine.State, error) {
			<-slow
			return engine.State{Status: vod.Completed}, nil
		}}
		e := start(t, ops, ids...)
		synctest.Wait()
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			stop(t, e)
		}()
		synctest.Wait()
		close(slow)
		<-stopped
		if want := []string{"recover 0 after 0s"}; !slices.Equal(ops.calls, want) {
			t.Errorf("calls %v, want %v", ops.calls, want)
		}
	})
}
