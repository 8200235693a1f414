package manifest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestRules holds every presentation against the rules that docs/streams.md
// lists, by reading back what was written.
func TestRules(t *testing.T) {
	t.Parallel()
	for name, p := range presentations() {
		text := Multivariant(p)
		checkGroups(t, name, text)
		checkVariants(t, name, text, len(p.Video) > 0)
		targets := map[string]bool{}
		for _, track := range p.Tracks() {
			checkDurations(t, name, MediaPlaylist(p, track), targets)
		}
		if len(targets) != 1 {
			t.Errorf("%s: target durations %v", name, targets)
		}
	}
}

// checkGroups: RFC 8216, 4.3.4.1.1.
func checkGroups(t *testing.T, name, text string) {
	t.Helper()
	seen, defaults := map[string]bool{}, map[string]int{}
	once := func(rule string, of ...string) {
		key := rule + strings.Join(of, "\n")
		if seen[key] {
			t.Errorf("%s: %s twice: %q", name, rule, of)
		}
		seen[key] = true
	}
	for _, line := range tagged(text, "#EXT-X-MEDIA:") {
		group := attribute(line, "GROUP-ID")
		once("NAME", group, attribute(line, "NAME"))
		if attribute(line, "AUTOSELECT") == "YES" {
			once("AUTOSELECT", group, attribute(line, "LANGUAGE"), attribute(line, "CHARACTERISTICS"))
		}
		if attribute(line, "DEFAULT") == "YES" {
			defaults[group]++
			if attribute(line, "AUTOSELECT") != "YES" {
				t.Errorf("%s: a default that is not selected by itself: %s", name, line)
			}
		}
	}
	for _, line := range tagged(text, "#EXT-X-STREAM-INF:") {
		if group := attribute(line, "AUDIO"); group != "" && defaults[group] != 1 {
			t.Errorf("%s: group %q has %d defaults", name, group, defaults[group])
		}
	}
}

// checkVariants: RFC 8216, 4.3.4.2.
func checkVariants(t *testing.T, name, text string, video bool) {
	t.Helper()
	variants := tagged(text, "#EXT-X-STREAM-INF:")
	if len(variants) == 0 {
		t.Errorf("%s: no variants", name)
	}
	for _, line := range variants {
		peak, average := number(t, attribute(line, "BANDWIDTH")), number(t, attribute(line, "AVERAGE-BANDWIDTH"))
		if average <= 0 || peak < average || attribute(line, "CODECS") == "" {
			t.Errorf("%s: %s", name, line)
		}
		if video && (attribute(line, "RESOLUTION") == "" || number(t, attribute(line, "FRAME-RATE")) <= 0) {
			t.Errorf("%s: %s", name, line)
		}
	}
}

// checkDurations: RFC 8216, 4.3.3.1.
func checkDurations(t *testing.T, name, text string, targets map[string]bool) {
	t.Helper()
	target := tagged(text, "#EXT-X-TARGETDURATION:")[0]
	targets[target] = true
	for _, line := range tagged(text, "#EXTINF:") {
		if d := number(t, strings.TrimSuffix(line, ",")); math.Round(d) > number(t, target) {
			t.Errorf("%s: %s s in a playlist of %s", name, line, target)
		}
	}
}

// tagged are the lines with the tag, without it.
func tagged(text, tag string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), tag); ok {
			out = append(out, rest)
		}
	}
	return out
}

func attribute(line, name string) string {
	m := regexp.MustCompile(fmt.Sprintf(`(?:^|,)%s=("[^"]*"|[^,]*)`, name)).FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	return strings.Trim(m[1], `"`)
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Errorf("not a number: %q", text)
	}
	return n
}
