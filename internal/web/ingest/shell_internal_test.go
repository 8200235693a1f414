package ingest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestAShellReadsItBack: what is copied is the command that ran, whatever stands
// in it.
func TestAShellReadsItBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching("[a-z \\-'\"$`\\\\;&|<>*\n!~#{}é]{0,12}"), 1, 5).Draw(t, "words")
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `printf '%s\0' `+shell(words)).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, words) {
			t.Fatalf("%q came back as %q", words, got)
		}
	})
	if got := shell([]string{"ffmpeg", "-i", "a.mp4"}); got != "ffmpeg -i a.mp4" {
		t.Error(got)
	}
}
