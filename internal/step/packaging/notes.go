package packaging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxNotes is the most bytes of notes that are read.
const maxNotes = 16 << 20

// notes are what ENCODING noted down, by folder; nil for one without notes.
type notes map[string]*media.EncodingNotes

// read takes in the notes of a folder, if there are any.
func (n notes) read(folder string) error {
	if _, done := n[folder]; done {
		return nil
	}
	n[folder] = nil
	file, err := os.Open(filepath.Join(folder, media.NotesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unreadable(media.NotesName, err)
	}
	defer file.Close()
	var read media.EncodingNotes
	if err := json.NewDecoder(io.LimitReader(file, maxNotes)).Decode(&read); err != nil {
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
			Message: fmt.Sprintf("%s beside the encoded files is damaged.", media.NotesName),
			Hint:    "Retry the ingest from its encoding on.",
		}
	}
	n[folder] = &read
	return nil
}

// segmentDuration is the longest distance of keyframes in seconds, or the
// default.
func (n notes) segmentDuration() float64 {
	var longest float64
	for _, one := range n {
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
	missing := func(folder, name string) (*source, error) {
		if s, ok := byFile[filepath.Join(folder, name)]; ok {
			return s, nil
		}
		return nil, unverified("%s was encoded, but is not among the files to package.", name)
	}
	for folder, one := range n {
		if one == nil {
			continue
		}
		for _, v := range one.Video {
			s, err := missing(folder, v.File)
			if err != nil {
				return err
			}
			s.expected = v.Duration
		}
		for _, a := range one.Audio {
			s, err := missing(folder, a.File)
			if err != nil {
				return err
			}
			s.apply(a)
		}
	}
	return nil
}

func (s *source) apply(a media.AudioNotes) {
	s.expected, s.label = a.Duration, a.Name
	s.preferred, s.commentary, s.described = a.Default, a.Commentary, a.Described
	if a.Language != nil {
		s.language = manifest.LanguageTag(*a.Language)
	}
}
