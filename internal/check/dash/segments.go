package dash

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// address lists the segments of a representation.
func (b *builder) address(where string, r *Representation, a addressing, period Period) {
	switch {
	case a.Template != nil:
		b.template(where, r, a.Template, period)
	case a.List != nil:
		b.list(where, r, a.List, period)
	case a.Base != nil:
		b.base(where, r, a.Base)
	default: // the file itself (5.3.9.1)
		r.Whole = true
		r.Segments = []Part{{Duration: period.Duration}}
	}
}

func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// scale is the timescale, and notes the offset down.
func (b *builder) scale(where string, r *Representation, s *segmentXML) float64 {
	scale := value(s.Timescale, 1)
	if scale == 0 {
		b.problem(where, "@timescale is 0")
		scale = 1
	}
	r.Offset = float64(value(s.Offset, 0)) / float64(scale)
	return float64(scale)
}

// times are the start and the duration of each segment (5.3.9.6 and 5.3.9.5.3).
// Count is the number of segments where that is known, else 0.
func (b *builder) times(where string, r *Representation, s *segmentXML, period Period, count int) []Part {
	scale := b.scale(where, r, s)
	var out []Part
	add := func(start, duration float64, exact bool) bool {
		if b.segments++; b.segments > maxSegments {
			b.problem(where, "there are more than %d segments", maxSegments)
			return false
		}
		out = append(out, Part{Start: start, Duration: duration, Exact: exact})
		return true
	}
	if s.Timeline == nil {
		duration := float64(value(s.Duration, 0)) / scale
		if !(duration > 0) {
			b.problem(where, "neither a timeline nor @duration says how long segments are")
			return nil
		}
		if count == 0 {
			count = int(min(math.Ceil(period.Duration/duration-1e-6), maxSegments+1))
		}
		for i := range count {
			start := float64(i) * duration
			length := duration
			if period.Duration > 0 {
				length = math.Min(duration, period.Duration-start)
			}
			if !add(start, length, false) {
				break
			}
		}
		return out
	}
	next := int64(0)
	for _, e := range s.Timeline.S {
		if e.T != nil {
			next = *e.T
		}
		repeat := e.R
		if e.D <= 0 || next < 0 || next > 1<<53 || e.D > 1<<53 {
			b.problem(where, "the timeline has an S with @t %d and @d %d", next, e.D)
			return out
		}
		if repeat < 0 { // to the end of the period
			end := (period.Duration + r.Offset) * scale
			repeat = int64(min(math.Ceil((end-float64(next))/float64(e.D))-1, maxSegments))
		}
		for ; repeat >= 0; repeat-- {
			if next > 1<<53 || !add(float64(next)/scale-r.Offset, float64(e.D)/scale, true) {
				return out
			}
			next += e.D
		}
	}
	return out
}

func (b *builder) template(where string, r *Representation, s *segmentXML, period Period) {
	if s.Media == nil {
		b.problem(where, "SegmentTemplate has no @media")
		return
	}
	if s.Init != nil {
		b.checkTemplate(where, *s.Init)
		r.Init = &Part{URL: expand(*s.Init, r, 0, 0)}
	}
	number := value(s.StartNumber, 1)
	count := 0
	if s.EndNumber != nil {
		count = int(max(0, min(*s.EndNumber-number+1, maxSegments)))
	}
	scale := float64(max(value(s.Timescale, 1), 1))
	r.Segments = b.times(where, r, s, period, count)
	b.checkTemplate(where, *s.Media)
	for i := range r.Segments {
		p := &r.Segments[i]
		time := int64(math.Round((p.Start + r.Offset) * scale))
		p.URL = expand(*s.Media, r, number+int64(i), time)
	}
}

var identifier = regexp.MustCompile(`\$(RepresentationID|Number|Time|Bandwidth)?(?:%0(\d{1,2})d)?\$`)

func (b *builder) checkTemplate(where, template string) {
	if strings.Contains(identifier.ReplaceAllString(template, ""), "$") {
		b.problem(where, "the template %q has a $ that stands for nothing", shorten(template))
	}
}

// expand fills in an address template (5.3.9.4.4).
func expand(template string, r *Representation, number, time int64) string {
	return identifier.ReplaceAllStringFunc(template, func(found string) string {
		m := identifier.FindStringSubmatch(found)
		var n int64
		switch m[1] {
		case "":
			return "$"
		case "RepresentationID":
			return r.ID
		case "Number":
			n = number
		case "Time":
			n = time
		case "Bandwidth":
			n = r.Bandwidth
		}
		width, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("%0*d", min(max(width, 1), 64), n)
	})
}

func (b *builder) list(where string, r *Representation, s *segmentXML, period Period) {
	b.initElement(where, r, s)
	if len(s.URLs) == 0 {
		b.problem(where, "SegmentList has no SegmentURL")
		return
	}
	r.Segments = b.times(where, r, s, period, len(s.URLs))
	if len(r.Segments) != len(s.URLs) {
		b.problem(where, "there are %d SegmentURL for %d times", len(s.URLs), len(r.Segments))
		r.Segments = r.Segments[:min(len(r.Segments), len(s.URLs))]
	}
	for i := range r.Segments {
		r.Segments[i].URL = s.URLs[i].Media
		r.Segments[i].Range = b.byteRange(where, s.URLs[i].MediaRange)
	}
}

func (b *builder) base(where string, r *Representation, s *segmentXML) {
	b.scale(where, r, s)
	b.initElement(where, r, s)
	if s.IndexRange == nil {
		r.Whole = true
		r.Segments = []Part{{}}
		return
	}
	index := b.byteRange(where, *s.IndexRange)
	r.Index = &index
}

func (b *builder) initElement(where string, r *Representation, s *segmentXML) {
	if s.InitElement != nil {
		r.Init = &Part{URL: s.InitElement.SourceURL, Range: b.byteRange(where, s.InitElement.Range)}
	}
}

// byteRange reads first-last as HTTP has it.
func (b *builder) byteRange(where, text string) Range {
	if text == "" {
		return Range{}
	}
	from, to, _ := strings.Cut(text, "-")
	first, errFirst := strconv.ParseInt(from, 10, 64)
	last, errLast := strconv.ParseInt(to, 10, 64)
	if errFirst != nil || errLast != nil || first < 0 || last < first || last > 1<<48 {
		b.problem(where, "%q is no byte range", shorten(text))
		return Range{}
	}
	return Range{Offset: first, Length: last - first + 1}
}
