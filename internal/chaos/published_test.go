package chaos

import (
	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// publishedOnce: the catalogue has each complete ingest once, and plays the
// latest of each asset; each webhook took effect once, however often it came.
func (c *checks) publishedOnce() {
	c.t.Helper()
	for _, i := range c.all {
		effects := c.receiver.effects(i.id)
		complete := c.ended[i.id].Status == client.IngestStatusCOMPLETED
		// Who retries has what is not done done again, with other files.
		if complete && effects == 0 || effects > 1 && !i.retried {
			c.t.Errorf("the webhook of ingest %s, %s, took effect %d times", i.id, c.ended[i.id].Status, effects)
		}
	}
	for _, wrong := range c.receiver.wrong {
		c.t.Error(wrong)
	}
	for tenant, assets := range c.latest() {
		for asset, latest := range assets {
			c.plays(tenant, asset, latest)
		}
	}
}

// latest is, by tenant and asset, the complete ingest that began last.
func (c *checks) latest() map[string]map[string]*client.IngestDetail {
	all := map[string]map[string]*client.IngestDetail{}
	for _, i := range c.all {
		d := c.ended[i.id]
		if d.Status != client.IngestStatusCOMPLETED {
			continue
		}
		if all[i.tenant] == nil {
			all[i.tenant] = map[string]*client.IngestDetail{}
		}
		if before := all[i.tenant][i.asset]; before == nil || before.StartTime.Before(d.StartTime.Time) {
			all[i.tenant][i.asset] = d
		}
	}
	return all
}

func (c *checks) plays(tenant, asset string, latest *client.IngestDetail) {
	c.t.Helper()
	history, err := c.clients[tenant].PlaybackHistory(c.t.Context(), asset)
	if err != nil {
		c.t.Fatal(err)
	}
	seen, current := map[string]int{}, ""
	for _, entry := range history.Items {
		if seen[entry.IngestID]++; seen[entry.IngestID] > 1 {
			c.t.Errorf("%s of %s was published twice by ingest %s", asset, tenant, entry.IngestID)
		}
		if entry.Current {
			current += entry.IngestID
		}
		if d := c.ended[entry.IngestID]; d == nil || d.Status != client.IngestStatusCOMPLETED {
			c.t.Errorf("%s of %s has an entry of ingest %s, which is not complete", asset, tenant, entry.IngestID)
		}
	}
	if current != latest.IngestID {
		c.t.Errorf("%s of %s plays ingest %q, want %s", asset, tenant, current, latest.IngestID)
	}
	playback, err := c.clients[tenant].Playback(c.t.Context(), asset)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, manifest := range []*string{playback.HLS, playback.DASH} {
		if err := proctest.Get(c.t.Context(), deref(manifest)); err != nil {
			c.t.Errorf("%s of %s: %v", asset, tenant, err)
		}
	}
}
