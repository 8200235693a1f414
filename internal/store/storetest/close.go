package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func closeTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"WhileBusy": closeWhileBusy,
		"ThenNotReady": func(t *testing.T, b bundle) {
			b.ok(b.Ready(b.ctx))
			b.ok(b.Close())
			b.ok(b.Close())
			if b.Ready(b.ctx) == nil {
				t.Fatal("a closed store is ready")
			}
			if b.IngestChange(b.ctx, "i", func(*vod.Run) error { return nil }) == nil {
				t.Fatal("a closed store writes")
			}
			if _, err := b.IngestUnfinished(b.ctx); err == nil {
				t.Fatal("a closed store reads")
			}
		},
	}
}

// closeWhileBusy closes under load: every write returns, and after the first
// that failed for one caller, none succeeds for that caller.
func closeWhileBusy(t *testing.T, b bundle) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
	var group sync.WaitGroup
	busy := make(chan struct{}, 1000)
	for range 8 {
		group.Go(func() {
			for {
				if err := b.IngestChange(b.ctx, in.ID, attemptPlusOne); err != nil {
					break
				}
				select {
				case busy <- struct{}{}:
				default:
				}
			}
			if b.IngestChange(b.ctx, in.ID, attemptPlusOne) == nil {
				t.Error("a write succeeded after the store was closed")
			}
		})
	}
	for range 50 {
		<-busy
	}
	b.ok(b.Close())
	group.Wait()
}

func attemptPlusOne(run *vod.Run) error {
	if len(run.Tasks) == 0 {
		return errors.New("the ingest has no task")
	}
	run.Tasks[0].Attempt++
	return nil
}
