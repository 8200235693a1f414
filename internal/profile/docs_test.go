package profile

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

var fenced = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestGuide: every profile in the guide can be applied, the built-in one is
// the built-in one, and the problems that it shows are told like that.
func TestGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := fenced.FindAllSubmatch(guide, -1)
	if len(blocks) != 3 {
		t.Fatalf("found %d profiles", len(blocks))
	}
	for i, name := range []string{"default", "elsewhere", "news"} {
		if _, err := Parse(name, blocks[i][1]); err != nil {
			t.Errorf("profile %s: %s", name, problemText(t, err))
		}
	}
	if i := bytes.Index(defaultText, []byte("retrieval:")); !bytes.Equal(blocks[0][1], defaultText[i:]) {
		t.Error("the first profile is not the built-in one")
	}

	broken := strings.NewReplacer("crf: 21", "crf: 99", "type: vimond_file_retriever", "type: vimond_file_retriver",
		"filesetFilter: distributed\n", "filesetFilter: distributed AND\n").Replace(string(blocks[2][1]))
	_, err = Parse("news", []byte(broken))
	// The command line indents what is in a document.
	if text := strings.ReplaceAll(problemText(t, err), "\n/", "\n  /"); !strings.Contains(string(guide), text) {
		t.Errorf("the guide does not show this:\n%s", text)
	}
}
