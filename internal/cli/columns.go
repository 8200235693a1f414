package cli

import "golang.org/x/text/width"

// columns is how many columns of a terminal the text takes at most: wide East
// Asian characters take two. Combining marks are counted as one although they
// take none, so that a line is never wider than thought.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// clip cuts text to at most n columns.
func clip(text string, n int) string {
	for i, r := range text {
		if n -= runeColumns(r); n < 0 {
			return text[:i]
		}
	}
	return text
}
