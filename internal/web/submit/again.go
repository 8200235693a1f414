package submit

import (
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// again fills the form with what an ingest was made of; cut tells that it has
// addresses that cannot be repeated. Documents show addresses without their
// queries, which may hold signatures: those have to be given again.
func (f *form) again(run vod.Run) (cut bool, err error) {
	f.Profile = run.Ingest.ProfileName
	f.Force = true // The files are known, and would be skipped.
	_, filesets, err := orchestrate.ParseInput(run.Ingest.Input)
	if err != nil {
		return false, vod.Faultf(vod.Unusable, "What ingest %s was made of cannot be read; submit its files anew.", run.Ingest.ID)
	}
	lead := ""
	for _, fs := range filesets {
		for _, file := range fs.Files {
			e := repeated(file, fmt.Sprintf("r%d", len(f.Files)))
			cut = cut || e.Note != ""
			if lead == "" && e.Kind != vod.MediaSubtitle {
				lead = e.Key
			} else if e.Kind != vod.MediaSubtitle {
				e.With = lead
			}
			f.Files = append(f.Files, e)
			f.Assets[e.Key] = run.Ingest.AssetID
		}
	}
	for i := range f.Files {
		if e := &f.Files[i]; e.Kind == vod.MediaSubtitle {
			e.With = lead
		}
	}
	return cut, nil
}

// repeated is the row of a file of an ingest.
func repeated(file vod.File, key string) entry {
	name := fileName(file.URI)
	e := entry{File: File{Key: key, Name: name, Kind: file.MediaType}, URI: file.URI}
	if file.Language != nil {
		e.readTag(*file.Language)
	}
	e.Read = true
	switch {
	case strings.Contains(file.URI, "?…"):
		e.URI, e.Note = "", "submit.note.query"
	case strings.HasPrefix(file.URI, "upload:"):
		e.Note = "submit.note.upload"
	}
	return e
}
