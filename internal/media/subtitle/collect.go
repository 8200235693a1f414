package subtitle

import (
	"fmt"
	"slices"
	"time"
)

// collector takes cues as a reader finds them, and makes a track of them.
type collector struct {
	cues    []Cue
	empty   int // cues that have no text
	instant int // cues that end when they start
	remarks []string
}

// add takes a cue whose text began at the line. Its error is a LineError.
func (c *collector) add(line int, start, end time.Duration, text *markup, settings Settings) error {
	cue := Cue{Start: start, End: end, Text: text.String(), Settings: settings}
	switch {
	case text.overflow:
		return badLine(line, "the text of this cue is longer than %d bytes", maxText)
	case cue.Text == "":
		c.empty++
	case end <= start:
		c.instant++
	case end > maxTime:
		return badLine(line, "the cue ends after more than %.0f hours", maxTime.Hours())
	case len(c.cues) == MaxCues:
		return badLine(line, "more than %d cues", MaxCues)
	default:
		c.cues = append(c.cues, cue)
	}
	return nil
}

func (c *collector) remark(format string, args ...any) {
	c.remarks = append(c.remarks, fmt.Sprintf(format, args...))
}

// track orders what was collected. A file without a single cue is bad.
func (c *collector) track(format Format) (Track, error) {
	if c.empty > 0 {
		c.remark("%s left out: without text.", count(c.empty, "cue was", "cues were"))
	}
	if c.instant > 0 {
		c.remark("%s left out: with the end at the start.", count(c.instant, "cue was", "cues were"))
	}
	c.order()
	c.dedupe()
	c.thin()
	if len(c.cues) == 0 {
		return Track{}, &LineError{Problem: "the file has no cue with text that is ever shown", noCues: true}
	}
	return Track{Format: format, Cues: c.cues, Remarks: c.remarks}, nil
}

func (c *collector) order() {
	byStart := func(a, b Cue) int { return int(a.Start.Milliseconds() - b.Start.Milliseconds()) }
	if !slices.IsSortedFunc(c.cues, byStart) {
		slices.SortStableFunc(c.cues, byStart)
		c.remark("The cues were not in the order of their times; they are now.")
	}
}

// dedupe leaves out cues that say the same at the same time, such as the layers
// of a styled text.
func (c *collector) dedupe() {
	before := len(c.cues)
	seen := map[Cue]bool{}
	c.cues = slices.DeleteFunc(c.cues, func(cue Cue) bool {
		if len(seen) > 0 && !sameStart(seen, cue) {
			clear(seen)
		}
		twice := seen[cue]
		seen[cue] = true
		return twice
	})
	if gone := before - len(c.cues); gone > 0 {
		c.remark("%s left out: another one says the same at the same time.", count(gone, "cue was", "cues were"))
	}
}

func sameStart(cues map[Cue]bool, cue Cue) bool {
	for other := range cues {
		return other.Start == cue.Start
	}
	return false
}

// join makes one cue of two that show the same, the second where the first ends.
func (c *collector) join() {
	c.order()
	ending := map[Cue]int{} // by what a cue shows, with Start where it ends
	joined := c.cues[:0]
	for _, cue := range c.cues {
		before := Cue{Start: cue.Start, Text: cue.Text, Settings: cue.Settings}
		after := Cue{Start: cue.End, Text: cue.Text, Settings: cue.Settings}
		if i, ok := ending[before]; ok {
			delete(ending, before)
			joined[i].End, ending[after] = cue.End, i
			continue
		}
		ending[after] = len(joined)
		joined = append(joined, cue)
	}
	c.cues = joined
}

// thin leaves out cues that begin while maxAtOnce others are shown.
func (c *collector) thin() {
	before := len(c.cues)
	var ends []time.Duration // of those that are shown
	c.cues = slices.DeleteFunc(c.cues, func(cue Cue) bool {
		ends = slices.DeleteFunc(ends, func(end time.Duration) bool { return end <= cue.Start })
		if len(ends) == maxAtOnce {
			return true
		}
		ends = append(ends, cue.End)
		return false
	})
	if gone := before - len(c.cues); gone > 0 {
		c.remark("%s left out: more than %d would be shown at once.", count(gone, "cue was", "cues were"), maxAtOnce)
	}
}
