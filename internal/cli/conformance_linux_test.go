package cli

import (
	"strings"
	"testing"
)

// TestConformanceInATerminal: what is being checked shows until its result
// takes the place, and what differs stands out.
func TestConformanceInATerminal(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /ingests", 200, `{"items":[],"count":0,"cursor":null}`)
	got := d.inTerminal(t, 80, "conformance", "--only", "list.keys,limit.range")
	for _, want := range []string{
		"\r  … list.keys\x1b[K\r\x1b[K\x1b[1mList\x1b[m\n  ok          list.keys ", "\x1b[1mdiffers   \x1b[m  limit.range ", "and 3 more\n",
		"\x1b[1m" + d.url + " conforms to the Status API",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}
