package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// submit sends a submission, with the profile "default" unless it names one.
func submit(t *testing.T, c *client.Client, s client.Submission) string {
	t.Helper()
	accepted, err := c.Submit(t.Context(), s, "")
	if err != nil {
		t.Fatalf("submit %s: %v", s.AssetID, err)
	}
	return accepted.IngestID
}

// waitFor polls until the ingest fulfils done, at most for the given time.
func waitFor(t *testing.T, c *client.Client, id string, limit time.Duration, done func(*client.IngestDetail) bool) *client.IngestDetail {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last *client.IngestDetail
	for {
		detail, err := c.Get(ctx, id)
		if err == nil {
			last = detail
			if done(detail) {
				return detail
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("ingest %s after %v: %+v (%v)", id, limit, last, err)
		case <-tick.C:
		}
	}
}

// over is for waitFor: the ingest is final.
func over(d *client.IngestDetail) bool {
	switch d.Status {
	case client.IngestStatusCOMPLETED, client.IngestStatusSKIPPED, client.IngestStatusFAILED, client.IngestStatusCANCELLED:
		return true
	}
	return false
}
