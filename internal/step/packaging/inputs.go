package packaging

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// inputs is everything that a package is made from.
type inputs struct {
	sources []*source // video first, otherwise in the order of the filesets
	poster  string    // path of an image, or empty
	nominal float64   // segment duration in seconds
	files   []*os.File
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
	all := notes{}
	for _, fileset := range job.Inputs {
		for _, file := range fileset.Files {
			if err := ctx.Err(); err != nil {
				return err
			}
			path, err := locations.Local(job.Tenant, file.URI)
			if err != nil {
				return err
			}
			if err := in.add(file, path, all, job.Log); err != nil {
				return err
			}
		}
	}
	return in.settle(all)
}

// add takes one file in.
func (in *inputs) add(file vod.File, path string, all notes, log *slog.Logger) error {
	switch file.MediaType {
	case vod.MediaImage:
		if in.poster == "" {
			in.poster = path
		}
		return nil
	case vod.MediaVideo, vod.MediaAudio:
		if err := all.read(filepath.Dir(path)); err != nil {
			return err
		}
		return in.openMovie(file, path)
	}
	log.Warn("a file is left out of the package: its media type is not packaged yet", "mediaType", file.MediaType)
	return nil
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
		in.sources = append(in.sources, s)
	}
	return nil
}

// settle puts the sources in order once all are known.
func (in *inputs) settle(all notes) error {
	if len(in.sources) == 0 {
		return badMedia("There is neither video nor audio among the input files.")
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
	slices.SortStableFunc(in.sources, func(a, b *source) int { return cmp.Compare(a.rank(), b.rank()) })
	nameAll(in.sources)
	return nil
}

// rank orders tracks: video, the audio track to play by default, other audio.
func (s *source) rank() int {
	switch {
	case s.isVideo():
		return 0
	case s.preferred:
		return 1
	}
	return 2
}

func (in *inputs) close() {
	for _, f := range in.files {
		f.Close() //nolint:errcheck // Only read.
	}
}
