package app

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestNoPageIsStale: pages are kept, but whoever has changed an ingest finds
// the change on every page that is asked for after that, and nobody sees an
// ingest go back.
func TestNoPageIsStale(t *testing.T) {
	t.Parallel()
	a := newApp(t, configIn(t.TempDir()))
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	const writers, changes = 4, 50
	c, err := client.New(a.URL(), client.Options{Tenant: tenant})
	if err != nil {
		t.Fatal(err)
	}
	// progress gives the progress of every ingest on a page.
	progress := func(ctx context.Context, f client.Filter) (map[string]int, error) {
		page, err := c.List(ctx, f)
		if err != nil {
			return nil, err
		}
		seen := map[string]int{}
		for _, item := range page.Items {
			seen[item.IngestID] = item.Progress
		}
		return seen, nil
	}
	filters := []client.Filter{{}, {AssetID: "shared"}, {Statuses: []client.IngestStatus{client.IngestStatusRUNNING}}}

	var writing, reading sync.WaitGroup
	for range writers {
		in := vod.Ingest{ID: uuid.NewString(), Tenant: tenant, AssetID: "shared", Status: vod.Running, Start: vod.Now()}
		if _, err := a.store.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
			t.Fatal(err)
		}
		writing.Go(func() {
			for n := 1; n <= changes; n++ {
				err := a.store.IngestChange(t.Context(), in.ID, func(run *vod.Run) error { run.Ingest.Progress = n; return nil })
				if err != nil {
					t.Error(err)
					return
				}
				seen, err := progress(t.Context(), filters[n%len(filters)])
				if err != nil || seen[in.ID] != n {
					t.Errorf("progress %d was written, then a page shows %d (%v)", n, seen[in.ID], err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	for k := range 2 {
		reading.Go(func() {
			last := map[string]int{}
			for n := k; ; n++ {
				seen, err := progress(t.Context(), filters[n%len(filters)])
				if err != nil {
					t.Error(err)
					return
				}
				for id, now := range seen {
					if now < last[id] {
						t.Errorf("ingest %s went back from %d to %d", id, last[id], now)
					}
					last[id] = now
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	// What is finished and deleted is gone from the pages at once.
	page, err := c.List(t.Context(), client.Filter{})
	if err != nil || page.Count != writers {
		t.Fatalf("%+v, %v", page, err)
	}
	gone := page.Items[0].IngestID
	err = a.store.IngestChange(t.Context(), gone, func(run *vod.Run) error {
		run.Ingest.Status, run.Ingest.End = vod.Cancelled, vod.Now()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	for _, f := range filters {
		if seen, err := progress(t.Context(), f); err != nil || len(seen) != writers-1 {
			t.Errorf("after the deletion a page has %v, %v", seen, err)
		}
	}
}
