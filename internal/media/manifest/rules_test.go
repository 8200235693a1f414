package manifest

import (
	"fmt"
	"math"
	"regexp"
	"slices"
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
		checkMembers(t, name, text)
		checkText(t, name, text, p)
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
			once("AUTOSELECT", group, attribute(line, "LANGUAGE"), attribute(line, "FORCED"), attribute(line, "CHARACTERISTICS"))
		} else if attribute(line, "FORCED") == "YES" {
			t.Errorf("%s: forced subtitles that nobody selects: %s", name, line)
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

// checkMembers: all groups of a type have the same members with the same
// attributes but URI and CHANNELS (RFC 8216, 4.3.4.1.1).
func checkMembers(t *testing.T, name, text string) {
	t.Helper()
	groups := map[string]string{}
	for _, line := range tagged(text, "#EXT-X-MEDIA:TYPE=AUDIO,") {
		var member []string
		for _, key := range []string{"NAME", "LANGUAGE", "AUTOSELECT", "DEFAULT", "CHARACTERISTICS"} {
			member = append(member, attribute(line, key))
		}
		groups[attribute(line, "GROUP-ID")] += strings.Join(member, "|") + "\n"
	}
	first := ""
	for _, members := range groups {
		if first == "" {
			first = members
		}
		if members != first {
			t.Errorf("%s: groups with different members:\n%s\n%s", name, first, members)
		}
	}
}

// checkText: every variant names the group of subtitles, if there is one; all
// of them and the I-frames say their dynamic range as soon as one is HDR (Apple's HLS
// authoring specification); target durations hold (RFC 8216, 4.3.3.1).
func checkText(t *testing.T, name, text string, p Presentation) {
	t.Helper()
	hdr := strings.Contains(text, "VIDEO-RANGE=PQ") || strings.Contains(text, "VIDEO-RANGE=HLG")
	for _, tag := range []string{"#EXT-X-STREAM-INF:", "#EXT-X-I-FRAME-STREAM-INF:"} {
		for _, line := range tagged(text, tag) {
			if tag == "#EXT-X-STREAM-INF:" && (attribute(line, "SUBTITLES") != "") != (len(p.Text) > 0) {
				t.Errorf("%s: %d text tracks, but %s", name, len(p.Text), line)
			}
			if hdr && attribute(line, "VIDEO-RANGE") == "" {
				t.Errorf("%s: no dynamic range: %s", name, line)
			}
		}
	}
	for _, track := range p.Text {
		checkDurations(t, name, TextPlaylist(track), map[string]bool{})
	}
}

// The first variant is one that every player can play.
func TestFirstVariant(t *testing.T) {
	t.Parallel()
	p := film()
	slices.Reverse(p.Video)
	slices.Reverse(p.Audio)
	first := tagged(Multivariant(p), "#EXT-X-STREAM-INF:")[0]
	if attribute(first, "CODECS") != "avc1.640028,mp4a.40.2" || attribute(first, "AUDIO") != "mp4a-40-2-2" {
		t.Error(first)
	}
}

// A sound that is there in one codec only is in the groups of the others in
// that codec, which the variants then name, too.
func TestMixedGroup(t *testing.T) {
	t.Parallel()
	p := film()
	p.Audio = append(p.Audio[:3:3], audio("audio_de", "de", "Deutsch", "mp4a.40.2", 2))
	text := Multivariant(p)
	if !strings.Contains(text, `CODECS="avc1.640028,opus,mp4a.40.2"`) {
		t.Error(text)
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
