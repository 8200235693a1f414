package subtitle_test

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

func TestOfWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		words []string
		tag   string
		ok    bool
	}{
		{nil, "", true},
		{[]string{"en"}, "en", true},
		{[]string{"forced", "no"}, "no-x-forced", true},
		{[]string{"no", "SDH"}, "no-x-sdh", true},
		{[]string{"pt_BR", "forced", "default"}, "pt-BR-x-forced-default", true},
		{[]string{"hi"}, "hi", true},
		{[]string{"en", "hi"}, "en-x-sdh", true},
		{[]string{"hi", "hi"}, "hi-x-sdh", true},
		{[]string{"forced"}, "x-forced", true},
		{[]string{"en", "de"}, "", false},
		{[]string{"trailer"}, "", false},
		{[]string{"the"}, "", false},
		{[]string{""}, "", false},
	} {
		p, ok := subtitle.OfWords(tc.words)
		if ok != tc.ok || p.Tag() != tc.tag {
			t.Errorf("%q: %q %t, want %q %t", tc.words, p.Tag(), ok, tc.tag, tc.ok)
		}
	}
}
