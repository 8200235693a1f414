package chaos

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// TestChaos: whatever is killed and cut, every ingest that was taken is there
// and comes to its end, nothing is published twice, and nothing is left over.
func TestChaos(t *testing.T) {
	if os.Getenv("CHAOS") == "" {
		t.Skip("it takes minutes and both processors; run: make chaos")
	}
	seed, duration := settings(t)
	t.Logf("seed %d (CHAOS_SEED), %v (CHAOS)", seed, duration)
	w := newWorld(t)
	l := &load{world: w, t: t, random: rand.New(rand.NewPCG(seed, 1)), seed: strconv.FormatUint(seed, 10)}
	h := &havoc{world: w, t: t, random: rand.New(rand.NewPCG(seed, 2)), counts: map[string]int{}}

	ctx, stop := context.WithCancel(t.Context())
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		l.run(ctx)
	}()
	h.run(duration)
	stop()
	<-loaded
	t.Logf("%d ingests; %s", len(l.all), h.summary())

	c := &checks{world: w, t: t, all: l.all}
	c.allEnd()
	c.noneIsLost()
	c.publishedOnce()
	recorded := c.recordedAttempts()
	c.stopAll()
	c.noOrphanProcess()
	c.noOrphanFile(recorded)
}

// settings reads CHAOS_SEED and CHAOS.
func settings(t *testing.T) (seed uint64, duration time.Duration) {
	t.Helper()
	seed = uint64(time.Now().UnixNano()) % 1_000_000
	var err error
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	if duration, err = time.ParseDuration(os.Getenv("CHAOS")); err != nil {
		t.Fatal(err)
	}
	return seed, duration
}
