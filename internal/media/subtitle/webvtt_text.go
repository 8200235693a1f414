package subtitle

import (
	"html"
	"regexp"
	"strings"

	"golang.org/x/text/language"
)

var (
	// vttTag is a tag of WebVTT (4.2.2), known or not: its name, classes and
	// annotation.
	vttTag = regexp.MustCompile(`^<(/?)([A-Za-z]+)((?:\.[^\s.<>&]+)*)(?:[ \t]+(.*))?>$`)
	// timeTag says when the text after it comes to be shown.
	timeTag = regexp.MustCompile(`^<(?:\d{2,4}:)?\d{2}:\d{2}\.\d{3}>$`)
	// reference is a character reference of HTML.
	reference = regexp.MustCompile(`^&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);$`)
)

// vttText reads WebVTT cue text line by line.
type vttText struct {
	strict bool
	out    markup
}

// line adds a line. Its error, which there is only if strict, has no line yet.
func (t *vttText) line(line string) error {
	if err := t.out.source(line); err != nil {
		return err
	}
	t.out.lineBreak()
	for line != "" {
		at := strings.IndexByte(line, '<')
		if at < 0 {
			at = len(line)
		}
		if err := t.plain(line[:at]); err != nil {
			return err
		}
		line = line[at:]
		if line == "" {
			return nil
		}
		used, err := t.tag(line)
		if err != nil {
			return err
		}
		if used == 0 {
			t.out.text("<")
			used = 1
		}
		line = line[used:]
	}
	return nil
}

func (t *vttText) plain(text string) error {
	if t.strict {
		for i := range len(text) {
			if text[i] == '&' && !reference.MatchString(bracket(text[i:], '&', ';')) {
				return badLine(0, "%s has an & that is not written &amp;", quote(text[i:]))
			}
		}
	}
	t.out.text(html.UnescapeString(text))
	return nil
}

// tag takes the tag that line begins with, and gives its length; 0 if it is
// text.
func (t *vttText) tag(line string) (int, error) {
	whole := bracket(line, '<', '>')
	if timeTag.MatchString(whole) {
		return len(whole), nil
	}
	m := vttTag.FindStringSubmatch(whole)
	if m == nil {
		if t.strict {
			return 0, badLine(0, "%s has a < that is not written &lt;", quote(line))
		}
		return 0, nil
	}
	name := m[2]
	made, known := newTag(name, m[3], html.UnescapeString(m[4]))
	switch {
	case t.strict && !known:
		return 0, badLine(0, "%s is no tag of WebVTT", quote(m[0]))
	case t.strict && m[1] != "" && t.innermost() != name:
		return 0, badLine(0, "%s closes what is not open, or not innermost", quote(m[0]))
	case m[1] != "":
		t.out.end(name)
	default:
		t.out.begin(made)
	}
	return len(m[0]), nil
}

func (t *vttText) innermost() string {
	if n := len(t.out.wanted); n > 0 {
		return t.out.wanted[n-1].source
	}
	return ""
}

// closed checks that every tag is closed at the end of the cue; that of the
// speaker of all of it need not be (WebVTT, 4.2.2).
func (t *vttText) closed() error {
	if open := t.innermost(); open != "" && (open != "v" || len(t.out.wanted) > 1) {
		return badLine(0, "the tag <%s> is not closed", open)
	}
	return nil
}

// newTag makes the tag that is written for one of WebVTT: classes are kept where
// players know them without a style sheet.
func newTag(name, classes, annotation string) (made tag, known bool) {
	switch name {
	case "b", "i", "u", "ruby", "rt":
		return plainTag(name), true
	case "c":
		for class := range strings.SplitSeq(classes, ".") {
			if colourClass(class) != "" {
				return colourTag(name, class), true
			}
		}
		return tag{source: name}, true
	case "v":
		if speaker := escape(annotation); speaker != "" {
			return tag{name, "<v " + speaker + ">", "</v>"}, true
		}
		return tag{source: name}, true
	case "lang":
		if parsed, err := language.Parse(strings.TrimSpace(annotation)); err == nil {
			return tag{name, "<lang " + parsed.String() + ">", "</lang>"}, true
		}
		return tag{source: name}, true
	}
	return tag{source: name}, false
}
