package packaging

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxNotes is the most bytes of notes that are read.
const maxNotes = 16 << 20

// notes are what the steps before noted down, by folder; nil for a folder
// without notes.
type notes struct {
	encoding  map[string]*media.EncodingNotes
	subtitles map[string]*media.SubtitleNotes
	beside    map[string]string // address of a file in the folder
}

func newNotes() notes {
	return notes{map[string]*media.EncodingNotes{}, map[string]*media.SubtitleNotes{}, map[string]string{}}
}

// readNotes takes in the notes of that name in the folder of a file, if there
// are any, once. path is the file's, and uri its address.
func readNotes[T any](ctx context.Context, find finder, into map[string]*T, path, uri, name string) error {
	folder := filepath.Dir(path)
	if _, done := into[folder]; done {
		return nil
	}
	into[folder] = nil
	beside, err := find(ctx, location.Beside(uri, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	file, err := os.Open(beside)
	if err != nil {
		return unreadable(name, err)
	}
	defer file.Close()
	var read T
	if err := json.NewDecoder(io.LimitReader(file, maxNotes)).Decode(&read); err != nil {
		return damagedNotes(name, err)
	}
	into[folder] = &read
	return nil
}

func damagedNotes(name string, err error) error {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: fmt.Sprintf("%s beside the files to package is damaged.", name),
		Hint:    "Retry the ingest from the step before this one on.",
	}
}

// segmentDuration is the longest distance of keyframes in seconds, or the
// default.
func (n notes) segmentDuration() float64 {
	var longest float64
	for _, one := range n.encoding {
		if one != nil {
			longest = max(longest, one.SegmentDuration.Float())
		}
	}
	if longest >= MinSegmentDuration/2 && longest <= MaxSegmentDuration {
		return longest
	}
	return DefaultSegmentDuration
}

// apply gives each source what was noted of its file, and refuses a package
// that would lack a track that was noted.
func (n notes) apply(sources []*source) error {
	byFile := map[string]*source{}
	for _, s := range sources {
		byFile[s.path] = s
	}
	for folder, one := range n.encoding {
		if one == nil {
			continue
		}
		for _, v := range one.Video {
			s, ok := byFile[filepath.Join(folder, v.File)]
			if !ok {
				return missingInput(v.File)
			}
			s.expected, s.name = v.Duration, v.Name
			if v.VideoRange != "" {
				s.videoRange = v.VideoRange
			}
		}
		for _, a := range one.Audio {
			s, ok := byFile[filepath.Join(folder, a.File)]
			if !ok {
				return missingInput(a.File)
			}
			s.apply(a)
			s.sound = folder + "#" + strconv.Itoa(a.Track)
		}
	}
	return nil
}

func missingInput(name string) error {
	return unverified("%s was encoded, but is not among the files to package.", name)
}

func (s *source) apply(a media.AudioNotes) {
	s.expected, s.label = a.Duration, a.Name
	s.preferred, s.commentary, s.described = a.Default, a.Commentary, a.Described
	if a.Language != nil {
		s.language = manifest.LanguageTag(*a.Language)
	}
}

// applyTexts does the same for text tracks.
func (n notes) applyTexts(texts []*textSource) error {
	byFile := map[string]*textSource{}
	for _, t := range texts {
		byFile[t.path] = t
	}
	for folder, one := range n.subtitles {
		if one == nil {
			continue
		}
		for _, noted := range one.Tracks {
			t, ok := byFile[filepath.Join(folder, noted.File)]
			if !ok {
				return unverified("%s was made, but is not among the files to package.", noted.File)
			}
			t.apply(noted)
		}
	}
	return nil
}
