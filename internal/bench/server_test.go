package bench

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// finished waits until the ingest is over, looking every 100 ms: more often
// would cost processor time that counts against the ingest.
func finished(b *testing.B, c *client.Client, id string) *client.IngestDetail {
	b.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		d, err := c.Get(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		if d.EndTime != nil {
			if d.Status != client.IngestStatusCOMPLETED {
				b.Fatalf("ended %s: %v", d.Status, d.Error)
			}
			return d
		}
		<-tick.C
	}
}
