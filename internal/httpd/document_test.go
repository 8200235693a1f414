package httpd

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// A detail whose documents are put in as they are reads like one that was
// encoded as a whole, whatever its other texts look like.
func TestDocumentsArePutInTheirPlaces(t *testing.T) {
	t.Parallel()
	run := running()
	run.Ingest.AssetID = `"input":null`
	run.Ingest.Error = `outputs":null,"input":null`
	run.Tasks[1].Outputs = json.RawMessage(`{"filesets":[],"input":null}`)
	run.Tasks = append(run.Tasks, vod.Task{ID: `t","input":null`, Order: 3, Status: vod.TaskCompleted})
	for _, input := range []json.RawMessage{nil, json.RawMessage(`{"outputs":null,"x":["<&>"]}`)} {
		run.Ingest.Input = input
		want, err := encode(detail(run, noon()))
		if err != nil {
			t.Fatal(err)
		}
		d := detail(run, noon())
		stored := takeDocuments(&d)
		text, err := encode(d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := filled(text, stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
		if _, err := filled(text, append(stored, stored...)); err == nil {
			t.Error("more documents than places are taken")
		}
	}
}

// Documents count for the ETag of what is unfinished, as they do for the rest.
func TestETagIsOfStoredDocumentsToo(t *testing.T) {
	t.Parallel()
	m := withRunning()
	s := setup(t, m, nil)
	first := s.send(t, "GET", "/ingests/run-1", "").Header.Get("ETag")
	m.runs[0].Tasks[1].Input = json.RawMessage(`{"filesets":[1]}`)
	if again := s.send(t, "GET", "/ingests/run-1", "").Header.Get("ETag"); again == first {
		t.Error("the ETag hides another input")
	}
}
