package web_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
	word := regexp.MustCompile(`\p{L}{3,}`)
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
		if strings.HasPrefix(name, "play") { // Its words are to follow.
			continue
		}
		bare := tag.ReplaceAllString(attribute.ReplaceAllString(action.ReplaceAllString(string(data), ""), ""), "")
		for _, found := range word.FindAllString(strings.ReplaceAll(bare, "UTC", ""), -1) {
			t.Errorf("%s: the template itself says %q", name, found)
		}
	}
}
