package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestInputIsThePages: the page's own version, asset and files give the page's
// own `input` object, token by token. Its encoding and playout are left out,
// since their types cannot be applied.
func TestInputIsThePages(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("testdata/snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Filesets []vod.Fileset
		Profile  struct{ Details json.RawMessage }
	}
	if err := json.Unmarshal(page, &in); err != nil {
		t.Fatal(err)
	}
	got, err := Input(SnapshotParams{
		Version:         vod.ProfileVersion{Tenant: "vimond", Name: "1292397813", VersionID: 1619086864969, Document: in.Profile.Details},
		Tenant:          "vimond",
		AssetID:         "867228",
		IngestID:        "7dd40659-2494-45bc-b533-83e7deb97155",
		Filesets:        in.Filesets,
		PipelineVersion: "0.1.5",
		Resolve:         func(l vod.Location) (vod.Location, error) { return l, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), string(indent(t, got))); diff != "" {
		t.Errorf("-page +got:\n%s", diff)
	}
}

func TestInputFillsIn(t *testing.T) {
	t.Parallel()
	got, err := Input(defaultParams(func(l vod.Location) (vod.Location, error) {
		switch l.Name {
		case "public":
			l.Type, l.BaseURL, l.VersionID = vod.LocationWeb, "http://127.0.0.1:8080/media?a=1&b=<2>", 42
		default:
			l.Type, l.Path = vod.LocationFile, "/data/"+l.Name
		}
		return l, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/default-input.json", indent(t, got))

	steps, filesets, err := Steps(got)
	if err != nil {
		t.Fatal(err)
	}
	if len(filesets) != 1 || !filesets[0].Has(vod.LabelInitialInput) {
		t.Errorf("filesets: %v", filesets)
	}
	text := ""
	for _, s := range steps {
		text += fmt.Sprintln(s.Stage, s.Name, s.Type, s.Filter, "->", s.LabelOut, s.Kinds, s.Marks)
	}
	want := "RETRIEVAL default-retrieval vimond_file_retriever initialInput -> retrieved [] [skippedUpload]\n" +
		"ENCODING default-encoding FFMPEG retrieved -> encoded [] []\n" +
		"SUBTITLE_PUBLISHING default-subtitles WEBVTT retrieved -> subtitles [] []\n" +
		"PACKAGING default-packaging CMAF encoded OR subtitles -> packaged [HLS DASH] []\n" +
		"DISTRIBUTION default-copy COPY packaged -> copied [] []\n" +
		"DISTRIBUTION default-addresses URL_REWRITE copied -> distributed [] []\n" +
		"PLAYOUT default-catalog CATALOG distributed ->  [] []\n"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if !bytes.Contains(got, steps[0].Profile) {
		t.Error("the step's own profile is not the text of the snapshot")
	}
}

func TestInputTellsEveryLocation(t *testing.T) {
	t.Parallel()
	_, err := Input(defaultParams(func(l vod.Location) (vod.Location, error) {
		if l.Name == "media" {
			return l, errors.New("there is no location of this name")
		}
		return l, nil
	}))
	want := "The profile \"default\" cannot be used here: a location is not in order.\n" +
		"/distribution/0/distributionProfile/targetLocation: there is no location of this name\n" +
		"/distribution/1/distributionProfile/sourceLocation: there is no location of this name\n"
	if diff := cmp.Diff(want, problemText(t, err)); diff != "" {
		t.Error(diff)
	}
}

func defaultParams(resolve func(vod.Location) (vod.Location, error)) SnapshotParams {
	return SnapshotParams{
		Version:         vod.ProfileVersion{Tenant: "default", Name: DefaultName, VersionID: 1700000000000, Document: Default().JSON},
		Tenant:          "default",
		AssetID:         "demo <1>",
		IngestID:        "0193",
		Filesets:        []vod.Fileset{{Labels: []string{vod.LabelInitialInput}}},
		PipelineVersion: "1.0.0",
		Resolve:         resolve,
	}
}

func TestAssetID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"867228": "867228", "0": "0", "9223372036854775807": "9223372036854775807",
		"9223372036854775808": `"9223372036854775808"`, "007": `"007"`, "-1": `"-1"`, "+1": `"+1"`,
		"a": `"a"`, "1e3": `"1e3"`, "٣": `"٣"`, `a"b`: `"a\"b"`,
	} {
		if got := string(assetID(id)); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
}
