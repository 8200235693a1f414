package packaging

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// inputs is everything that a package is made from.
type inputs struct {
	sources []*source // video first, otherwise in the order of the filesets
	texts   []*textSource
	pictures
	nominal  float64  // segment duration in seconds
	remarks  []string // what people should know of the package
	images   []string // paths
	files    []*os.File
	textSize int // of all texts in bytes
}

// openInputs opens the files of the job's filesets. The caller closes them.
func openInputs(ctx context.Context, locations Locations, job step.Job, profile Profile) (*inputs, error) {
	in := &inputs{nominal: profile.SegmentDuration}
	if err := in.openAll(ctx, locations, job); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

func (in *inputs) openAll(ctx context.Context, locations Locations, job step.Job) error {
	all := newNotes()
	find := finder(func(ctx context.Context, uri string) (string, error) { return locations.Local(ctx, job, uri) })
	for _, fileset := range job.Inputs {
		for _, file := range fileset.Files {
			if err := ctx.Err(); err != nil {
				return err
			}
			path, err := find(ctx, file.URI)
			if err != nil {
				return err
			}
			if err := in.add(ctx, find, file, path, all); err != nil {
				return err
			}
		}
	}
	return in.settle(ctx, find, all)
}

// finder gives the path of the file at an address.
type finder func(ctx context.Context, uri string) (path string, err error)

// add takes one file in.
func (in *inputs) add(ctx context.Context, find finder, file vod.File, path string, all notes) error {
	all.beside[filepath.Dir(path)] = file.URI
	switch file.MediaType {
	case vod.MediaImage:
		in.images = append(in.images, path)
		return nil
	case vod.MediaVideo, vod.MediaAudio:
		if err := readNotes(ctx, find, all.encoding, path, file.URI, media.NotesName); err != nil {
			return err
		}
		return in.openMovie(file, path)
	case vod.MediaSubtitle:
		if err := readNotes(ctx, find, all.subtitles, path, file.URI, media.SubtitleNotesName); err != nil {
			return err
		}
		return in.openText(file, path)
	}
	in.remark("%s is left out: files of type %s are not packaged.", filepath.Base(path), file.MediaType)
	return nil
}

func (in *inputs) remark(format string, args ...any) {
	in.remarks = append(in.remarks, fmt.Sprintf(format, args...))
}

// openMovie makes a source of each video and audio track of the file.
func (in *inputs) openMovie(file vod.File, path string) error {
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		return unreadable(name, err)
	}
	in.files = append(in.files, f)
	info, err := f.Stat()
	if err != nil {
		return unreadable(name, err)
	}
	movie, err := mp4.ReadMovie(f, info.Size())
	if err != nil {
		return unreadable(name, err)
	}
	if movie.Fragmented {
		return badMedia("%s is a fragmented MP4 file; only progressive ones can be packaged.", name)
	}
	for _, t := range movie.Tracks {
		if t.Handler != mp4.HandlerVideo && t.Handler != mp4.HandlerAudio {
			continue
		}
		s := &source{file: f, path: path, track: t, language: manifest.LanguageTag(t.Language)}
		if file.Language != nil {
			s.language = manifest.LanguageTag(*file.Language)
		}
		if t.Entry.Codecs == "" {
			return badMedia("%s is coded as %q, which is not packaged.", s.describe(), t.Entry.Format)
		}
		if len(t.Samples) == 0 {
			return badMedia("%s holds no frames.", s.describe())
		}
		if t.Entry.Format == "hev1" {
			in.remark("%s is tagged hev1 instead of hvc1, which Apple's players do not play.", s.describe())
		}
		s.videoRange = rangeOf(t.Entry.Colour)
		in.sources = append(in.sources, s)
	}
	return nil
}

// settle puts everything in order once all files are known.
func (in *inputs) settle(ctx context.Context, find finder, all notes) (err error) {
	if len(in.sources)+len(in.texts) == 0 {
		return badMedia("There is neither video nor audio among the input files.")
	}
	if err := all.applyTexts(in.texts); err != nil {
		return err
	}
	if in.pictures, err = choosePictures(ctx, find, in.images, all); err != nil {
		return err
	}
	if in.nominal == 0 {
		in.nominal = all.segmentDuration()
	}
	align(in.sources)
	for _, s := range in.sources {
		s.expected = s.duration()
	}
	if err := all.apply(in.sources); err != nil {
		return err
	}
	in.sources = inOrder(in.sources)
	nameAll(in.sources)
	return nil
}

func (in *inputs) close() {
	for _, f := range in.files {
		f.Close() //nolint:errcheck // Only read.
	}
}
