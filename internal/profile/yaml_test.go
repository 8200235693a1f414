package profile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestYAMLOfDefault holds how a document looks to people.
func TestYAMLOfDefault(t *testing.T) {
	t.Parallel()
	text, err := YAML(Default().JSON)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/default-written.yaml", text)
}

// TestYAMLRoundTrip: any text and number that a document may hold comes back
// from YAML as it was.
func TestYAMLRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.SampledFrom([]string{
			"", " ", "\n", "\t", "\r", "\n\n", " a", "a ", "a\n", "\na", "a\n b\n", "a\n\n\nb", "- a", "# a", "a: b", "a #b", "null", "~", "true", "yes", "1", "0x1", "1e3",
			".5", "1_000", "2026-11-23", "<<", "---", "...", "'", "\"", "\\", "|", ">", "%a", "@a", "&a", "*a", "!a", "\u2028", "\u0085", "\ufeff", "\u202e", "😀", "a\r\nb", "!!binary x",
		})
		description := rapid.Custom(func(t *rapid.T) string {
			parts := rapid.SliceOfN(rapid.OneOf(odd, rapid.String()), 0, 5).Draw(t, "parts")
			return strings.ReplaceAll(strings.Join(parts, ""), "\x00", "")
		}).Filter(func(s string) bool { return len(s) < 500 }).Draw(t, "description")
		crf := rapid.SampledFrom([]string{"10", "20.50", "2e1", "2.15E+1", "255e-1", "39", "20.10000000000000000001"}).Draw(t, "crf")
		text := `{"description":` + string(plain(description)) + `,"encoding":[{"filesetFilter":"initialInput","filesetLabelOut":"e",` +
			`"encodingProfile":{"name":"n","type":"FFMPEG","crf":` + crf + `,"targetLocation":{"name":"store","versionId":253402300799999}}}]}`
		doc, err := Parse("p", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err.(*vod.Fault).Problems, text) //nolint:errorlint,forcetypeassert // of Parse
		}
		written, err := YAML(doc.JSON)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("p", written)
		if err != nil || string(again.JSON) != string(doc.JSON) {
			t.Fatalf("%v: came back as\n%s\nof\n%s\nby\n%s", err, again.JSON, doc.JSON, written)
		}
	})
}

// TestLines: every problem of the documents that are refused has the line that
// a person would look at.
func TestLines(t *testing.T) {
	t.Parallel()
	text := "# A comment.\nretrieval:\n  - filesetFilter: initialInput\n    filesetLabelOut: a\n    retrievalProfile: &r\n      name: r\n" +
		"encoding:\n  - &e\n    a/b~: {crf: 99}\n  - *e\n"
	problems := []vod.FieldProblem{
		{Path: "/retrieval/0/retrievalProfile/name"},
		{Path: "/retrieval/0/retrievalProfile/type", Message: "is missing"},
		{Path: "/encoding/0/a~1b~0/crf"},
		{Path: "/encoding/1/a~1b~0"},
		{Path: "/encoding/7"},
		{Path: "/gone"},
		{Path: "/x", Message: "line 4: no"},
		{Message: "the profile has no step"},
		{Path: "", Message: "the document is empty"},
	}
	if got, want := Lines([]byte(text), problems), []int{6, 5, 9, 9, 7, 2, 4, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Lines([]byte("{\n\"encoding\": [\n  {}\n]}"), []vod.FieldProblem{{Path: "/encoding/0/filesetFilter"}}); got[0] != 3 {
		t.Errorf("JSON: line %d", got[0])
	}
}

// TestLinesOfHostileText: whatever the text, there is a number for each problem.
func TestLinesOfHostileText(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/problems/*.[yj][as]*")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"", "a: &a [*a]", "a: " + strings.Repeat("[", 20_000), strings.Repeat("#", maxBytes+1), "\xff", "- a: b: c"}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		_, err := Parse("p", []byte(text))
		fault, ok := err.(*vod.Fault) //nolint:errorlint // of Parse
		if !ok {
			t.Fatal(err)
		}
		lines := Lines([]byte(text), fault.Problems)
		for i, line := range lines {
			if line < 0 || line > 1+strings.Count(text, "\n") {
				t.Errorf("%.40q: %s: line %d", text, fault.Problems[i].Path, line)
			}
		}
	}
}

func TestDocumentSteps(t *testing.T) {
	t.Parallel()
	steps, err := DocumentSteps(Default().JSON)
	if err != nil || len(steps) != 7 {
		t.Fatalf("%d steps: %v", len(steps), err)
	}
	if s := steps[1]; s.Stage != vod.Encoding || s.Type != "FFMPEG" || s.Filter != "retrieved" || s.LabelOut != "encoded" {
		t.Errorf("got %+v", s)
	}
	for _, text := range []string{"", "[]", `{"encoding":{}}`, `{"encoding":[{}]}`} {
		if _, err := DocumentSteps(json.RawMessage(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
