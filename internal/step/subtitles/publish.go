package subtitles

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// publish writes the tracks and their notes, and gives their fileset.
func (w *work) publish(ctx context.Context, folder *location.Folder) (vod.Fileset, error) {
	loc := folder.Location()
	set := vod.Fileset{Location: &loc, Labels: w.tracks[0].fileset.OutputLabels(w.job.LabelOut)}
	notes := media.SubtitleNotes{}
	names := map[string]bool{}
	for i, t := range w.tracks {
		file := fmt.Sprintf("subtitles_%d_%s.vtt", i+1, t.language)
		if err := write(filepath.Join(folder.Path(), file), t.Track); err != nil {
			return vod.Fileset{}, err
		}
		set.Files = append(set.Files, t.output(folder.URI(file)))
		notes.Tracks = append(notes.Tracks, media.SubtitleTrack{
			File: file, Language: t.language, Name: unique(names, t.name()), Forced: t.forced, HearingImpaired: t.hearingImpaired,
			Default: t.standard, Cues: len(t.Cues), End: t.End().Seconds(),
		})
	}
	text, err := json.MarshalIndent(notes, "", "  ")
	if err != nil {
		return vod.Fileset{}, fmt.Errorf("subtitle notes: %w", err)
	}
	if err := write(filepath.Join(folder.Path(), media.SubtitleNotesName), bytes.NewBuffer(append(text, '\n'))); err != nil {
		return vod.Fileset{}, err
	}
	if _, err := folder.Commit(ctx); err != nil {
		return vod.Fileset{}, err
	}
	return set, nil
}

func (t track) output(uri string) vod.File {
	file := vod.File{MediaType: vod.MediaSubtitle, URI: uri}
	if t.language != manifest.Unknown {
		file.Language = &t.language
	}
	return file
}

func write(path string, content io.WriterTo) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return location.WriteError(path, err)
	}
	if _, err := content.WriteTo(f); err != nil {
		return location.WriteError(path, fmt.Errorf("%w; close: %w", err, f.Close()))
	}
	return location.WriteError(path, f.Close())
}

// unique gives name the first time and name with a number from 2 on later.
func unique(seen map[string]bool, name string) string {
	out := name
	for n := 2; seen[out]; n++ {
		out = fmt.Sprintf("%s %d", name, n)
	}
	seen[out] = true
	return out
}
