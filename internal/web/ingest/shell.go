package ingest

import (
	"regexp"
	"strings"
)

// plainWord needs no quotes in a POSIX shell (IEEE Std 1003.1, Shell Command
// Language, 2.2).
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shell writes an argument vector so that a POSIX shell reads it back as it is.
func shell(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		if !plainWord.MatchString(word) {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}
