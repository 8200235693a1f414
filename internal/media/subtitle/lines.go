package subtitle

import "strings"

// lines goes through a text by lines, which end with LF, CR LF or CR. It splits
// as it goes: a text may be all line breaks.
type lines struct {
	rest   string
	number int // of the line that next gave last, counted from 1
}

// next gives the next line, without its end.
func (l *lines) next() (string, bool) {
	if l.rest == "" {
		return "", false
	}
	var line string
	line, l.rest = cutLine(l.rest)
	l.number++
	return line, true
}

// peek gives the line that next will give; "" at the end.
func (l *lines) peek() string {
	line, _ := cutLine(l.rest)
	return line
}

func cutLine(text string) (line, rest string) {
	at := strings.IndexAny(text, "\r\n")
	switch {
	case at < 0:
		return text, ""
	case strings.HasPrefix(text[at:], "\r\n"):
		return text[:at], text[at+2:]
	}
	return text[:at], text[at+1:]
}

// blank tells whether nothing but white space stands in a line. A no-break space is
// a character: authors write it to get an empty line.
func blank(line string) bool { return strings.Trim(line, " \t") == "" }
