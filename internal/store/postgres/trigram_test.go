package postgres

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestTrigramsOfAPart: whatever is found in a text has trigrams of the text
// alone, in whatever case it is asked for.
func TestTrigramsOfAPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(folded(rapid.String().Draw(t, "text")))
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		to := rapid.IntRange(from, len(text)).Draw(t, "to")
		all := trigrams("other", string(text))
		for _, n := range trigrams(string(text[from:to])) {
			if _, found := slices.BinarySearch(all, n); !found {
				t.Fatalf("%q in %q: %d is missing", string(text[from:to]), string(text), n)
			}
		}
	})
}

func TestFolded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ÆRLIG Øst": "ærlig øst", "ПРИВЕТ": "привет", "a\x00b\xff": "a\uFFFDb\uFFFD", "日本": "日本", "": "",
	} {
		if got := folded(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
