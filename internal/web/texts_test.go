package web_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// TestTexts: every text that a template names is there, and templates have no
// words of their own.
func TestTexts(t *testing.T) {
	t.Parallel()
	kit := page.New(page.Config{Caller: func(context.Context) (vod.Caller, error) { return vod.Caller{}, nil }})
	named := regexp.MustCompile(`\b(tn?) "([a-z0-9_.]+)"`)
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tag := regexp.MustCompile(`(?s)<[^>]*>`)
	attribute := regexp.MustCompile(`[\w-]+="[^"]*"`)
	code := regexp.MustCompile(`<code>[^<]*</code>`)
	word := regexp.MustCompile(`\p{L}{3,}`)
	same := regexp.MustCompile(`\b(UTC|HLS|DASH)\b`) // In every language.
	names, err := filepath.Glob("*/templates/*.html")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(data), -1) {
			keys := []string{m[2]}
			if m[1] == "tn" {
				keys = []string{m[2] + ".one", m[2] + ".other"}
			}
			for _, key := range keys {
				if kit.Text(key) == key && !strings.HasSuffix(key, ".") {
					t.Errorf("%s: there is no text %s", name, key)
				}
			}
		}
		bare := code.ReplaceAllString(action.ReplaceAllString(string(data), ""), "")
		bare = tag.ReplaceAllString(attribute.ReplaceAllString(bare, ""), "")
		for _, found := range word.FindAllString(same.ReplaceAllString(bare, ""), -1) {
			t.Errorf("%s: the template itself says %q", name, found)
		}
	}
}

// TestScriptTexts: what scripts say comes from the page, too. A literal with
// words in a row, or with a word that a space joins to what follows or goes
// before, is taken for prose.
func TestScriptTexts(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("page/static/*.js") // The libraries are in a folder below it.
	if err != nil || len(names) < 10 {
		t.Fatalf("%d scripts, %v", len(names), err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range prose(string(data)) {
			t.Errorf("%s: the script itself says %s", name, found)
		}
	}
}

// TestSaid: the play page hands its scripts every text that they say, and no
// other.
func TestSaid(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("page/static/play*.js")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d scripts, %v", len(names), err)
	}
	said := keysIn(t, `\bsay\('([a-z]+)'`, names...)
	given := keysIn(t, `\bdata-say-([a-z]+)="`, "play/templates/play.html")
	if diff := cmp.Diff(said, given); diff != "" {
		t.Errorf("texts of the scripts (-said +given):\n%s", diff)
	}
}

// keysIn gives what the group of a pattern finds in files, sorted, each once.
func keysIn(t *testing.T, pattern string, names ...string) []string {
	t.Helper()
	var keys []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(data), -1) {
			keys = append(keys, m[1])
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// TestProse: what is taken for prose in a script.
func TestProse(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]int{
		`tell('The player stopped: ' + text)`:                   1,
		`tell("It's over")`:                                     1,
		"tell(`${n} files wait`)":                               1,
		`name = 'Sound ' + n`:                                   1,
		`clock(a) + ' of ' + clock(b)`:                          1,
		`failed('thumbnails: ' + why)`:                          1,
		`at('https://example.org') // It's not 'for people'.`:   0,
		`/* 'not for people' */ find('form')`:                   0,
		`match(/"?two words"?/)`:                                0,
		`'use strict'; codec = 'Dolby Digital Plus'`:            0,
		`all('svg text[data-time]'); one('li .name, li .size')`: 0,
	} {
		if found := prose(script); len(found) != want {
			t.Errorf("%s: found %q, want %d", script, found, want)
		}
	}
}

// prose gives the literals of a script that read as something for people.
func prose(script string) []string {
	// Comments and regular expressions come first, as they may hold quotes.
	token := regexp.MustCompile(`//[^\n]*|(?s:/\*.*?\*/)|[=(,:!]\s*/(?:\\.|[^/\\\n*])(?:\\.|[^/\\\n])*/` +
		`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|` + "`(?:\\\\.|[^`\\\\])*`")
	value := regexp.MustCompile(`\$\{[^}]*\}`)
	words := regexp.MustCompile(`[\p{L}']{2,}[,.:;!?]? [\p{L}']{2,}|^ [\p{L}']{2,}|[\p{L}']{2,}[,.:;!?]? $|\$ [\p{L}']{2,}|[\p{L}']{2,}[,.:;!?]? \$`)
	selector := regexp.MustCompile(`\w\[[\w-]+|(^| )[.#][a-z]| > `)
	// Names, and what a language or a library asks for.
	technical := regexp.MustCompile(`^(use strict|Dolby Digital( Plus)?)$`)
	unit := regexp.MustCompile(`\b(kbit/s|min|px)\b`)
	var found []string
	for _, literal := range token.FindAllString(script, -1) {
		if !strings.ContainsAny(literal[:1], "'\"`") {
			continue
		}
		inner := unit.ReplaceAllString(value.ReplaceAllString(literal[1:len(literal)-1], "$$"), "")
		if words.MatchString(inner) && !selector.MatchString(inner) && !technical.MatchString(inner) {
			found = append(found, literal)
		}
	}
	return found
}
