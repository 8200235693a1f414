package statistics

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(hours float64) time.Time {
	return time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours * float64(time.Hour)))
}

func TestSlotsAreThoseOfUTC(t *testing.T) {
	t.Parallel()
	// The clocks of Berlin are put forward from 2 to 3 at 01:00 UTC of this day.
	berlin := time.FixedZone("CEST", 2*60*60)
	for at, want := range map[time.Time]time.Time{
		day(0):                  day(0),
		day(0.99).In(berlin):    day(0.75),
		day(1):                  day(1),
		day(1.2499).In(berlin):  day(1),
		time.Unix(-1, 0).UTC():  time.Unix(-900, 0).UTC(),
		time.Unix(900, 0).UTC(): time.Unix(900, 0).UTC(),
	} {
		if got := SlotOf(at); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%v is in the slot %v, want %v", at, got, want)
		}
	}
}

// TestAlignedRanges: a range becomes whole columns that cover it, each of whole
// slots.
func TestAlignedRanges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "from"))
		to := from.Add(time.Duration(rapid.Int64Range(0, int64(400*Day)).Draw(t, "span")))
		start, end, width := Align(from, to)
		if start.After(from) || end.Before(to) || from.Sub(start) >= width || end.Sub(to) > width || !end.After(start) {
			t.Fatalf("%v to %v by %v", start, end, width)
		}
		columns := Columns(start, end, width, Figures{})
		if len(columns) > 96+1 || !columns[0].Start.Equal(start) || !columns[len(columns)-1].End.Equal(end) {
			t.Fatalf("%d columns from %v", len(columns), columns[0].Start)
		}
		if !SlotOf(start).Equal(start) || width%Slot != 0 {
			t.Fatalf("%v by %v", start, width)
		}
	})
}

// TestDepthsAreWhatTheyWere follows ingests through their lives, counts them by
// slot, and derives the depths from what is left at the end.
func TestDepthsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start, end, width := Align(day(0), day(float64(rapid.IntRange(1, 60).Draw(t, "hours"))))
		slots := map[time.Time]Counts{}
		var later Counts
		var now Load
		queued, unfinished := map[time.Time]int64{}, map[time.Time]int64{}
		count := func(hour float64, c Counts) {
			if at := SlotOf(day(hour)); at.Before(end) {
				slots[at] = slots[at].Plus(c)
			} else {
				later = later.Plus(c)
			}
		}
		for range rapid.IntRange(0, 30).Draw(t, "ingests") {
			accepted := rapid.Float64Range(0, 70).Draw(t, "accepted")
			claimed := accepted + rapid.Float64Range(0, 30).Draw(t, "waits")
			ended := claimed + rapid.Float64Range(0, 30).Draw(t, "runs")
			const today = 72
			count(accepted, Counts{Accepted: 1})
			if claimed < today {
				count(claimed, Counts{Dequeued: 1})
			} else {
				now.Queued++
			}
			switch {
			case ended < today:
				count(ended, Counts{Failed: 1})
			case claimed < today:
				now.Running++
			}
			for at := start.Add(width); !at.After(end); at = at.Add(width) {
				in, out, over := day(accepted).Before(at), day(claimed).Before(at), day(ended).Before(at)
				if in && !out {
					queued[at]++
				}
				if in && !over {
					unfinished[at]++
				}
			}
		}
		var periods []Period
		for at := start; at.Before(end); at = at.Add(Slot) {
			if c, ok := slots[at]; ok {
				periods = append(periods, Period{Start: at, Counts: c})
			}
		}
		for _, c := range Columns(start, end, width, Figures{Periods: periods, Later: later, Load: now}) {
			if c.Queued != queued[c.End] || c.Unfinished != unfinished[c.End] {
				t.Fatalf("until %v: %d queued of %d, want %d of %d", c.End, c.Queued, c.Unfinished, queued[c.End], unfinished[c.End])
			}
		}
	})
}

// TestNoDepthBelowZero: whatever the clock did.
func TestNoDepthBelowZero(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64Range(0, 1000)
		counts := func() Counts {
			return Counts{Accepted: number.Draw(t, "accepted"), Dequeued: number.Draw(t, "dequeued"), Completed: number.Draw(t, "completed")}
		}
		start, end, width := Align(day(0), day(6))
		f := Figures{Later: counts(), Load: Load{Queued: number.Draw(t, "queued")}}
		for at := start; at.Before(end); at = at.Add(Slot) {
			f.Periods = append(f.Periods, Period{Start: at, Counts: counts()})
		}
		for _, c := range Columns(start, end, width, f) {
			if c.Queued < 0 || c.Unfinished < c.Queued {
				t.Fatalf("%d queued of %d", c.Queued, c.Unfinished)
			}
		}
	})
}

func TestFailureRate(t *testing.T) {
	t.Parallel()
	for c, want := range map[Counts]float64{
		{Accepted: 9, Cancelled: 4}:                        -1,
		{Completed: 2, Skipped: 1, Failed: 1}:              0.25,
		{Failed: 3, Cancelled: 5}:                          1,
		{Completed: 1, Skipped: 1, Dequeued: 8}:            0,
		{Completed: 1 << 40, Failed: 1 << 40}:              0.5,
		{Accepted: 1, Completed: 1, Failed: 0, Skipped: 0}: 0,
	} {
		rate, ok := c.FailureRate()
		if ok != (want >= 0) || ok && rate != want {
			t.Errorf("%+v: %v, %v", c, rate, ok)
		}
	}
}
