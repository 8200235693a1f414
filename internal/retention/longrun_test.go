package retention_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestTwoYears lets two tenants work for two years: assets are ingested, and
// ingested again, with the same files or others; some fail, are retried,
// cancelled, rolled back or deleted, and now and then the server is killed. In
// the end the disk and the tables hold what they held after half a year, and
// everything that plays is there.
func TestTwoYears(t *testing.T) {
	t.Parallel()
	l := &longRun{world: newWorld(t), random: rand.New(rand.NewPCG(4, 2))}
	l.policies[tenant] = retention.Policy{Replaced: day, Ingests: 30 * day, Audit: 60 * day}
	l.policies["beta"] = retention.Policy{Replaced: 2 * day, Ingests: 60 * day, Audit: 60 * day}
	sizes := map[int]size{}
	for today := range 2 * 365 {
		l.day(today)
		if today%180 == 179 {
			sizes[today/180] = l.size()
			t.Logf("day %d: %+v", today, sizes[today/180])
			l.checkPlaying()
		}
	}
	for quarter := 1; quarter < 4; quarter++ {
		if sizes[quarter].files > sizes[0].files*3/2 || sizes[quarter].ingests > sizes[0].ingests*3/2 || sizes[quarter].audit > sizes[0].audit*3/2 {
			t.Errorf("after %d days it holds %+v, after 180 days %+v", quarter*180+180, sizes[quarter], sizes[0])
		}
	}
	for _, of := range []string{tenant, "beta"} { // The end of all: nothing is left behind.
		for asset := range assets {
			if err := l.DeleteAsset(t.Context(), as(of), fmt.Sprint(asset)); err != nil && vod.CodeOf(err) != vod.NotFound {
				t.Fatal(err)
			}
		}
	}
	l.after(2 * time.Hour)
	if left := l.size(); left.files != 2 || left.ingests != 0 || left.removals != 0 || left.reuses != 0 {
		t.Errorf("in the end there is %+v", left)
	}
}

// assets is how many each tenant has.
const assets = 8

type longRun struct {
	*world
	random *rand.Rand
}

type size struct{ files, ingests, tasks, audit, removals, reuses int }

func (l *longRun) size() (s size) {
	l.t.Helper()
	s.files = l.count()
	for table, n := range map[string]*int{"ingests": &s.ingests, "tasks": &s.tasks, "audit": &s.audit, "removals": &s.removals, "reuses": &s.reuses} {
		*n = l.rows(table)
	}
	return s
}

// day is one of the long run.
func (l *longRun) day(today int) {
	l.t.Helper()
	of, asset := []string{tenant, "beta"}[l.random.IntN(2)], fmt.Sprint(l.random.IntN(assets))
	l.failing = l.random.IntN(10) == 0
	id := l.submit(of, asset, text(l.random.IntN(3)), "published")
	if l.random.IntN(10) == 0 {
		l.run(id, 2)
		if err := l.Cancel(l.t.Context(), as(of), id); vod.CodeOf(err) != vod.Conflict { // Skipped, or failed.
			l.ok(err)
		}
	} else {
		l.run(id, 0)
	}
	l.afterwards(of, asset, id)
	if today%50 == 49 {
		l.reopen()
	}
	l.after(day)
}

// afterwards is what people do with an ingest that is over.
func (l *longRun) afterwards(of, asset, id string) {
	l.t.Helper()
	l.failing = false
	status := l.get(of, id).Ingest.Status
	l.crash = l.random.IntN(2) == 0
	defer func() { l.crash = false }()
	switch l.random.IntN(8) {
	case 0:
		l.ok(l.Delete(l.t.Context(), as(of), id))
	case 1:
		if status == vod.Failed || status == vod.Cancelled {
			l.ok(l.Retry(l.t.Context(), as(of), id))
			l.run(id, 0)
		}
	case 2:
		history, err := l.PlaybackHistory(l.t.Context(), as(of), asset)
		l.ok(err)
		if len(history) > 1 {
			_, err := l.PlaybackSelect(l.t.Context(), as(of), asset, history[1].IngestID)
			if vod.CodeOf(err) != vod.Conflict { // Its files are gone.
				l.ok(err)
			}
		}
	case 3:
		if l.random.IntN(5) == 0 {
			l.ok(l.DeleteAsset(l.t.Context(), as(of), asset))
		}
	}
}

// checkPlaying holds that whatever plays is there.
func (l *longRun) checkPlaying() {
	l.t.Helper()
	playing := 0
	for _, of := range []string{tenant, "beta"} {
		for asset := range assets {
			p, err := l.Playback(l.t.Context(), as(of), fmt.Sprint(asset))
			if vod.CodeOf(err) == vod.NotFound {
				continue
			}
			l.ok(err)
			l.plays(of, fmt.Sprint(asset), p.IngestID)
			l.has(of, p.IngestID, all)
			playing++
		}
	}
	if playing < assets {
		l.t.Errorf("only %d assets play", playing)
	}
}
