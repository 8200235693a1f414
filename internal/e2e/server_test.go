package e2e

import (
	"context"
	"fmt"
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
			t.Fatalf("ingest %s after %v: %s (%v)", id, limit, brief(last), err)
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

// brief is what a failed test tells of an ingest.
func brief(d *client.IngestDetail) string {
	if d == nil {
		return "not found"
	}
	text := fmt.Sprintf("%s, %d %%, %s", d.Status, d.Progress, deref(d.Error))
	for _, task := range d.Tasks {
		text += fmt.Sprintf("; %s %s, %d %%", task.Name, task.Status, task.Progress)
	}
	return text
}

// taskOf is the first task of the stage; steps that do not wait for each other
// are claimed in any order. It is zero if none has been claimed.
func taskOf(d *client.IngestDetail, stage client.Stage) client.Task {
	for _, task := range d.Tasks {
		if task.Name == stage {
			return task
		}
	}
	return client.Task{}
}
