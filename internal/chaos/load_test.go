package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/client"
)

// most is how many ingests are under way at a time.
const most = 8

// ingest is what its submitter knows of one.
type ingest struct {
	tenant, asset, source, id string

	cancelled bool // by a 204, and nobody asked for a retry since
	asked     bool // whether somebody asked for a cancel, whatever the answer
	retried   bool
}

func (i *ingest) good() bool { return i.source != badSource }

// load keeps the installation busy.
type load struct {
	*world
	t      *testing.T
	random *rand.Rand
	seed   string

	all []*ingest
}

// run submits, cancels, retries and changes priorities until ctx is done.
func (l *load) run(ctx context.Context) {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.unfinished(ctx) < most {
			l.submit(ctx, n)
			n++
		}
		if len(l.all) > 0 {
			l.disturb(ctx, l.all[l.random.IntN(len(l.all))])
		}
	}
}

// unfinished counts what is under way, as far as the server tells.
func (l *load) unfinished(ctx context.Context) (n int) {
	for _, c := range l.clients {
		list, err := c.List(ctx, client.Filter{Statuses: []client.IngestStatus{
			client.IngestStatusQUEUED, client.IngestStatusRUNNING, client.IngestStatusCANCELLING,
		}, Limit: 100})
		if err != nil {
			return most // It is away.
		}
		n += len(list.Items)
	}
	return n
}

// submit asks until the answer has come, under one key: the server may be
// killed after it took the ingest and before it said so.
func (l *load) submit(ctx context.Context, n int) {
	i := &ingest{tenant: tenants()[l.random.IntN(len(tenants()))], asset: fmt.Sprintf("asset-%d", l.random.IntN(6)), source: badSource}
	if l.random.IntN(10) > 0 {
		i.source = goodSources()[l.random.IntN(len(goodSources()))]
	}
	key := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d", l.seed, n)).String()
	s := client.Submission{AssetID: i.asset, URI: l.sources + "/" + i.source, Profile: "chaos"}
	// Not ctx: what was taken has to be known.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Minute)
	defer cancel()
	err := persist(within, func() error {
		accepted, err := l.clients[i.tenant].Submit(within, s, key)
		if err == nil {
			i.id = accepted.IngestID
		}
		return err
	})
	if err != nil {
		l.t.Errorf("no ingest could be submitted for 3 minutes: %v", err)
		return
	}
	l.all = append(l.all, i)
}

// disturb does what people do to ingests, now and then. An answer that does not
// come leaves open what happened.
func (l *load) disturb(ctx context.Context, i *ingest) {
	c := l.clients[i.tenant]
	switch l.random.IntN(12) {
	case 0:
		i.asked = true
		if c.Cancel(ctx, i.id) == nil {
			i.cancelled = true
		}
	case 1:
		_, err := c.Retry(ctx, i.id)
		if status(err) != http.StatusConflict {
			i.retried, i.cancelled = true, false
		}
	case 2, 3, 4:
		priorities := []client.Priority{client.PriorityHIGH, client.PriorityNORMAL, client.PriorityLOW}
		_, _ = c.SetSchedule(ctx, i.id, client.ScheduleChange{Priority: priorities[l.random.IntN(3)]}) // What is over has none.
	}
}

// status is that of a refusal, 0 for another error or none.
func status(err error) int {
	var p *client.Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return 0
}

// persist does it again and again until it succeeds.
func persist(ctx context.Context, do func() error) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		err := do()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
