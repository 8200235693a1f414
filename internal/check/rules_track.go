package check

import (
	"fmt"
	"math"
	"strings"
)

// where names a segment of the track.
func (t *track) where(number int) string {
	s := t.segments[number]
	out := shown(s.address)
	if s.span.Length > 0 {
		out += fmt.Sprintf(", %d bytes at %d", s.span.Length, s.span.Offset)
	}
	return out
}

// judgeTrack holds the boxes against the rules.
func (r *run) judgeTrack(t *track) {
	r.judgeConfiguration(t)
	before := -1
	for i, s := range t.segments {
		if s.part.gap {
			before = -1
			continue
		}
		if s.err != nil {
			r.partProblem(t.where(i), s.err)
			before = -1
			continue
		}
		if s.part.restart {
			before = -1
		}
		r.judgeSegment(t, i, before)
		before = i
	}
}

func (r *run) judgeSegment(t *track, i, before int) {
	s := t.segments[i]
	if before >= 0 {
		b := t.segments[before]
		if s.start != b.end {
			r.add(ruleContinuity, t.where(i), "segment %d starts at %.3f s, but the one before ends at %.3f s (decode times)",
				i+1, t.seconds(s.start), t.seconds(b.end))
		}
		if s.firstNumber <= b.lastNumber {
			r.add(ruleSequence, t.where(i), "segment %d has sequence number %d after %d", i+1, s.firstNumber, b.lastNumber)
		}
	}
	if s.jump > 0 {
		r.add(ruleContinuity, t.where(i), "between fragments of segment %d decode times jump by %.3f s", i+1, t.length(s.jump))
	}
	if s.unnumbered {
		r.add(ruleSequence, t.where(i), "sequence numbers of its fragments do not rise")
	}
	if s.withoutSenc {
		r.addClause(ruleProtection, "ISO/IEC 23001-7, 7.2", t.where(i), "samples are encrypted with an IV each, but there is no senc")
	}
	if t.kind == kindText {
		return
	}
	first := s.firstSample
	switch {
	case !s.sync:
		r.add(ruleSync, t.where(i), "segment %d does not begin with a sync sample", i+1)
	case first.Known && !first.Random:
		r.add(ruleSync, t.where(i), "the first sample of segment %d is marked as sync sample, but is no picture to begin with", i+1)
	case !s.shownFirst:
		r.add(ruleSync, t.where(i), "in segment %d frames are shown before the sync sample that it begins with (open GOP)", i+1)
	}
	if p := first.Params; p != nil && t.params != nil && (p.Width != t.params.Width || p.Height != t.params.Height || string(p.Profile) != string(t.params.Profile)) {
		r.add(ruleBitstream, t.where(i), "segment %d begins with parameter sets for %dx%d, profile % x; the header has %dx%d, % x",
			i+1, p.Width, p.Height, p.Profile, t.params.Width, t.params.Height, t.params.Profile)
	}
}

// judgeConfiguration holds the sample entry against the parameter sets in it,
// or where they stand in the samples against the first of those.
func (r *run) judgeConfiguration(t *track) {
	where, e := shown(t.first.header.address), t.header.Entry
	if e.Codecs == "" {
		r.add(ruleSkipped, where, "samples are coded as %q, of which nothing is known", printable(e.Format))
		return
	}
	params := t.params
	if t.broken != nil || params == nil {
		for _, s := range t.segments {
			if s.firstSample.Params != nil {
				params = s.firstSample.Params
				break
			}
		}
	}
	if t.kind != kindVideo {
		return
	}
	if params == nil && t.broken == nil {
		r.addClause(ruleLevel, apple+"1.1", where, "video is coded as %s, of which parameter sets are not read", printable(e.Format))
		return
	}
	if params == nil {
		r.add(ruleBitstream, where, "the parameter sets cannot be read: %v", t.broken)
		return
	}
	t.params = params
	if params.Width != e.Width || params.Height != e.Height {
		r.add(ruleBitstream, where, "the sample entry says %dx%d, the parameter set %dx%d", e.Width, e.Height, params.Width, params.Height)
	}
	if want := profileOf(e.Config, e.Format); want != nil && string(want) != string(params.Profile) {
		r.add(ruleBitstream, where, "profile and level are % x in the configuration and % x in the parameter set", want, params.Profile)
	}
	if params.BitDepth != e.BitDepth {
		r.add(ruleBitstream, where, "the configuration says %d bit, the parameter set %d bit", e.BitDepth, params.BitDepth)
	}
	if c := e.Colour; c.Transfer > 2 && params.Colour.Transfer > 2 && c.Transfer != params.Colour.Transfer {
		r.add(ruleBitstream, where, "colr says transfer characteristics %d, the parameter set %d", c.Transfer, params.Colour.Transfer)
	}
	r.judgeLimits(where, t)
}

// profileOf gives the bytes of the configuration that repeat a parameter set in
// the form of [bitstream.Video].
func profileOf(config []byte, format string) []byte {
	switch {
	case len(config) < 4: // which may be that of another format than the entry names
	case format == "avc1", format == "avc3":
		return config[1:4]
	case format == "av01":
		return []byte{config[1] >> 5, config[1] & 31, config[2] >> 7}
	case len(config) >= 13 && (format == "hvc1" || format == "hev1"):
		return config[1:13]
	}
	return nil
}

// judgeLimits holds codecs against what Apple's devices play.
func (r *run) judgeLimits(where string, t *track) {
	e, p := t.header.Entry, t.params.Profile
	switch e.Format {
	case "avc1", "avc3":
		if p[2] > 52 {
			r.addClause(ruleLevel, apple+"1.3b", where, "H.264 level is %.1f, above 5.2", float64(p[2])/10)
		}
	case "hvc1", "hev1":
		if p[11] > 153 {
			r.addClause(ruleLevel, apple+"1.6b", where, "HEVC level is %.1f, above 5.1", float64(p[11])/30)
		}
	}
	if e.Format == "avc3" || e.Format == "hev1" {
		r.addClause(ruleLevel, apple+"1.10", where, "parameter sets stand in the samples (%s)", e.Format)
	}
	if f := t.frame(); f > 0 && 1/f > 60.5 {
		r.addClause(ruleLevel, apple+"1.19", where, "%.2f frames per second are more than 60", 1/f)
	}
}

// transfer gives the transfer characteristics of video; 0 where not known.
func (t *track) transfer() int {
	if c := t.header.Entry.Colour.Transfer; c > 2 || c == 1 {
		return c
	}
	if t.params != nil {
		return t.params.Colour.Transfer
	}
	return 0
}

// videoRange is the dynamic range as HLS calls it.
func (t *track) videoRange() string {
	switch t.transfer() {
	case 16:
		return "PQ"
	case 18:
		return "HLG"
	}
	return "SDR"
}

// display is the size at which the picture is shown.
func (t *track) display() (width, height int) {
	e := t.header.Entry
	w, h := e.Width, e.Height
	if t.params != nil {
		w, h = t.params.Width, t.params.Height
	}
	return int(math.Round(float64(w) * float64(e.SARNum) / float64(e.SARDen))), h
}

// sameCodec tells whether two codecs strings mean the same.
func sameCodec(a, b string) bool { return canonical(a) == canonical(b) }

// canonical writes a codecs string in one way: lower case, without what is
// left out when it has its default.
func canonical(codec string) string {
	c := strings.ToLower(codec)
	if rest, ok := strings.CutPrefix(c, "av01."); ok {
		fields := strings.Split(rest, ".")
		if len(fields) == 8 && strings.Join(fields[3:], ".") == "0.110.01.01.01.0" {
			fields = fields[:3]
		}
		return "av01." + strings.Join(fields, ".")
	}
	if strings.HasPrefix(c, "hvc1.") || strings.HasPrefix(c, "hev1.") {
		for strings.HasSuffix(c, ".0") {
			c = strings.TrimSuffix(c, ".0")
		}
	}
	return c
}

// printable keeps four letters from a hostile file readable.
func printable(text string) string { return fmt.Sprintf("%.20q", text) }
