package temporal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// wakers is how many ingests a sweep wakes at the same time.
	wakers = 8
	// wakeAllEvery is after how many sweeps every unfinished ingest is woken, for
	// what a comparison cannot see: a change and its reverse between two sweeps.
	wakeAllEvery = 60
	// pageSize is how many workflows are listed by one request.
	pageSize = 1000
	// listAtMost bounds the listing of the workflows that run.
	listAtMost = time.Minute
)

// sweep makes good, until Stop, what wakes have missed. Several servers may do
// it: to wake an ingest that needs nothing is harmless.
func (e *Engine) sweep() {
	mend := time.NewTicker(mendEvery)
	defer mend.Stop()
	// Servers that were started together do not sweep together.
	next, sweeps := time.Now(), 0
	var known map[string]asked
	for {
		if !time.Now().Before(next) {
			if sweeps%wakeAllEvery == 0 {
				known = nil
			}
			found, err := e.sweepOnce(known)
			if err != nil {
				e.Log.Error("cannot compare the unfinished ingests with Temporal's workflows; trying again", "error", err)
				next = time.Now().Add(mendEvery)
			} else {
				known = found
				sweeps++
				next = time.Now().Add(e.Sweep/2 + rand.N(e.Sweep)) //nolint:gosec // No secret.
			}
		}
		select {
		case <-e.quit:
			return
		case <-mend.C:
			e.wakeAll(e.missed.take())
		}
	}
}

// asked is what may be asked of an ingest while its workflow runs. The server
// that was asked wakes the workflow, unless it dies before.
type asked struct {
	cancel   bool
	priority vod.Priority
	due      int64 // milliseconds
}

func askedOf(in vod.Ingest) asked {
	return asked{in.Status == vod.Cancelling, in.Priority, in.Due.UnixMilli()}
}

// sweepOnce wakes the unfinished ingests that have no workflow, those of which
// something else is asked than the last sweep found, and the workflows whose
// ingest is over. An ingest that the last sweep did not find counts as one of
// which nothing was asked. Without any known all are woken.
func (e *Engine) sweepOnce(known map[string]asked) (found map[string]asked, err error) {
	ctx, done := e.untilQuit()
	defer done()
	running, err := e.workflows(ctx)
	if err != nil {
		return nil, err
	}
	unfinished, err := e.Unfinished(ctx)
	if err != nil {
		return nil, fmt.Errorf("find unfinished ingests: %w", err)
	}
	var wake []string
	found, without := make(map[string]asked, len(unfinished)), 0
	for _, in := range unfinished {
		before, ok := known[in.ID]
		if !ok {
			before = askedOf(vod.Ingest{Priority: vod.Normal})
		}
		found[in.ID] = askedOf(in)
		if !running[in.ID] {
			without++
		}
		if known == nil || !running[in.ID] || found[in.ID] != before {
			wake = append(wake, in.ID)
		}
		delete(running, in.ID)
	}
	for id := range running {
		wake = append(wake, id)
	}
	if len(wake) > 0 {
		e.Log.Debug("waking ingests", "count", len(wake), "withoutWorkflow", without)
	}
	e.wakeAll(wake)
	return found, nil
}

// wakeAll wakes the ingests, a few at a time. What fails is tried again later.
func (e *Engine) wakeAll(ids []string) {
	ctx, done := e.untilQuit()
	defer done()
	next := make(chan string)
	var group sync.WaitGroup
	for range min(wakers, len(ids)) {
		group.Go(func() {
			for id := range next {
				if err := e.wake(ctx, id); err != nil && ctx.Err() == nil {
					e.Log.Debug("cannot wake the ingest; trying again", "ingest", id, "error", err)
				}
			}
		})
	}
	for _, id := range ids {
		select {
		case next <- id:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
}

// workflows gives the ids of the workflows that run, as far as Temporal's
// visibility has come.
func (e *Engine) workflows(ctx context.Context) (map[string]bool, error) {
	ctx, done := context.WithTimeout(ctx, listAtMost)
	defer done()
	ids, request := map[string]bool{}, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: e.Namespace, PageSize: pageSize,
		Query: fmt.Sprintf("WorkflowType = %q AND ExecutionStatus = 'Running' AND TaskQueue = %q", workflowName, e.Prefix),
	}
	for {
		page, err := e.Client.ListWorkflow(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("list the workflows that run: %w", err)
		}
		for _, w := range page.GetExecutions() {
			ids[w.GetExecution().GetWorkflowId()] = true
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return ids, nil
		}
	}
}

// untilQuit gives a context that ends when Stop begins.
func (e *Engine) untilQuit() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-e.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
