package httpd

import (
	"sync"
	"testing"
	"time"
)

// TestFloodTakesNothing: a holder that asks from many connections at once and
// is refused need not wait longer for it.
func TestFloodTakesNothing(t *testing.T) {
	t.Parallel()
	const perSecond = 10
	l := newLimits(perSecond)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			for range 2000 {
				l.take("flood")
			}
		})
	}
	group.Wait()
	if wait := l.take("flood"); wait > time.Second/perSecond {
		t.Errorf("after a flood the holder waits for %s", wait)
	}
	if wait := l.take("another"); wait != 0 {
		t.Errorf("another one waits for %s", wait)
	}
}
