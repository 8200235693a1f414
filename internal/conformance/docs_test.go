package conformance_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/conformance"
)

// TestDocs: the table of the documentation is that of the code.
func TestDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got strings.Builder
	group := ""
	for _, c := range conformance.Checks() {
		if c.Group != group {
			group = c.Group
			fmt.Fprintf(&want, "| **%s** | | | |\n", group)
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", c.ID, c.Level, c.Title, c.Source)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `") && strings.Count(line, "|") == 5 || strings.HasPrefix(line, "| **") {
			got.WriteString(line)
		}
	}
	if d := cmp.Diff(want.String(), got.String()); d != "" {
		t.Errorf("docs/conformance.md (-code +docs):\n%s\nthe whole table:\n%s", d, want.String())
	}
}

// TestChecks: ids are stable names that occur once, and every check says where
// its rule stands in a form that the table of the documentation can hold.
func TestChecks(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range conformance.Checks() {
		source, rest, ok := strings.Cut(c.Source, ": ")
		if seen[c.ID] || c.Title == "" || strings.Contains(c.Title+c.Source, "|") || !ok || rest == "" || source != "page" && source != "ours" {
			t.Errorf("%+v", c)
		}
		if c.Level == conformance.Contract && source != "page" {
			t.Errorf("%s is of the contract, but the page does not say it", c.ID)
		}
		seen[c.ID] = true
	}
}

// TestOptions: what cannot be run is refused before the first request.
func TestOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]conformance.Options{
		"no server":          {},
		"another scheme":     {Server: "ftp://example.com"},
		"a user":             {Server: "https://user:secret@example.com"},
		"a query":            {Server: "https://example.com?token=1"},
		"no such check":      {Server: "https://example.com", Only: []string{"list.colour"}},
		"submit, not write":  {Server: "https://example.com", Submit: "https://example.com/a.mp4", Asset: "1"},
		"submit to no asset": {Server: "https://example.com", Submit: "https://example.com/a.mp4", Write: true},
	} {
		if report, err := conformance.Run(t.Context(), o); err == nil || report.Requests > 0 || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v after %d requests", name, err, report.Requests)
		}
	}
}
