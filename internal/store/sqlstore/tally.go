package sqlstore

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Tally is what a write adds to the statistics. Each write has one of its own, so
// that one that is refused counts nothing. How it comes into the tables is the
// adapter's: rows for each slot are changed by so many that writes would wait
// for each other.
type Tally struct {
	Counts    map[CountKey]statistics.Counts
	Durations map[DurationKey]statistics.Histogram
	Errors    map[ErrorKey]ErrorCount
	// Removed says that rows were removed: what is remembered of them is void.
	Removed bool
}

// CountKey is what ingests are counted by.
type CountKey struct {
	Tenant, Profile string
	Slot            time.Time
}

// DurationKey is what durations are kept by; without a stage, those of ingests.
type DurationKey struct {
	CountKey
	Stage vod.Stage
}

// ErrorKey is what errors are counted by.
type ErrorKey struct {
	DurationKey
	Class  vod.Class
	Reason vod.Reason
}

// ErrorCount has the last one as an example.
type ErrorCount struct {
	Failed, Retried            int64
	Last                       time.Time
	IngestID, AssetID, Message string
}

// NewTally is one of nothing.
func NewTally() *Tally {
	return &Tally{
		Counts: map[CountKey]statistics.Counts{}, Durations: map[DurationKey]statistics.Histogram{}, Errors: map[ErrorKey]ErrorCount{},
	}
}

func keyAt(in *vod.Ingest, at time.Time) CountKey {
	return CountKey{Tenant: in.Tenant, Profile: in.ProfileName, Slot: statistics.SlotOf(at)}
}

func (y *Tally) count(in *vod.Ingest, at time.Time, c statistics.Counts) {
	key := keyAt(in, at)
	y.Counts[key] = y.Counts[key].Plus(c)
}

func (y *Tally) took(in *vod.Ingest, stage vod.Stage, start, end time.Time) {
	key := DurationKey{keyAt(in, end), stage}
	if y.Durations[key] == nil {
		y.Durations[key] = statistics.Histogram{}
	}
	y.Durations[key].Add(end.Sub(start))
}

func (y *Tally) fault(key ErrorKey, e ErrorCount) {
	sum := y.Errors[key]
	e.Failed += sum.Failed
	e.Retried += sum.Retried
	y.Errors[key] = e
}

// Add takes over all of the other one, which came later.
func (y *Tally) Add(o *Tally) {
	for key, c := range o.Counts {
		y.Counts[key] = y.Counts[key].Plus(c)
	}
	for key, h := range o.Durations {
		if y.Durations[key] == nil {
			y.Durations[key] = statistics.Histogram{}
		}
		y.Durations[key].Merge(h)
	}
	for key, e := range o.Errors {
		y.fault(key, e)
	}
	y.Removed = y.Removed || o.Removed
}

// Clear forgets all.
func (y *Tally) Clear() {
	clear(y.Counts)
	clear(y.Durations)
	clear(y.Errors)
	y.Removed = false
}
