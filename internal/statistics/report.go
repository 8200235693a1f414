package statistics

import (
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// LongestRange is the longest time that a report is made of.
const LongestRange = 400 * Day

// Query asks for a report.
type Query struct {
	From    time.Time // zero: a day before To
	To      time.Time // zero, or to come: now
	Profile string    // empty: all
}

// Resolve fills what is not given. What cannot be a range is an Invalid fault.
func (q Query) Resolve(now time.Time) (Query, error) {
	if q.To.IsZero() || q.To.After(now) {
		q.To = now
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-Day)
	}
	switch {
	case !q.From.Before(q.To):
		return q, vod.Faultf(vod.Invalid, "fromDate must be before toDate, and before now.")
	case q.To.Sub(q.From) > LongestRange:
		return q, vod.Faultf(vod.Invalid, "fromDate must be at most 400 days before toDate.")
	}
	return q, nil
}

// Report is what a tenant's ingests came to in a range.
type Report struct {
	From, To time.Time // of all columns: what was asked for, widened to whole ones
	Width    time.Duration
	Now      time.Time // when it was made
	Profile  string    // empty: all
	Columns  []Column
	Total    Counts
	Figures
}

// Empty tells that nothing happened in the range, and nothing is under way.
func (r Report) Empty() bool { return r.Total == Counts{} && r.Load.Unfinished() == 0 }

// Whole is how long completed ingests took.
func (r Report) Whole() Histogram {
	return r.merged(func(d Durations) bool { return d.Stage == "" })
}

// OfStage is how long completed tasks of a stage took.
func (r Report) OfStage(stage vod.Stage) Histogram {
	return r.merged(func(d Durations) bool { return d.Stage == stage })
}

// OfProfile is how long completed ingests of a profile took.
func (r Report) OfProfile(name string) Histogram {
	return r.merged(func(d Durations) bool { return d.Stage == "" && d.Profile == name })
}

func (r Report) merged(selected func(Durations) bool) Histogram {
	sum := Histogram{}
	for _, d := range r.Durations {
		if selected(d) {
			sum.Merge(d.Histogram)
		}
	}
	return sum
}

// Task is what a stage has to do now; zero where it has nothing.
func (r Report) Task(stage vod.Stage) TaskLoad {
	i := slices.IndexFunc(r.Load.Tasks, func(l TaskLoad) bool { return l.Stage == stage })
	if i < 0 {
		return TaskLoad{Stage: stage}
	}
	return r.Load.Tasks[i]
}
