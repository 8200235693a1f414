package subtitle

import (
	"slices"
	"strings"
	"time"
)

// Bounds of a paragraph.
const (
	maxRuns      = 2000
	maxRunBytes  = 64 << 10
	maxIntervals = 64 // of spans with times of their own
)

// paragraph is a p of TTML.
type paragraph struct {
	line      int
	style     ttmlStyle
	region    ttmlStyle
	hasRegion bool
	runs      []ttmlRun
	bytes     int
}

// ttmlRun is a text of one style and time, or a line break.
type ttmlRun struct {
	text       string
	tags       []tag
	begin, end time.Duration
	lineBreak  bool
}

// shown tells whether there is anything to read at a moment.
func (r ttmlRun) shown() bool { return !r.lineBreak && strings.Trim(r.text, " \t\r\n") != "" }

// add takes a run. What is over the bounds is noticed by cues.
func (p *paragraph) add(run ttmlRun) {
	p.bytes += len(run.text)
	if len(p.runs) <= maxRuns && p.bytes <= maxRunBytes {
		p.runs = append(p.runs, run)
	}
}

// cues puts out the paragraph: one cue, or one for each time at which another
// set of its spans is shown.
func (p *paragraph) cues(out *collector, canvas ttmlCanvas) error {
	times, err := p.times()
	if err != nil {
		return err
	}
	if len(times) == 0 && slices.ContainsFunc(p.runs, ttmlRun.shown) {
		out.instant++
	}
	settings := canvas.settings(p.region, p.style)
	for i := 1; i < len(times); i++ {
		text := p.markup(times[i-1], times[i])
		if text.out.Len() == 0 { // a pause between spans
			continue
		}
		if err := out.add(p.line, times[i-1], times[i], text, settings); err != nil {
			return err
		}
	}
	return nil
}

// times are when what is shown changes, in order.
func (p *paragraph) times() ([]time.Duration, error) {
	if len(p.runs) > maxRuns || p.bytes > maxRunBytes {
		return nil, badLine(p.line, "the paragraph has more text than can be shown")
	}
	var times []time.Duration
	for _, run := range p.runs {
		if !run.shown() || run.begin >= run.end {
			continue
		}
		if run.end == endless {
			return nil, badLine(p.line, "the paragraph has no end")
		}
		times = append(times, run.begin, run.end)
	}
	slices.Sort(times)
	times = slices.Compact(times)
	if len(times) > maxIntervals {
		return nil, badLine(p.line, "the paragraph changes more than %d times", maxIntervals)
	}
	return times, nil
}

// markup is what is read of the paragraph during that time.
func (p *paragraph) markup(from, to time.Duration) *markup {
	var m markup
	for _, run := range p.runs {
		switch {
		case run.lineBreak:
			m.lineBreak()
		case run.begin <= from && run.end >= to || !run.shown():
			m.wanted = run.tags
			m.text(run.text)
		}
	}
	return &m
}
