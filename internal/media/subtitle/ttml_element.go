package subtitle

import (
	"encoding/xml"
	"strings"
	"time"
)

// endless is the end of what has none.
const endless = time.Duration(1<<63 - 1)

// ttmlElement is an element whose end was not read yet.
type ttmlElement struct {
	name       string
	style      ttmlStyle
	begin, end time.Duration
	region     string
	skipped    bool          // nothing in it is read
	sequence   bool          // what is in it follows one after the other
	reached    time.Duration // where the next one in a sequence begins
}

// content begins an element that has times and style.
func (r *ttmlReader) content(e ttmlElement, parent *ttmlElement, attrs []xml.Attr) (ttmlElement, error) {
	if attribute(attrs, "backgroundImage") != "" {
		r.pictures = true
	}
	if id := attribute(attrs, "region"); id != "" {
		e.region = id
	}
	if parent.name == "tt" || parent.region != e.region {
		e.style = r.regions[e.region].within(e.style)
	}
	e.style = r.styles.resolve(styled(attrs)).within(e.style)
	e.sequence = attribute(attrs, "timeContainer") == "seq"
	if err := r.times(&e, parent, attrs); err != nil {
		return e, err
	}
	if e.name == "p" {
		line, _ := r.decoder.InputPos()
		r.text = &paragraph{line: line, style: e.style, region: r.regions[e.region], hasRegion: e.region != ""}
	} else if r.text != nil && !r.text.hasRegion && e.region != "" {
		r.text.region, r.text.hasRegion = r.regions[e.region], true
	}
	return e, nil
}

// times reads begin, end and dur, which count from the begin of the element
// around, or from where the one before ended in a sequence.
func (r *ttmlReader) times(e, parent *ttmlElement, attrs []xml.Attr) error {
	from := parent.begin
	if parent.sequence {
		from = parent.reached
	}
	values := map[string]time.Duration{}
	for _, name := range []string{"begin", "end", "dur"} {
		text := attribute(attrs, name)
		if text == "" {
			continue
		}
		at, ok := r.clock.parse(text)
		if !ok {
			return badLine(0, "%s=%s is no time that can be read", name, quote(text))
		}
		values[name] = at
	}
	e.begin, e.end = from+values["begin"], endless
	if end, ok := values["end"]; ok {
		if end < values["begin"] {
			return badLine(0, "the end %s is before the begin %s", attribute(attrs, "end"), attribute(attrs, "begin"))
		}
		e.end = from + end
	}
	if dur, ok := values["dur"]; ok {
		e.end = min(e.end, e.begin+dur)
	}
	e.end = min(e.end, parent.end)
	if parent.sequence && e.end != endless {
		parent.reached = e.end
	}
	e.reached = e.begin
	return nil
}

func attribute(attrs []xml.Attr, name string) string {
	for _, a := range attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
