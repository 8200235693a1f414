package profile

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStepsOfThePage reads the Status API page's own detail document, whose
// encoding and playout this version cannot run.
func TestStepsOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("testdata/page-input.json")
	if err != nil {
		t.Fatal(err)
	}
	steps, filesets, err := Steps(page)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, s := range steps {
		text += fmt.Sprintln(s.Stage, s.Name, s.Type, s.Filter, "->", s.LabelOut)
	}
	want := "RETRIEVAL 3781011464 vimond_file_retriever initialInput -> retrieved\n" +
		"ENCODING 993387234 AWS_MEDIA_CONVERT retrieved -> encoded\n" +
		"DISTRIBUTION 1135016737 URL_REWRITE encoded -> distributed\n" +
		"PLAYOUT 2954255440 VIMOND_REST_API_PLAYBACK distributed AND HLS -> \n" +
		"PLAYOUT 1778219957 VIMOND_REST_API_PLAYBACK distributed AND DASH -> \n"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(filesets) != 1 || filesets[0].Files[0].URI == "" {
		t.Errorf("filesets: %v", filesets)
	}
}

func TestStepsRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `[]`, `{"filesets":1}`,
		`{"profile":{"details":{"encoding":{}}}}`,
		`{"profile":{"details":{"encoding":[7]}}}`,
		`{"profile":{"details":{"encoding":[{}]}}}`,
		`{"profile":{"details":{"encoding":[{"encodingProfile":{"type":1}}]}}}`,
		`{"profile":{"details":{"encoding":[{"encodingProfile":{}}]}}}`,
		`{"profile":{"details":{"encoding":[{"encodingProfile":{},"filesetFilter":"a","filesetLabelOut":1}]}}}`,
	} {
		if _, _, err := Steps(json.RawMessage(text)); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
