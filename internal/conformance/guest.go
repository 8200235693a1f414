package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

const (
	pollEvery   = 500 * time.Millisecond
	pollAtMost  = 60 // times
	sendHomeFor = 5 * time.Second
)

// guest is the ingest that the run submitted to have one under way, and why
// there is none.
type guest struct {
	id        string
	why       string
	cancelled bool
}

// invite submits the video, if there is one, and waits until it is worked on.
func (r *run) invite(ctx context.Context) {
	if r.options.Submit == "" {
		r.guest.why = "it needs a video to submit (--submit, --asset and --write)"
		return
	}
	body, err := json.Marshal(map[string]any{"assetId": r.options.Asset, "uri": r.options.Submit, "force": true})
	if err != nil {
		r.guest.why = err.Error()
		return
	}
	a := r.ask(ctx, request{
		method: http.MethodPost, path: "/ingests", body: string(body), header: http.Header{"Content-Type": {"application/json"}},
	})
	r.guest.id = a.json.get("ingestId").str()
	if a.status != http.StatusAccepted || r.guest.id == "" {
		r.guest = guest{why: "the server did not take the video: " + a.String()}
		return
	}
	r.follow(ctx, func(status string) bool { return status != "QUEUED" })
}

// follow polls the submitted ingest until its status is as wanted, or it took
// too long, and gives the last answer.
func (r *run) follow(ctx context.Context, done func(status string) bool) *answer {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		a := r.get(ctx, detailPath(r.guest.id))
		if a.err != nil || n == pollAtMost || done(a.json.get("status").str()) {
			return a
		}
		select {
		case <-ctx.Done():
			return a
		case <-tick.C:
		}
	}
}

// sendHome cancels the submitted ingest if no check did, even when the run was
// interrupted.
func (r *run) sendHome(ctx context.Context) {
	if r.guest.id == "" || r.guest.cancelled {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), sendHomeFor)
	defer done()
	r.stopped, r.requests = "", 0
	r.cancel(ctx, r.guest.id)
}
