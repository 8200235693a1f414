package profile

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func update() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden files anew")
	os.Exit(m.Run())
}

func TestDefault(t *testing.T) {
	t.Parallel()
	doc := Default()
	if doc.Name != "default" {
		t.Fatalf("name %q", doc.Name)
	}
	golden(t, "testdata/default.json", indent(t, doc.JSON))
}

// TestProblems holds every message verbatim: testdata/problems/x.yaml (or
// .json) is refused with the lines of x.txt.
func TestProblems(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/problems/*.[yj][as]*")
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d documents: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("p", data)
			golden(t, strings.TrimSuffix(file, filepath.Ext(file))+".txt", []byte(problemText(t, err)))
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	body := "playout:\n- filesetFilter: initialInput\n  playoutProfile: {name: c, type: CATALOG}\n"
	for _, c := range []struct{ given, own, want, problem string }{
		{given: "a", own: "", want: "a"},
		{given: "", own: "name: b\n", want: "b"},
		{given: "a", own: "name: a\n", want: "a"},
		{given: "", own: "", problem: "/name: is missing"},
		{given: "a", own: "name: b\n", problem: `/name: is "b", but the profile is applied as "a"`},
		{given: "", own: "name: 12\n", problem: "/name: must be of type string, not number; put it in quotes"},
		{given: "../a", own: "", problem: "/name: must be 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter or digit"},
	} {
		doc, err := Parse(c.given, []byte(c.own+body))
		if c.problem != "" {
			if text := problemText(t, err); !strings.HasSuffix(text, "\n"+c.problem+"\n") {
				t.Errorf("%q, %q: got %s", c.given, c.own, text)
			}
			continue
		}
		if err != nil || doc.Name != c.want {
			t.Errorf("%q, %q: got %q, %v", c.given, c.own, doc.Name, err)
		}
	}
}

// TestSameDocument: what says the same has the same canonical form, whatever
// the order of its keys, its notation and its way to write numbers.
func TestSameDocument(t *testing.T) {
	t.Parallel()
	var forms []string
	for _, text := range []string{
		"encoding:\n- filesetFilter: initialInput\n  filesetLabelOut: e\n  encodingProfile:\n" +
			"    {type: FFMPEG, name: n, targetLocation: {type: file, path: /v, name: l}, ladder: [{height: 0x2d0}], crf: 20.50}\n" +
			"playout:\n- {filesetFilter: e, playoutProfile: {name: c, type: CATALOG}}\n",
		"encoding:\n- filesetFilter: initialInput\n  filesetLabelOut: e\n  encodingProfile:\n" +
			"    name: &n n\n    type: FFMPEG\n    crf: 20.50\n    ladder:\n    - height: 720.0\n" +
			"    targetLocation:\n      name: l\n      path: /v\n      type: file\n" +
			"playout:\n- playoutProfile: {name: c, type: CATALOG}\n  filesetFilter: e\n  filesetLabelOut: null\nretrieval: []\n",
		`{"name":"p","playout":[{"filesetFilter":"e","playoutProfile":{"type":"CATALOG","name":"c"}}],` +
			`"encoding":[{"filesetFilter":"initialInput","filesetLabelOut":"e","encodingProfile":` +
			`{"name":"n","type":"FFMPEG","crf":20.50,"ladder":[{"height":7.2e2}],"targetLocation":{"name":"l","type":"file","path":"/v"}}}]}`,
	} {
		doc, err := Parse("p", []byte(text))
		if err != nil {
			t.Fatal(problemText(t, err))
		}
		forms = append(forms, string(doc.JSON))
	}
	want := `{"name":"p","packaging":[],"encoding":[{"filesetFilter":"initialInput","encodingProfile":{"name":"n","type":"FFMPEG",` +
		`"targetLocation":{"name":"l","path":"/v","type":"file"},"crf":20.50,"ladder":[{"height":720}]},"filesetLabelOut":"e"}],` +
		`"distribution":[],"playout":[{"filesetFilter":"e","playoutProfile":{"name":"c","type":"CATALOG"},"filesetLabelOut":null}],` +
		`"retrieval":[],"subtitlePublishing":[]}`
	for i, form := range forms {
		if form != want {
			t.Errorf("document %d: %s", i, cmp.Diff(want, form))
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10), ", "))
	}
	for _, c := range []struct{ name, text, want string }{
		{"size", strings.Repeat("#", maxBytes+1), ": the document is larger than 1048576 bytes"},
		{"encoding", "name: \xff", ": the document is not UTF-8 text"},
		{"bomb", bomb, ": the document has more than 50000 values"},
		{"cycle", "a: &a [*a]", strings.Repeat("/0", 15) + ": lists and objects stand more than 32 deep inside each other"},
		{"deep YAML", "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), ": lists and objects stand more than 32 deep inside each other"},
		{"deep JSON", `{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}", ": lists and objects stand more than 32 deep inside each other"},
		{"number", `{"a":1e1000000000}`, "/a: the number is too long or too large"},
		{"tiny number", "a: 1e-1000000000", "/a: line 1: the number is too long or too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("p", []byte(c.text))
			if text := problemText(t, err); !strings.Contains(text, c.want+"\n") {
				t.Errorf("got %s", text)
			}
		})
	}
}

func TestManyProblems(t *testing.T) {
	t.Parallel()
	text := ""
	for i := range 500 {
		text += fmt.Sprintf("key%d: 1\n", i)
	}
	_, err := Parse("p", []byte(text))
	var f *vod.Fault
	if !errors.As(err, &f) || len(f.Problems) != maxProblems+1 {
		t.Fatalf("got %v", err)
	}
	if got := f.Problems[maxProblems].Message; got != "400 more problems are not listed" {
		t.Errorf("got %q", got)
	}
}

// problemText is how a person would see the error.
func problemText(t *testing.T, err error) string {
	t.Helper()
	var f *vod.Fault
	if !errors.As(err, &f) || f.Code != vod.Unusable || len(f.Problems) == 0 {
		t.Fatalf("not a fault of a document: %v", err)
	}
	text := f.Message + "\n"
	for _, p := range f.Problems {
		text += p.Path + ": " + p.Message + "\n"
	}
	return text
}

// TestToldInBounds: what a hostile document is refused for is told in bounds.
func TestToldInBounds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"retrieval: " + strings.Repeat("!", 500_000), strings.Repeat("k", 500_000) + ": 1", `{"` + strings.Repeat("k", 500_000) + `":1}`, "\"a\\x1bb\": 1",
		strings.Repeat("- ["+strings.Repeat("[a],", 500)+"b]\n", 200) + "- [}\n" + strings.Repeat("- a\n", 200),
	} {
		_, err := Parse("p", []byte(text))
		var fault *vod.Fault
		if !errors.As(err, &fault) {
			t.Fatal(err)
		}
		for _, p := range fault.Problems {
			if len(p.Path) > maxTold+3 || len(p.Message) > maxTold+3 || strings.ContainsFunc(p.Path+p.Message, unicode.IsControl) {
				t.Errorf("%d and %d bytes: %.100q %.100q", len(p.Path), len(p.Message), p.Path, p.Message)
			}
		}
	}
}
