package sqlite

import (
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// tally is what a transaction adds to the statistics. Each write has one of its
// own, so that one that is refused counts nothing; the writer adds up those of a
// batch and writes every sum once, just before the commit. To change a row for
// each thing that is counted took 8 % of the time of an ingest.
type tally struct {
	counts    map[countKey]statistics.Counts
	durations map[durationKey]statistics.Histogram
	errors    map[errorKey]errorCount
}

type countKey struct {
	tenant, profile string
	slot            time.Time
}

type durationKey struct {
	countKey
	stage vod.Stage
}

type errorKey struct {
	durationKey
	class  vod.Class
	reason vod.Reason
}

// errorCount has the last one as an example.
type errorCount struct {
	failed, retried            int64
	last                       time.Time
	ingestID, assetID, message string
}

func newTally() *tally {
	return &tally{
		counts: map[countKey]statistics.Counts{}, durations: map[durationKey]statistics.Histogram{}, errors: map[errorKey]errorCount{},
	}
}

func keyAt(in *vod.Ingest, at time.Time) countKey {
	return countKey{tenant: in.Tenant, profile: in.ProfileName, slot: statistics.SlotOf(at)}
}

func (y *tally) count(in *vod.Ingest, at time.Time, c statistics.Counts) {
	key := keyAt(in, at)
	y.counts[key] = y.counts[key].Plus(c)
}

func (y *tally) took(in *vod.Ingest, stage vod.Stage, start, end time.Time) {
	key := durationKey{keyAt(in, end), stage}
	if y.durations[key] == nil {
		y.durations[key] = statistics.Histogram{}
	}
	y.durations[key].Add(end.Sub(start))
}

func (y *tally) fault(key errorKey, e errorCount) {
	sum := y.errors[key]
	e.failed += sum.failed
	e.retried += sum.retried
	y.errors[key] = e
}

// add takes over all of the other one, which came later.
func (y *tally) add(o *tally) {
	for key, c := range o.counts {
		y.counts[key] = y.counts[key].Plus(c)
	}
	for key, h := range o.durations {
		if y.durations[key] == nil {
			y.durations[key] = statistics.Histogram{}
		}
		y.durations[key].Merge(h)
	}
	for key, e := range o.errors {
		y.fault(key, e)
	}
}

func (y *tally) clear() {
	clear(y.counts)
	clear(y.durations)
	clear(y.errors)
}

// writeTally writes what the batch has counted.
func (w *writer) writeTally() error {
	t := &tx{w: w, saved: true} // It stands or falls with the batch.
	for key, c := range w.tally.counts {
		_, err := t.exec(addCounts, key.tenant, key.slot.UnixMilli(), key.profile,
			c.Accepted, c.Dequeued, c.Completed, c.Skipped, c.Failed, c.Cancelled)
		if err != nil {
			return fmt.Errorf("count ingests: %w", err)
		}
	}
	for key, h := range w.tally.durations {
		if err := t.addDurations(key, h); err != nil {
			return fmt.Errorf("count durations: %w", err)
		}
	}
	for key, e := range w.tally.errors {
		_, err := t.exec(addErrors, key.tenant, key.slot.UnixMilli(), key.profile, string(key.stage), string(key.class), string(key.reason),
			e.failed, e.retried, e.last.UnixMilli(), e.ingestID, e.assetID, e.message)
		if err != nil {
			return fmt.Errorf("count errors: %w", err)
		}
	}
	return nil
}

const (
	addCounts = `
		INSERT INTO statistics_counts (tenant, slot_ms, profile, accepted, dequeued, completed, skipped, failed, cancelled)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant, slot_ms, profile) DO UPDATE SET
			accepted = accepted + excluded.accepted, dequeued = dequeued + excluded.dequeued, completed = completed + excluded.completed,
			skipped = skipped + excluded.skipped, failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled`
	histogramQuery = `SELECT histogram FROM statistics_durations WHERE tenant = ? AND slot_ms = ? AND profile = ? AND stage = ?`
	putHistogram   = `
		INSERT INTO statistics_durations (tenant, slot_ms, profile, stage, histogram) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (tenant, slot_ms, profile, stage) DO UPDATE SET histogram = excluded.histogram`
	addErrors = `
		INSERT INTO statistics_errors (tenant, slot_ms, profile, stage, class, reason, failed, retried, last_ms, ingest_id, asset_id, message)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant, slot_ms, profile, stage, class, reason) DO UPDATE SET
			failed = failed + excluded.failed, retried = retried + excluded.retried, last_ms = excluded.last_ms,
			ingest_id = excluded.ingest_id, asset_id = excluded.asset_id, message = excluded.message`
)

// mostHistograms is how many are kept in memory; a slot of a profile has seven.
const mostHistograms = 500

// addDurations adds to a histogram. What the store holds of those that change
// is kept in memory, as nobody else writes: to read it anew took as long as to
// write it.
func (t *tx) addDurations(key durationKey, h statistics.Histogram) error {
	args := []any{key.tenant, key.slot.UnixMilli(), key.profile, string(key.stage)}
	sum, known := t.w.histograms[key]
	if !known {
		kept, _, err := first(t, idRow, histogramQuery, args...)
		if err != nil {
			return err
		}
		if sum, err = statistics.ParseHistogram(kept); err != nil {
			return err
		}
		if len(t.w.histograms) >= mostHistograms {
			clear(t.w.histograms)
		}
		t.w.histograms[key] = sum
	}
	sum.Merge(h)
	_, err := t.exec(putHistogram, append(args, sum.String())...)
	return err
}
