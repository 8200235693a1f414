package temporal

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestManySignals: who changes an ingest all the time does not use up the signals
// of its workflow, and keeps no other waiting.
func TestManySignals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, told := newMissed(), 0
		for range 24 * 60 * 60 {
			if m.due("busy") {
				told++
			}
			<-time.After(time.Second) // of the bubble
		}
		if told < 8000 || told > 9000 {
			t.Errorf("told %d times in a day", told)
		}
		for n := range tellAtOnce + 1 {
			if m.due("quiet") != (n < tellAtOnce) {
				t.Errorf("signal %d", n)
			}
		}
		<-time.After(tellAtOnce * tellEvery * 2)
		m.due("other")
		if len(m.told) != 1 {
			t.Errorf("%d workflows are remembered", len(m.told))
		}
	})
}
