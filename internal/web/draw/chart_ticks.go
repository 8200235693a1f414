package draw

import "time"

// Forms of labels of the time axis.
const (
	FormHour = "hour" // 15:04
	FormDay  = "day"  // 2 Jan
)

// Ticks gives the marks of a time axis: at full hours, midnights or Mondays of
// UTC, so that there are at most nine, of which every second is minor.
func Ticks(start, end time.Time, width time.Duration) (ticks []Tick) {
	const day = 24 * time.Hour
	every := width
	for _, step := range []time.Duration{time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 14 * day, 28 * day, 56 * day} {
		if every = step; step >= width && step%width == 0 && end.Sub(start)/step < 9 {
			break
		}
	}
	for at := start.UTC().Truncate(every); at.Before(end); at = at.Add(every) {
		if at.Before(start) {
			continue
		}
		t := Tick{Column: int(at.Sub(start) / width), Time: at, Minor: len(ticks)%2 == 1}
		if every < day && at.Truncate(day) != at {
			t.Form, t.Label = FormHour, at.Format("15:04")
		} else {
			t.Form, t.Label = FormDay, at.Format("2 Jan")
		}
		ticks = append(ticks, t)
	}
	return ticks
}
