package hls

import (
	"strconv"
	"strings"
)

// attributes of a tag (RFC 8216, 4.2).
type attributes struct {
	values map[string]attribute
	parser *parser
	line   int
	tag    string
}

type attribute struct {
	text   string
	quoted bool
}

// attributes parses a list such as A=1,B="x,y". Faults end up as problems.
func (p *parser) attributes(line int, tag, text string) attributes {
	out := attributes{values: map[string]attribute{}, parser: p, line: line, tag: tag}
	for text != "" {
		name, rest, ok := strings.Cut(text, "=")
		if !ok || name == "" || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			p.problem(line, "RFC 8216, 4.2", "%s: %q is no attribute name", tag, shorten(name))
			return out
		}
		var value attribute
		if quoted, isQuoted := strings.CutPrefix(rest, `"`); isQuoted {
			inside, after, closed := strings.Cut(quoted, `"`)
			if !closed {
				p.problem(line, "RFC 8216, 4.2", "%s: the quotes of %s are not closed", tag, name)
				return out
			}
			value, rest = attribute{inside, true}, after
			if rest != "" && rest[0] != ',' {
				p.problem(line, "RFC 8216, 4.2", "%s: after the value of %s there is no comma", tag, name)
				return out
			}
		} else {
			end := strings.IndexByte(rest, ',')
			if end < 0 {
				end = len(rest)
			}
			value, rest = attribute{text: rest[:end]}, rest[end:]
		}
		if _, twice := out.values[name]; twice {
			p.problem(line, "RFC 8216, 4.2", "%s: %s stands there twice", tag, name)
		}
		out.values[name] = value
		text = strings.TrimPrefix(rest, ",")
	}
	return out
}

func (a attributes) has(name string) bool {
	_, ok := a.values[name]
	return ok
}

// quoted gives a quoted string, empty where it is missing.
func (a attributes) quoted(name string) string {
	v, ok := a.values[name]
	if ok && !v.quoted {
		a.parser.problem(a.line, "RFC 8216, 4.2", "%s: the value of %s is not in quotes", a.tag, name)
	}
	return v.text
}

// plain gives a value without quotes, empty where it is missing.
func (a attributes) plain(name string) string {
	v, ok := a.values[name]
	if ok && v.quoted {
		a.parser.problem(a.line, "RFC 8216, 4.2", "%s: the value of %s is in quotes", a.tag, name)
	}
	return v.text
}

// require tells of attributes that are missing.
func (a attributes) require(clause string, names ...string) {
	for _, name := range names {
		if a.values[name].text == "" {
			a.parser.problem(a.line, clause, "%s lacks %s", a.tag, name)
		}
	}
}

func (a attributes) yes(name string) bool {
	switch v := a.plain(name); v {
	case "YES":
		return true
	case "", "NO":
	default:
		a.parser.problem(a.line, "RFC 8216, 4.2", "%s: %s is %q instead of YES or NO", a.tag, name, shorten(v))
	}
	return false
}

func (a attributes) integer(name string) int64 {
	text := a.plain(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		a.parser.problem(a.line, "RFC 8216, 4.2", "%s: %s is %q, no decimal integer", a.tag, name, shorten(text))
		return 0
	}
	return n
}

func (a attributes) float(name string) float64 {
	text := a.plain(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n < 1e9) {
		a.parser.problem(a.line, "RFC 8216, 4.2", "%s: %s is %q, no decimal number", a.tag, name, shorten(text))
		return 0
	}
	return n
}

func (a attributes) resolution(name string) (width, height int) {
	text := a.plain(name)
	if text == "" {
		return 0, 0
	}
	w, h, _ := strings.Cut(text, "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if errW != nil || errH != nil || width <= 0 || height <= 0 {
		a.parser.problem(a.line, "RFC 8216, 4.2", "%s: %s is %q, not such as 1280x720", a.tag, name, shorten(text))
		return 0, 0
	}
	return width, height
}

// shorten keeps hostile text out of messages.
func shorten(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
