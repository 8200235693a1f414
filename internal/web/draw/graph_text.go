package draw

import (
	"strings"
	"unicode"
)

// maxLines bounds a title, and what stands below it.
const maxLines = 3

// wrap breaks the node's texts into lines that its box holds.
func (s *slot) wrap() {
	s.Title, s.Sub = plain(s.Title), plain(s.Sub)
	s.title = lines(s.Title, boxWidth-2*boxPad, 1)
	s.sub = lines(s.Sub, boxWidth-2*boxPad, 0.88)
	s.height = 2*boxPad + lineTall*float64(len(s.title)+len(s.sub)) - 3
}

// runeWidth is about how wide a character is in a usual sans-serif of 13 px:
// rather too much than too little, as nothing measures text here.
func runeWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100: // The scripts that are wide begin here.
		return 14
	case unicode.IsUpper(r), strings.ContainsRune("mwMW@%—", r):
		return 10
	case strings.ContainsRune("iljtfr.,:;|!'()[] -/", r):
		return 5.2
	}
	return 7.8
}

// plain has a sign in place of what neither XML nor a reader can do with.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF:
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func textWidth(text string, scale float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += runeWidth(r) * scale
	}
	return sum
}

// lines breaks a text at spaces, and within words that fill a line; what does
// not fit into maxLines ends with an ellipsis.
func lines(text string, width, scale float64) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && textWidth(line+" "+word, scale) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		for line = word; textWidth(line, scale) > width && len(out) <= maxLines; {
			head := shorten(line, width, scale)
			out, line = append(out, head), line[len(head):]
		}
		if len(out) > maxLines {
			break
		}
	}
	if line != "" {
		out = append(out, line)
	}
	if len(out) > maxLines {
		out = out[:maxLines]
		out[maxLines-1] = shorten(out[maxLines-1], width-runeWidth('…')*scale, scale) + "…"
	}
	return out
}

// shorten gives as much of the beginning as the width has room for, and at
// least one character. It prefers to end after a sign that separates.
func shorten(text string, width, scale float64) string {
	used, end, after := 0.0, 0, 0
	for i, r := range text {
		if used += runeWidth(r) * scale; used > width && i > 0 {
			if after > i/2 {
				return text[:after]
			}
			return text[:i]
		}
		end = i + len(string(r))
		if strings.ContainsRune("-_./", r) {
			after = end
		}
	}
	return text[:end]
}
