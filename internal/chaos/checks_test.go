package chaos

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// quiet is how long the installation may take for what is left to do, and for
// one ingest at least.
const quiet = 5 * time.Minute

// checks are what has to hold once all is well again.
type checks struct {
	*world
	t     *testing.T
	all   []*ingest
	ended map[string]*client.IngestDetail // by ingest
}

// allEnd waits for all ingests to be final, in the state that they have to be.
func (c *checks) allEnd() {
	c.t.Helper()
	c.ended = map[string]*client.IngestDetail{}
	began, counts := time.Now(), map[string]int{}
	for _, i := range c.all {
		d := c.await(i)
		if d.Status == client.IngestStatusFAILED && i.good() {
			c.mayFail(i, d)
			counts["failed, then retried"]++
			if _, err := c.clients[i.tenant].Retry(c.t.Context(), i.id); err != nil {
				c.t.Fatalf("retry of %s: %v", i.id, err)
			}
			i.retried = true
			d = c.await(i)
		}
		c.ended[i.id] = d
		counts[string(d.Status)]++
		switch want := c.wanted(i); {
		case !slices.Contains(want, d.Status):
			c.t.Errorf("ingest %s of %s ended %s, want one of %s: %s", i.id, i.source, d.Status, want, deref(d.Error))
		case d.Progress < 100 && d.Status == client.IngestStatusCOMPLETED:
			c.t.Errorf("ingest %s is complete at %d %%", i.id, d.Progress)
		}
	}
	c.t.Logf("after %v all have ended: %v", time.Since(began).Round(time.Second), counts)
}

// wanted are the states that an ingest may end in. A cancel or a retry whose
// answer got lost may or may not have come to pass.
func (c *checks) wanted(i *ingest) []client.IngestStatus {
	if i.cancelled {
		return []client.IngestStatus{client.IngestStatusCANCELLED}
	}
	end := client.IngestStatusCOMPLETED
	if !i.good() {
		end = client.IngestStatusFAILED
	}
	if i.asked {
		return []client.IngestStatus{end, client.IngestStatusCANCELLED}
	}
	return []client.IngestStatus{end}
}

// await gives the ingest once it is final.
func (c *checks) await(i *ingest) *client.IngestDetail {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), quiet)
	defer cancel()
	var last *client.IngestDetail
	err := persist(ctx, func() error {
		d, err := c.clients[i.tenant].Get(ctx, i.id)
		if err != nil {
			return err
		}
		last = d
		switch d.Status {
		case client.IngestStatusCOMPLETED, client.IngestStatusSKIPPED, client.IngestStatusFAILED, client.IngestStatusCANCELLED:
			return nil
		}
		return fmt.Errorf("it is %s", d.Status)
	})
	if err != nil {
		plan, planErr := c.clients[i.tenant].Plan(c.t.Context(), i.id)
		c.t.Fatalf("ingest %s of %s has not ended: %v; %+v; its plan: %+v, %v", i.id, i.tenant, err, last, plan, planErr)
	}
	return last
}

// mayFail looks at why an ingest of a good source failed: it was lost with
// several processes in a row, or what it needs was away for too long.
func (c *checks) mayFail(i *ingest, d *client.IngestDetail) {
	c.t.Helper()
	for _, task := range d.Tasks {
		if task.Status != client.TaskStatusTASKFAILED {
			continue
		}
		detail, err := c.clients[i.tenant].Task(c.t.Context(), i.id, task.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		if detail.Error == nil || detail.Error.Class == client.StepErrorClassMEDIA || detail.Error.Class == client.StepErrorClassCONFIG {
			c.t.Errorf("%s of ingest %s failed: %+v", task.Name, i.id, detail.Error)
		}
		c.t.Logf("%s of ingest %s failed: %s", task.Name, i.id, deref(d.Error))
	}
}

// noneIsLost: what the server lists is what was submitted, each once.
func (c *checks) noneIsLost() {
	c.t.Helper()
	for tenant, api := range c.clients {
		want, got := []string{}, []string{}
		for _, i := range c.all {
			if i.tenant == tenant {
				want = append(want, i.id)
			}
		}
		for item, err := range api.All(c.t.Context(), client.Filter{Limit: 7}) {
			if err != nil {
				c.t.Fatal(err)
			}
			got = append(got, item.IngestID)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			c.t.Errorf("%s submitted %d ingests and has %d:\n%q\n%q", tenant, len(want), len(got), want, got)
		}
	}
}

// stopAll ends all processes as an operator does.
func (c *checks) stopAll() {
	c.t.Helper()
	for _, m := range c.members() {
		if err := m.Stop(); err != nil {
			c.t.Error(err)
		}
	}
}

// noOrphanProcess: no process works in a folder of the installation.
func (c *checks) noOrphanProcess() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	err := persist(ctx, func() error { // The kernel takes a moment to end those of a process that was killed.
		if left := c.processes(); len(left) > 0 {
			return fmt.Errorf("processes are left over: %q", left)
		}
		return nil
	})
	if err != nil {
		c.t.Error(err)
	}
}

// processes lists the command lines that name a data folder.
func (c *checks) processes() (found []string) {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, line := range lines {
		text, err := os.ReadFile(line)
		if err != nil {
			continue // It has ended.
		}
		for _, m := range c.members() {
			if strings.Contains(string(text), m.Data) {
				found = append(found, strings.ReplaceAll(string(text), "\x00", " "))
			}
		}
	}
	return found
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
