package subtitle

import (
	"regexp"
	"strings"
	"time"
)

var (
	// cueNumber is the line before the times of an SRT cue.
	cueNumber = regexp.MustCompile(`^\s*\d{1,9}\s*$`)
	// timesLine tells the line with the times, however badly written, from text
	// with an arrow in it.
	timesLine = regexp.MustCompile(`\d\s*[:.,]\s*\d.*-->|-->.*\d\s*[:.,]\s*\d`)
	// brokenArrow is a line with times whose arrow is not one.
	brokenArrow = regexp.MustCompile(`^\s*\d{1,3}:\d{1,2}:\d{1,2}[.,]\d{1,3}\s*(-|–|—|→|=)+>?\s*\d{1,3}:\d{1,2}`)
)

// srtReader reads SRT as players do: what stands between two lines of times is
// the text of the first, but for the number of the next.
type srtReader struct {
	lines lines
	out   collector
	cue   *srtCue

	held     string // the line before, which may be a number
	heldLine int    // its number; 0 for none
	gap      bool   // an empty line stood before the held one
	gaps     int    // cues with empty lines within
}

type srtCue struct {
	line       int
	start, end time.Duration
	text       markup
	settings   Settings
	gap        bool // it has an empty line within
}

func readSRT(text string) (Track, error) {
	r := srtReader{lines: lines{rest: text}}
	if !timesLine.MatchString(text) && !brokenArrow.MatchString(text) {
		return Track{}, badLine(1, "the file is not SRT, WebVTT or TTML: it has no line with times, such as 00:00:01,000 --> 00:00:02,500")
	}
	for line, ok := r.lines.next(); ok; line, ok = r.lines.next() {
		if err := r.line(line); err != nil {
			return Track{}, err
		}
	}
	if err := r.flush(); err != nil {
		return Track{}, err
	}
	if err := r.finish(); err != nil {
		return Track{}, err
	}
	if r.gaps > 0 {
		r.out.remark("%s empty lines within, which were closed up.", count(r.gaps, "cue has", "cues have"))
	}
	return r.out.track(SRT)
}

func (r *srtReader) line(line string) error {
	switch {
	case timesLine.MatchString(line):
		if !cueNumber.MatchString(r.held) {
			if err := r.flush(); err != nil {
				return err
			}
		}
		if err := r.finish(); err != nil {
			return err
		}
		return r.begin(line)
	case brokenArrow.MatchString(line):
		return badLine(r.lines.number, "%s is no line with times: %s has to stand between them", quote(line), arrow)
	}
	if err := r.flush(); err != nil {
		return err
	}
	if blank(line) {
		r.gap = true
		return nil
	}
	r.held, r.heldLine = line, r.lines.number
	return nil
}

// begin starts a cue.
func (r *srtReader) begin(line string) error {
	start, end, _, err := parseTiming(anyTime, line)
	if err != nil {
		return atLine(r.lines.number, err)
	}
	r.cue = &srtCue{line: r.lines.number, start: start, end: end}
	r.held, r.heldLine, r.gap = "", 0, false
	return nil
}

// flush takes the held line for text of the cue.
func (r *srtReader) flush() error {
	line, number, gap := r.held, r.heldLine, r.gap
	r.held, r.heldLine = "", 0
	if number == 0 {
		return nil
	}
	r.gap = false
	if r.cue == nil {
		if cueNumber.MatchString(line) {
			return nil
		}
		return badLine(number, "%s stands where the times of the first cue should", quote(strings.TrimSpace(line)))
	}
	if gap && r.cue.text.out.Len() > 0 && !cueNumber.MatchString(line) {
		r.cue.gap = true
	}
	return atLine(number, r.cue.add(line))
}

// finish ends the cue.
func (r *srtReader) finish() error {
	c := r.cue
	if c == nil {
		return nil
	}
	r.cue = nil
	if c.gap {
		r.gaps++
	}
	return r.out.add(c.line, c.start, c.end, &c.text, c.settings)
}
