package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// FuzzParse: any text gives a document whose canonical form is a fixed point,
// or a fault that names its problems.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/problems/*.[yj]*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "default.yaml", "testdata/default.json") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse("", text)
		if err == nil {
			checkFixedPoint(t, doc)
			return
		}
		var fault *vod.Fault
		if !errors.As(err, &fault) || fault.Code != vod.Unusable || len(fault.Problems) == 0 {
			t.Fatalf("not a fault of the document: %v", err)
		}
		for _, p := range fault.Problems {
			if len(p.Path)+len(p.Message) > 2*maxTold+6 || strings.ContainsFunc(p.Path+p.Message, unicode.IsControl) {
				t.Fatalf("%q %q", p.Path, p.Message)
			}
		}
	})
}

// FuzzSteps: a snapshot that cannot be read is an error and nothing worse.
func FuzzSteps(f *testing.F) {
	for _, file := range []string{"testdata/page-input.json", "testdata/default-input.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		steps, _, err := Steps(text)
		if err != nil {
			return
		}
		for _, s := range steps {
			if !json.Valid(s.Profile) {
				t.Fatalf("own profile %q", s.Profile)
			}
		}
	})
}

type fataler interface{ Fatalf(string, ...any) }

func checkFixedPoint(t fataler, doc Document) {
	again, err := Parse(doc.Name, doc.JSON)
	if err != nil {
		t.Fatalf("the canonical form is refused: %v\n%s", err, doc.JSON)
	}
	if !bytes.Equal(doc.JSON, again.JSON) || again.Name != doc.Name {
		t.Fatalf("not a fixed point:\n%s\n%s", doc.JSON, again.JSON)
	}
}

// TestPipelinesRoundTrip: a pipeline of any length, once applied, gives the
// same steps back out of its snapshot.
func TestPipelinesRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.StringMatching(`[a-z][a-z0-9]{1,8}`)
		filter, copies := "initialInput", []any{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			out := label.Filter(func(s string) bool { return s != "not" && s != "and" && s != "or" }).Draw(t, "label")
			copies = append(copies, map[string]any{
				"filesetFilter": filter, "filesetLabelOut": out,
				"distributionProfile": map[string]any{
					"name": out, "type": "COPY",
					"targetLocation": map[string]any{"name": "media", "versionId": rapid.Int64Range(1, 253402300799999).Draw(t, "version")},
				},
			})
			filter = out
		}
		text, err := json.Marshal(map[string]any{"distribution": copies})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Parse("p", text)
		if err != nil {
			var fault *vod.Fault // a label drawn twice closes a circle
			if !errors.As(err, &fault) || !bytes.Contains([]byte(fault.Problems[0].Message), []byte("wait for each other")) {
				t.Fatalf("%v", err)
			}
			return
		}
		checkFixedPoint(t, doc)
		input, err := Input(SnapshotParams{
			Version: vod.ProfileVersion{Name: "p", VersionID: 7, Document: doc.JSON},
			Resolve: func(l vod.Location) (vod.Location, error) { return l, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		steps, _, err := Steps(input)
		if err != nil || len(steps) != len(copies) {
			t.Fatalf("%d steps of %d: %v", len(steps), len(copies), err)
		}
	})
}
