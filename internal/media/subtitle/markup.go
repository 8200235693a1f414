package subtitle

import (
	"slices"
	"strings"
	"unicode"
)

// Bounds of a cue.
const (
	maxTags   = 16       // nested in each other; deeper ones do nothing
	maxSource = 64 << 10 // bytes of text and tags as they are read
)

// tag is an open tag of some source format.
type tag struct {
	source string // its name there, by which it is closed
	open   string // what WebVTT writes for it, such as "<c.yellow>"; "" for nothing
	close  string
}

// markup builds WebVTT cue text out of texts and tags, which may be nested
// wrongly or never closed. It writes balanced tags, none of them empty, and no
// blank line; white space is joined, as players show it (WebVTT, 7.4).
type markup struct {
	out      strings.Builder
	wanted   []tag // that are open in the source, outermost first
	written  []tag // that are open in the output
	space    bool  // is due before the next character
	newline  bool  // is due before the next character
	overflow bool  // the text is longer than maxText
	read     int   // bytes of the source
}

// source counts a line of the source, of which much can be read without any
// text in it. Its error has no line yet.
func (m *markup) source(line string) error {
	if m.read += len(line); m.read > maxSource {
		return badLine(0, "the cue has more than %d KiB of text and tags", maxSource>>10)
	}
	return nil
}

// bracket is what text begins with up to the closing byte, and "" where the
// opening one comes again before it, or it is too far off to be meant.
func bracket(text string, open, closing byte) string {
	const most = 512
	for i := 1; i < min(len(text), most); i++ {
		switch text[i] {
		case closing:
			return text[:i+1]
		case open:
			return ""
		}
	}
	return ""
}

// plainTag is a tag that is named alike in the source and in WebVTT.
func plainTag(name string) tag { return tag{name, "<" + name + ">", "</" + name + ">"} }

// begin opens a tag.
func (m *markup) begin(t tag) {
	if len(m.wanted) < maxTags {
		m.wanted = append(m.wanted, t)
	}
}

// end closes the innermost open tag of the name, and no other.
func (m *markup) end(source string) {
	for i := len(m.wanted) - 1; i >= 0; i-- {
		if m.wanted[i].source == source {
			m.wanted = slices.Delete(m.wanted, i, i+1)
			return
		}
	}
}

// lineBreak begins a new line, unless nothing stands on this one.
func (m *markup) lineBreak() { m.newline = true }

// text adds what people read. Line breaks in it count as white space.
func (m *markup) text(s string) {
	for _, r := range s {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			m.space = true
		case unicode.Is(unicode.Cc, r) || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF':
		default:
			m.write(r)
		}
	}
}

func (m *markup) write(r rune) {
	if m.out.Len() > maxText {
		m.overflow = true
		return
	}
	same := m.closeUnwanted()
	if m.out.Len() > 0 && m.newline {
		m.out.WriteByte('\n')
	} else if m.out.Len() > 0 && m.space {
		m.out.WriteByte(' ')
	}
	m.newline, m.space = false, false
	for _, t := range m.wanted[same:] {
		m.out.WriteString(t.open)
		m.written = append(m.written, t)
	}
	switch r {
	case '&':
		m.out.WriteString("&amp;")
	case '<':
		m.out.WriteString("&lt;")
	case '>':
		m.out.WriteString("&gt;")
	default:
		m.out.WriteRune(r)
	}
}

// closeUnwanted closes what is open in the output and should not be, and gives
// how many of the wanted tags are open then.
func (m *markup) closeUnwanted() int {
	same := 0
	for same < len(m.written) && same < len(m.wanted) && m.written[same] == m.wanted[same] {
		same++
	}
	m.closeTo(same)
	return same
}

func (m *markup) closeTo(depth int) {
	for i := len(m.written) - 1; i >= depth; i-- {
		m.out.WriteString(m.written[i].close)
	}
	m.written = m.written[:min(depth, len(m.written))]
}

// String closes what is open and gives the cue text, "" if there is nothing to
// read. overflow tells that it is cut off.
func (m *markup) String() string {
	m.closeTo(0)
	return m.out.String()
}

// escape makes a text fit for cue text and for the annotation of a tag, which
// stays on one line.
func escape(s string) string {
	var m markup
	m.text(s)
	return m.out.String()
}

// colourTag is the tag for coloured text: one of the classes that players know
// by default (WebVTT, 5.1), or nothing for other colours. White is the default,
// and black on the default background cannot be read.
func colourTag(source, colour string) tag {
	class := colourClass(colour)
	if class == "" {
		return tag{source: source}
	}
	return tag{source, "<c." + class + ">", "</c>"}
}

func colourClass(colour string) string {
	colour = strings.ToLower(strings.TrimSpace(colour))
	if len(colour) == 9 && colour[0] == '#' {
		colour = colour[:7] // without opacity
	}
	switch colour {
	case "lime", "#00ff00":
		return "lime"
	case "cyan", "aqua", "#00ffff":
		return "cyan"
	case "red", "#ff0000":
		return "red"
	case "yellow", "#ffff00":
		return "yellow"
	case "magenta", "fuchsia", "#ff00ff":
		return "magenta"
	case "blue", "#0000ff":
		return "blue"
	}
	return ""
}
