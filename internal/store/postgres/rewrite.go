package postgres

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// indexHint names an index for SQLite. Postgres has no such hints.
var indexHint = regexp.MustCompile(`\s+INDEXED\s+BY\s+\w+`)

// rewriter puts the statements of package sqlstore into Postgres' words and
// keeps the result. The number of different statements is small and bounded by
// the program's text.
type rewriter struct{ known sync.Map }

func (r *rewriter) rewrite(query string) string {
	if text, ok := r.known.Load(query); ok {
		return text.(string) //nolint:errcheck // Strings alone are stored.
	}
	text := numbered(indexHint.ReplaceAllString(query, ""))
	r.known.Store(query, text)
	return text
}

// numbered makes $n of the parameters ? and ?n outside of quotes.
func numbered(query string) string {
	var b strings.Builder
	quote, next := byte(0), 1
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			b.WriteByte('$')
			if i+1 == len(query) || query[i+1] < '0' || query[i+1] > '9' {
				b.WriteString(strconv.Itoa(next))
				next++
			}
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
