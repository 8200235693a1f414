package check_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check"
)

// The guide has the table of rules as it is.
func TestRulesAreDocumented(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/checking.md")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	seen := map[string]bool{}
	for _, r := range check.Rules() {
		if seen[r.ID] || r.Title == "" || r.Clause == "" {
			t.Errorf("rule %q is there twice, or incomplete", r.ID)
		}
		seen[r.ID] = true
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Severity, r.Title, r.Clause)
	}
	if !strings.Contains(string(guide), b.String()) {
		t.Errorf("the table of docs/checking.md should be:\n%s", b.String())
	}
}
