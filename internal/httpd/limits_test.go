package httpd

import (
	"strings"
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

// TestLongPathsAreCutInTheLog, as nobody needs a token to have one logged.
func TestLongPathsAreCutInTheLog(t *testing.T) {
	t.Parallel()
	s := signedIn(t, &memory{})
	for _, path := range []string{"/", "/media/key/"} {
		s.send(t, "POST", path+strings.Repeat("long", 10_000), "")
	}
	text := s.log.String()
	if lines := strings.Count(text, "…\",\"route"); lines != 2 || len(text) > 2000 {
		t.Errorf("%d cut paths in %d bytes: %.1000s", lines, len(text), text)
	}
}
