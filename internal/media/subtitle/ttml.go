package subtitle

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"strings"
)

// ttmlReader reads TTML element by element. Times of an element are within those
// of the one around it, and styles inherited, as TTML 2 has it (12.2, 10.4.4).
// Several documents may follow each other: each sample of a track in MP4 is one,
// which repeats what goes on from the sample before (ISO/IEC 14496-30, 5.3).
type ttmlReader struct {
	decoder  *xml.Decoder
	clock    ttmlClock
	canvas   ttmlCanvas
	styles   ttmlStyles
	regions  map[string]ttmlStyle
	open     []ttmlElement // outermost first
	region   string        // whose definition is being read
	text     *paragraph    // that is being read
	pictures bool          // there is at least one
	language string
	roots    int // documents so far
	out      collector
}

func readTTML(text string) (Track, error) {
	in := &tokenReader{rest: text}
	r := ttmlReader{decoder: xml.NewDecoder(in)}
	r.decoder.Entity = xml.HTMLEntity
	// The text is UTF-8 by now, whatever the document declares.
	r.decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		in.used = 0
		token, err := r.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return r.track()
		}
		if err == nil {
			err = r.token(token)
		}
		if err != nil {
			return Track{}, r.located(err)
		}
	}
}

func (r *ttmlReader) track() (Track, error) {
	line, _ := r.decoder.InputPos()
	if len(r.open) > 0 {
		return Track{}, badLine(line, "the file ends within the element %s; it was cut off", r.open[len(r.open)-1].name)
	}
	if r.roots > 1 {
		r.out.join()
	}
	track, err := r.out.track(TTML)
	if err != nil && r.pictures {
		err = badLine(0, "the file holds pictures instead of text")
	}
	track.Language = r.language
	return track, err
}

// located makes a LineError of what went wrong at the place reached.
func (r *ttmlReader) located(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return badLine(syntax.Line, "no XML: %s", syntax.Msg)
	}
	line, _ := r.decoder.InputPos()
	var bad *LineError
	if !errors.As(err, &bad) {
		return badLine(line, "no XML: %v", err)
	}
	return atLine(line, err)
}

func (r *ttmlReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		return r.end(t.Name.Local)
	case xml.CharData:
		r.characters(string(t))
	case xml.Directive:
		if strings.Contains(strings.ToUpper(string(t)), "ENTITY") {
			return badLine(0, "the document defines entities, which is not accepted")
		}
	}
	return nil
}

func (r *ttmlReader) start(t xml.StartElement) error {
	name := t.Name.Local
	if len(r.open) == maxDepth {
		return badLine(0, "elements are nested deeper than %d", maxDepth)
	}
	if len(r.open) == 0 {
		return r.root(t)
	}
	parent := &r.open[len(r.open)-1]
	e := ttmlElement{name: name, style: parent.style, begin: parent.begin, end: parent.end, region: parent.region, skipped: parent.skipped}
	if !e.skipped {
		var err error
		if e, err = r.element(e, parent, t.Attr); err != nil {
			return err
		}
	}
	r.open = append(r.open, e)
	return nil
}

// root begins a document.
func (r *ttmlReader) root(t xml.StartElement) error {
	if t.Name.Local != "tt" {
		return badLine(0, "the file is XML, but no TTML: its outermost element is %s, not tt", quote(t.Name.Local))
	}
	for _, a := range t.Attr {
		if a.Name.Local == "lang" && r.language == "" {
			r.language = strings.TrimSpace(a.Value)
		}
	}
	r.clock, r.canvas = newClock(t.Attr), newCanvas(t.Attr)
	r.styles, r.regions = newStyles(), map[string]ttmlStyle{}
	r.roots++
	r.open = append(r.open, ttmlElement{name: "tt", style: ttmlStyle{}, end: endless})
	return nil
}

// element reads an element that begins, of which e has what it inherits.
func (r *ttmlReader) element(e ttmlElement, parent *ttmlElement, attrs []xml.Attr) (ttmlElement, error) {
	switch e.name {
	case "head", "styling", "layout":
		return e, nil
	case "style":
		r.define(attrs)
		return e, nil
	case "region":
		r.region = attribute(attrs, "id")
		r.regions[r.region] = r.styles.resolve(styled(attrs))
		return e, nil
	case "br":
		if r.text != nil {
			r.text.add(ttmlRun{lineBreak: true})
		}
		return e, nil
	case "body", "div", "p", "span":
		return r.content(e, parent, attrs)
	case "image":
		r.pictures = true
	}
	e.skipped = true // metadata, animation, and whatever others have invented
	return e, nil
}

// define keeps a style: that of the region that it stands in, or a named one.
func (r *ttmlReader) define(attrs []xml.Attr) {
	s := styled(attrs)
	if r.region == "" {
		r.styles.define(attribute(attrs, "id"), s)
		return
	}
	maps.Copy(r.regions[r.region], r.styles.resolve(s))
}

func (r *ttmlReader) characters(text string) {
	if len(r.open) == 0 || r.text == nil {
		return
	}
	e := r.open[len(r.open)-1]
	if e.skipped || e.style.hidden() || e.name != "p" && e.name != "span" {
		return
	}
	r.text.add(ttmlRun{text: text, tags: e.style.tags(), begin: e.begin, end: e.end})
}

func (r *ttmlReader) end(name string) error {
	if len(r.open) == 0 {
		return badLine(0, "no XML: the end of %s stands before its begin", quote(name))
	}
	if last := r.open[len(r.open)-1].name; last != name {
		return badLine(0, "no XML: the end of %s stands where that of %s should", quote(name), quote(last))
	}
	r.open = r.open[:len(r.open)-1]
	switch {
	case name == "region":
		r.region = ""
	case name == "p" && r.text != nil:
		text := r.text
		r.text = nil
		return text.cues(&r.out, r.canvas)
	}
	return nil
}
