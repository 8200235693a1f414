package httpd

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isText tells whether a text is UTF-8 without control characters. Nothing
// else is ever the name of something here.
func isText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// maxShown is how much of a name that a client made up is told back, in bytes.
const maxShown = 200

// shown is a name as a message repeats it: bounded, and without anything that
// a terminal or a log would obey.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(name, string(utf8.RuneError)))
	if len(name) <= maxShown {
		return name
	}
	cut := maxShown
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + "…"
}
