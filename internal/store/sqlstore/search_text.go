package sqlstore

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxSearched bounds what is searched of one ingest's asset id, of the names of
// its files and of its error, in bytes each.
const maxSearched = 8 << 10

// SearchText is what an ingest is found by.
type SearchText struct{ Asset, Names, Failure string }

// SearchTextOf gives what a run is found by: valid UTF-8 without the character
// 0, of 8 KiB each at most. The address of an upload does not have the name that
// its file had: that is known once RETRIEVAL has put the file under its name.
func SearchTextOf(run *vod.Run) SearchText {
	names := Clean(cut(inputNames(run.Ingest.Input)))
	if hasUploads(&run.Ingest) {
		names = Clean(cut(names + retrievedNames(run.Tasks)))
	}
	return SearchText{Asset: Clean(cut(run.Ingest.AssetID)), Names: names, Failure: Clean(cut(run.Ingest.Error))}
}

// Clean replaces what functions for text of databases stop or stumble at.
func Clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func cut(s string) string { return s[:min(len(s), maxSearched)] }

// searchedAgain tells whether the change of a run may change what it is found
// by. What lists show of a running ingest changes often, but nothing of that is
// searched.
func searchedAgain(old state, run *vod.Run) bool {
	in := &run.Ingest
	input, _ := old.input[1].(string)
	sameStatus := old.status == in.Status || !old.status.Final() && !in.Status.Final()
	return old.ingest[2] != any(in.AssetID) || old.ingest[3] != any(in.ProfileName) || old.ingest[9] != any(in.Error) ||
		!sameStatus || input != string(in.Input) || uploadsRetrieved(old, run)
}

// inputNames gives the names of the files in an ingest's input document, each
// as it stands in the address and, where that is another one, decoded. It
// decodes no more than the files, which stand before the profile.
func inputNames(input json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(input))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return ""
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return ""
		}
		if key == "filesets" {
			var filesets []struct {
				Files []struct {
					URI string `json:"uri"`
				} `json:"files"`
			}
			if d.Decode(&filesets) != nil {
				return "" // History of others may hold anything.
			}
			var names strings.Builder
			for _, set := range filesets {
				for _, file := range set.Files {
					addName(&names, file.URI)
				}
			}
			return names.String()
		}
		var other json.RawMessage
		if d.Decode(&other) != nil {
			return ""
		}
	}
	return ""
}

func addName(names *strings.Builder, address string) {
	if names.Len() > maxSearched {
		return
	}
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	name := address[strings.LastIndexByte(address, '/')+1:]
	names.WriteString(name + "\n")
	if decoded, err := url.PathUnescape(name); err == nil && decoded != name {
		names.WriteString(decoded + "\n")
	}
}

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
