package local

import (
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/engine/enginetest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMain(m *testing.M) {
	if enginetest.Main(newEngine) {
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func newEngine(d enginetest.Deps) (engine.Engine, error) {
	slots := map[vod.Stage]int{}
	for _, s := range vod.Stages() {
		slots[s] = 4
	}
	for s, n := range d.Slots {
		slots[s] = n
	}
	return New(Config{
		Operations: d.Operations, Unfinished: d.Unfinished, Slots: slots,
		Hold: d.Hold, HoldPoll: 10 * time.Millisecond, Log: d.Log,
	}), nil
}

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Exercise(t, newEngine, map[string]string{
		"NeedsWaitForWhoCan": "the one process does it all",
		"Outage":             "there is no service that could be down",
		"Unwoken":            "the server that accepts is the one that works: it wakes, or is started again",
	})
}

func BenchmarkEngine(b *testing.B) { enginetest.Speed(b, newEngine) }
