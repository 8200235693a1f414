package subtitles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// track is a subtitle track that was read.
type track struct {
	about
	subtitle.Track
	source   string // for people, such as "film.en.srt" or "track 3 of film.mkv"
	embedded bool
	fileset  vod.Fileset // that it came from
}

// collect reads all tracks of all inputs.
func (w *work) collect(ctx context.Context) error {
	total, done := 0, 0
	for _, set := range w.job.Inputs {
		total += len(set.Files)
	}
	for _, set := range w.job.Inputs {
		for _, file := range set.Files {
			progress := func(share float64) { w.job.Progress((float64(done) + share) / float64(total)) }
			if err := w.file(ctx, set, file, progress); err != nil {
				return err
			}
			done++
			progress(0)
		}
	}
	return nil
}

// file reads the tracks of a file, if there can be any in it.
func (w *work) file(ctx context.Context, set vod.Fileset, file vod.File, progress func(float64)) error {
	embedded := file.MediaType == vod.MediaVideo && w.profile.withEmbedded()
	if ctx.Err() != nil || !embedded && file.MediaType != vod.MediaSubtitle {
		return ctx.Err()
	}
	path, err := w.locations.Local(ctx, w.job, file.URI)
	if err != nil {
		return err
	}
	if embedded {
		return w.video(ctx, set, path, progress)
	}
	return w.sidecar(set, file, path)
}

// sidecar reads a subtitle file.
func (w *work) sidecar(set vod.Fileset, file vod.File, path string) error {
	name := filepath.Base(path)
	t := track{about: ofFile(file, name), source: name, fileset: set}
	read, err := readFile(path, t.language)
	if err != nil {
		return badFile(name, err)
	}
	if shift := w.profile.shift(); shift != 0 {
		if read = read.Shift(shift); len(read.Cues) == 0 {
			return badFile(name, fmt.Errorf("%w: none is left after the offset of %g s", errOffset, w.profile.Offset))
		}
	}
	if t.language == manifest.Unknown {
		t.language = manifest.LanguageTag(read.Language)
	}
	if t.language == manifest.Unknown {
		w.remark(name, "Its language is not known; give it with the file, or in its name, such as film.en.srt.")
	}
	t.Track = read
	return w.add(t)
}

// add keeps a track, and what there is to say of it. All tracks are in memory at
// once, so that it refuses more than any asset has.
func (w *work) add(t track) error {
	if w.size += t.Size(); w.size > subtitle.MaxTracks {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia,
			Message: fmt.Sprintf("The subtitles are more than %d MiB together, up to %q.", subtitle.MaxTracks>>20, t.source),
			Hint:    "Submit fewer subtitle files, or smaller ones.",
		}
	}
	for _, r := range t.Remarks {
		w.remark(t.source, "%s", r)
	}
	w.tracks = append(w.tracks, t)
	return nil
}

func readFile(path, language string) (subtitle.Track, error) {
	f, err := os.Open(path)
	if err != nil {
		return subtitle.Track{}, fmt.Errorf("open subtitles: %w", err)
	}
	defer f.Close()
	return subtitle.Read(f, language)
}

// errOffset is why no cue is left of a file.
var errOffset = errors.New("no cue is left")

// badFile is the error for a subtitle file.
func badFile(name string, err error) error {
	bad := &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Cause: err}
	var line *subtitle.LineError
	switch {
	case errors.Is(err, errOffset):
		bad.Message = fmt.Sprintf("The subtitle file %q has no cue left after the profile's offset: all end before the video begins.", name)
		bad.Hint = "Check offset in subtitlePublishingProfile against the times in the file."
	case errors.As(err, &line) && line.Line > 0:
		bad.Message = fmt.Sprintf("The subtitle file %q is bad at line %d: %s.", name, line.Line, line.Problem)
		bad.Hint = "Mend that line, and submit the file again."
	case errors.As(err, &line):
		bad.Message = fmt.Sprintf("The subtitle file %q is bad: %s.", name, line.Problem)
		bad.Hint = "Export the subtitles again as SRT, WebVTT or TTML, and submit the file again."
	default:
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
			Message: fmt.Sprintf("The subtitle file %q could not be read.", name),
			Hint:    "Check the disk or mount that it is on, and the permissions of the server's user.",
		}
	}
	return bad
}
