package statistics

import "time"

// Column is a stretch of time of a chart.
type Column struct {
	Start, End time.Time
	Counts
	// How many there were at its end, or now where that is to come: ingests that
	// waited for their first task, and all that were not over.
	Queued, Unfinished int64
}

// Day is a day of UTC.
const Day = 24 * time.Hour

// Width is how long the columns are by which a range is shown, so that they are
// between 24 and 96 for all ranges from six hours to a year, and begin where
// people expect: at full hours, days or Mondays of UTC.
func Width(span time.Duration) time.Duration {
	switch {
	case span <= 6*time.Hour:
		return Slot
	case span <= Day:
		return 30 * time.Minute
	case span <= 2*Day:
		return time.Hour
	case span <= 7*Day:
		return 3 * time.Hour
	case span <= 14*Day:
		return 6 * time.Hour
	case span <= 93*Day:
		return Day
	}
	return 7 * Day
}

// Align widens a range to whole columns.
func Align(from, to time.Time) (start, end time.Time, width time.Duration) {
	width = Width(to.Sub(from))
	start, end = from.UTC().Truncate(width), to.UTC().Truncate(width)
	if end.Before(to) || !end.After(start) {
		end = end.Add(width)
	}
	return start, end, width
}

// Columns divides the range from start to end, which [Align] gave, and derives
// the depths from what is unfinished now. Where the clock was set back, what
// left may seem to have come later; no depth is below zero for that.
func Columns(start, end time.Time, width time.Duration, f Figures) []Column {
	columns := make([]Column, 0, end.Sub(start)/width)
	for at := start; at.Before(end); at = at.Add(width) {
		columns = append(columns, Column{Start: at, End: at.Add(width)})
	}
	for _, p := range f.Periods {
		if i := int(p.Start.Sub(start) / width); !p.Start.Before(start) && i < len(columns) {
			columns[i].Counts = columns[i].Plus(p.Counts)
		}
	}
	since := f.Later
	for i := len(columns) - 1; i >= 0; i-- {
		c := &columns[i]
		c.Queued = max(0, f.Load.Queued-since.Accepted+since.Dequeued)
		c.Unfinished = max(c.Queued, f.Load.Unfinished()-since.Accepted+since.Ended())
		since = since.Plus(c.Counts)
	}
	return columns
}

// Total is the sum of all columns.
func Total(columns []Column) (sum Counts) {
	for _, c := range columns {
		sum = sum.Plus(c.Counts)
	}
	return sum
}
