package httpd

import (
	"net/url"
	"testing"
)

// Ids with any characters arrive as they were meant, unescaped once.
func TestPathValues(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	for _, name := range []string{"100%", "a%2Fb", "a/b", "a+b c", "å", "a?b#c", "a,b;c=d", "[1]", "a%zz"} {
		got := s.send(t, "PUT", "/profiles/"+url.PathEscape(name), "x: 1\n", "Content-Type", "application/yaml")
		got.is(t, 201)
		if stored := s.profiles[len(s.profiles)-1].Name; stored != name {
			t.Errorf("%q became %q", name, stored)
		}
	}
}

// What a client that means no harm would not write is at no path, and nothing
// is redirected.
func TestStrangePaths(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	for _, path := range []string{"//ingests", "/ingests/../profiles", "/./ingests", "/ingests/%00", "/ingests/a%0ab", "/profiles/%ff"} {
		s.send(t, "GET", path, "").is(t, 404, "There is nothing at this path.")
	}
}
