package sqlite

import (
	"bytes"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The address of an upload does not have the name that its file had: that is
// known once RETRIEVAL has put the file under its name.

func hasUploads(in *vod.Ingest) bool { return bytes.Contains(in.Input, []byte(`"upload:`)) }

// uploadsRetrieved tells whether names of uploads have become known.
func uploadsRetrieved(old state, run *vod.Run) bool {
	if !hasUploads(&run.Ingest) {
		return false
	}
	for i := range run.Tasks {
		if t := &run.Tasks[i]; t.Stage == vod.Retrieval && !bytes.Equal(t.Outputs, old.outputs[t.ID]) {
			return true
		}
	}
	return false
}

// retrievedNames gives the names of the files that RETRIEVAL put out, as
// inputNames gives those of the input.
func retrievedNames(tasks []vod.Task) string {
	var names strings.Builder
	for _, t := range tasks {
		if t.Stage != vod.Retrieval {
			continue
		}
		filesets, err := t.OutputFilesets()
		if err != nil {
			continue // What cannot be read has no names.
		}
		for _, set := range filesets {
			for _, file := range set.Files {
				addName(&names, file.URI)
			}
		}
	}
	return names.String()
}
