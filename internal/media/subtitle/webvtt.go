package subtitle

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// vttReader reads WebVTT. Strict, it takes what authors may write (WebVTT, 4);
// otherwise what players understand (WebVTT, 6), and a little more: cues with
// badly written times, which players leave out without a word, are mended.
type vttReader struct {
	strict bool
	lines  lines
	out    collector
	track  Track // language and map

	last     time.Duration // start of the cue before
	seen     bool          // a cue
	stray    int           // blocks that are no cues
	settings int           // that were left out
}

func readWebVTT(text string, strict bool) (Track, error) {
	r := vttReader{strict: strict, lines: lines{rest: text}}
	if err := r.header(); err != nil {
		return Track{}, err
	}
	for line, ok := r.lines.next(); ok; line, ok = r.lines.next() {
		if err := r.block(line); err != nil {
			return Track{}, err
		}
	}
	if strict {
		r.track.Format, r.track.Cues = WebVTT, r.out.cues
		return r.track, nil
	}
	if r.stray > 0 {
		r.out.remark("%s left out: without times.", count(r.stray, "block of text was", "blocks of text were"))
	}
	if r.settings > 0 {
		r.out.remark("%s left out: players do not know them, or they name a region.", count(r.settings, "cue setting was", "cue settings were"))
	}
	track, err := r.out.track(WebVTT)
	track.Language, track.Map = r.track.Language, r.track.Map
	return track, err
}

// header reads up to the first empty line.
func (r *vttReader) header() error {
	if first, _ := r.lines.next(); !isWebVTT(first) {
		return badLine(1, "%s stands where WEBVTT should", quote(first))
	}
	for !strings.Contains(r.lines.peek(), arrow) {
		line, ok := r.lines.next()
		if !ok || blank(line) {
			return nil
		}
		name, value, ok := strings.Cut(line, "=")
		if ok && name == "X-TIMESTAMP-MAP" {
			m, err := parseMap(value)
			if err != nil && r.strict {
				return atLine(r.lines.number, err)
			}
			r.track.Map = m
			continue
		}
		name, value, ok = strings.Cut(line, ":")
		if ok && strings.EqualFold(name, "Language") {
			r.track.Language = strings.TrimSpace(value)
		}
	}
	if r.strict {
		return badLine(r.lines.number+1, "an empty line has to stand before the first cue")
	}
	return nil
}

// parseMap reads the value of X-TIMESTAMP-MAP (RFC 8216, 3.5). Its error has no
// line yet.
func parseMap(value string) (*TimestampMap, error) {
	var m TimestampMap
	found := map[string]bool{}
	for part := range strings.SplitSeq(value, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), ":")
		var ok bool
		switch name {
		case "MPEGTS":
			n, err := strconv.ParseInt(value, 10, 64)
			m.MPEGTS, ok = n, err == nil && n >= 0 && n < 1<<33
		case "LOCAL":
			m.Local, ok = parseTime(exactTime, value)
		}
		if !ok || found[name] {
			return nil, badLine(0, "X-TIMESTAMP-MAP has the bad part %s", quote(part))
		}
		found[name] = true
	}
	if len(found) != 2 {
		return nil, badLine(0, "X-TIMESTAMP-MAP has to have MPEGTS and LOCAL")
	}
	return &m, nil
}

// block reads a block whose first line is given.
func (r *vttReader) block(line string) error {
	word, _, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	switch {
	case blank(line):
		return nil
	case strings.Contains(line, arrow):
		return r.cue(line)
	case word == "NOTE":
		r.skip()
		return nil
	case strings.TrimRight(line, " \t") == "STYLE", strings.TrimRight(line, " \t") == "REGION":
		if r.seen && r.strict {
			return badLine(r.lines.number, "%s stands after a cue", word)
		}
		r.skip()
		return nil
	case strings.Contains(r.lines.peek(), arrow): // the line is the name of the cue
		line, _ = r.lines.next()
		return r.cue(line)
	case r.strict:
		return badLine(r.lines.number, "%s begins a block that is no cue: it has no times", quote(line))
	}
	r.stray++
	r.skip()
	return nil
}

// skip goes to the end of the block.
func (r *vttReader) skip() {
	for !blank(r.lines.peek()) && !strings.Contains(r.lines.peek(), arrow) {
		r.lines.next()
	}
}

// cue reads a cue whose line with times is given.
func (r *vttReader) cue(line string) error {
	number := r.lines.number
	form := anyTime
	if r.strict {
		form = exactTime
	}
	start, end, rest, err := parseTiming(form, line)
	if err != nil {
		return atLine(number, err)
	}
	settings, bad := parseSettings(rest)
	if r.strict {
		if err := r.checkCue(line, start, end, bad); err != nil {
			return atLine(number, err)
		}
	}
	r.settings += len(bad)
	r.last, r.seen = start, true

	text := vttText{strict: r.strict}
	for next := r.lines.peek(); !blank(next) && !strings.Contains(next, arrow); next = r.lines.peek() {
		next, _ = r.lines.next()
		if err := text.line(next); err != nil {
			return atLine(r.lines.number, err)
		}
	}
	if r.strict {
		return r.addStrictly(number, start, end, &text, settings)
	}
	return r.out.add(number, start, end, &text.out, settings)
}

// spacedArrow is the arrow with the white space that it needs around it.
var spacedArrow = regexp.MustCompile(`^\d[\d:.]*[ \t]+-->[ \t]+\d`)

// checkCue checks what authors must keep to (WebVTT, 4.1). Its error has no line.
func (r *vttReader) checkCue(line string, start, end time.Duration, bad []string) error {
	switch {
	case !spacedArrow.MatchString(line):
		return badLine(0, "%s is no line with times: white space has to stand around %s, and none before it", quote(line), arrow)
	case start == end:
		return badLine(0, "the cue ends when it starts, at %s", timestamp(start))
	case start < r.last:
		return badLine(0, "the cue starts at %s, before the one above it at %s", timestamp(start), timestamp(r.last))
	case len(bad) > 0:
		return badLine(0, "%s is no cue setting", quote(bad[0]))
	}
	return nil
}

// addStrictly keeps a cue although it may have no text.
func (r *vttReader) addStrictly(line int, start, end time.Duration, text *vttText, settings Settings) error {
	if err := text.closed(); err != nil {
		return atLine(line, err)
	}
	before := len(r.out.cues)
	err := r.out.add(line, start, end, &text.out, settings)
	if err == nil && len(r.out.cues) == before {
		r.out.cues = append(r.out.cues, Cue{Start: start, End: end, Settings: settings})
	}
	return err
}
