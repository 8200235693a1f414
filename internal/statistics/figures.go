package statistics

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Slot is what everything is counted by: a quarter of an hour in UTC, which
// knows no summer time.
const Slot = 15 * time.Minute

// SlotOf gives the start of the slot that t is in.
func SlotOf(t time.Time) time.Time { return t.UTC().Truncate(Slot) }

// Counts says how many ingests came to something.
type Counts struct {
	Accepted  int64 // submitted, or opened again by a retry
	Dequeued  int64 // left the queue: a task was claimed for the first time, or they ended before
	Completed int64
	Skipped   int64
	Failed    int64
	Cancelled int64
}

// Plus is the sum of both.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		Accepted: c.Accepted + o.Accepted, Dequeued: c.Dequeued + o.Dequeued, Completed: c.Completed + o.Completed,
		Skipped: c.Skipped + o.Skipped, Failed: c.Failed + o.Failed, Cancelled: c.Cancelled + o.Cancelled,
	}
}

// Ended is how many were over.
func (c Counts) Ended() int64 { return c.Completed + c.Skipped + c.Failed + c.Cancelled }

// FailureRate is the share, 0..1, of the ingests that failed in those that came
// to an end by themselves. What people cancelled says nothing about it. Not ok:
// none ended.
func (c Counts) FailureRate() (rate float64, ok bool) {
	ended := c.Completed + c.Skipped + c.Failed
	if ended == 0 {
		return 0, false
	}
	return float64(c.Failed) / float64(ended), true
}

// Of counts one ingest that ended in the status; none for a status that is no
// end.
func Of(status vod.IngestStatus) (c Counts) {
	switch status {
	case vod.Completed:
		c.Completed = 1
	case vod.Skipped:
		c.Skipped = 1
	case vod.Failed:
		c.Failed = 1
	case vod.Cancelled:
		c.Cancelled = 1
	}
	return c
}

// Period is what happened from Start on.
type Period struct {
	Start time.Time
	Counts
}

// Figures is what a store knows of a range of slots.
type Figures struct {
	Periods   []Period  // slots in which something happened, ascending
	Later     Counts    // what happened from the end of the range until now
	Load      Load      // now
	Profiles  []Profile // by name; of all profiles, also where one was asked for
	Durations []Durations
	Errors    []Errors // the commonest first
}

// Load is what is not over.
type Load struct {
	Queued     int64
	Running    int64
	Cancelling int64
	Tasks      []TaskLoad // by stage; stages without tasks are left out
}

// Unfinished is the number of ingests that are not over.
func (l Load) Unfinished() int64 { return l.Queued + l.Running + l.Cancelling }

// TaskLoad is what a stage has to do.
type TaskLoad struct {
	Stage   vod.Stage
	Running int64
	Waiting int64 // for a slot or for its next attempt
}

// Profile is what happened to the ingests of a profile.
type Profile struct {
	Name string
	Counts
}

// Durations tells how long something took that was completed: the attempt that
// did a task of a stage or, where Stage is empty, a whole ingest from when it
// was accepted or last retried.
type Durations struct {
	Profile   string
	Stage     vod.Stage
	Histogram Histogram
}

// Errors tells of what failed in the same way.
type Errors struct {
	Stage   vod.Stage // empty, as Class and Reason: no task had failed
	Class   vod.Class
	Reason  vod.Reason
	Failed  int64 // ingests that ended as FAILED for it
	Retried int64 // attempts that were followed, or are to be, by another one
	// The last one, as an example. The ingest may have been deleted since.
	Last     time.Time
	IngestID string
	AssetID  string
	Message  string
}
