package auth

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/sign-in.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheGuideHasEveryPermission with the roles that have it.
func TestTheGuideHasEveryPermission(t *testing.T) {
	t.Parallel()
	told := map[vod.Permission][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+:[a-z]+)` \\|[^|]*\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$").FindAllStringSubmatch(guide(t), -1) {
		told[vod.Permission(row[1])] = row[2:]
	}
	if len(told) != len(vod.Permissions()) {
		t.Errorf("the guide has %d permissions, there are %d", len(told), len(vod.Permissions()))
	}
	for _, p := range vod.Permissions() {
		for i, role := range vod.Roles() {
			want := ""
			if slices.Contains(role.Permissions(), p) {
				want = "x"
			}
			if row := told[p]; row == nil || strings.TrimSpace(row[i]) != want {
				t.Errorf("%s of %s: the guide has %q", p, role, row)
			}
		}
	}
}

// TestTheGuideQuotesWhatIsSaid: every message in its tables is one of this
// package.
func TestTheGuideQuotesWhatIsSaid(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, file := range append(files, "../vod/caller.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			source.Write(text)
		}
	}
	quoted := regexp.MustCompile(`"(Th[^"]*)"`).FindAllStringSubmatch(guide(t), -1)
	if len(quoted) < 15 {
		t.Errorf("the guide quotes %d messages only", len(quoted))
	}
	for _, q := range quoted {
		for part := range strings.SplitSeq(q[1], "…") {
			if !strings.Contains(source.String(), strings.TrimSuffix(part, ".")) {
				t.Errorf("nobody says %q", part)
			}
		}
	}
	if form := strings.NewReplacer("{43})([0-9A-Za-z]{6})", "{49}", "(", "", ")", "", "^", "", "$", "").Replace(mintedForm.String()); !strings.Contains(guide(t), "\n"+form+"\n") {
		t.Errorf("the guide does not have the form %s", form)
	}
}
