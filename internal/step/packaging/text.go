package packaging

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// textSegment is about how many seconds an HLS segment of subtitles lasts: they
// are small, and every one is a request.
const textSegment = 60.0

// textSource is a WebVTT file on its way to be a text track.
type textSource struct {
	path  string
	track subtitle.Track
	out   manifest.TextTrack
}

// openText reads a WebVTT file. Where there are no notes, its language and marks
// are those that it was submitted with: en, en-x-forced, en-x-sdh.
func (in *inputs) openText(file vod.File, path string) error {
	name := filepath.Base(path)
	if !strings.EqualFold(filepath.Ext(name), ".vtt") {
		in.remark("%s is left out: only WebVTT is packaged, which a WEBVTT step makes of other formats.", name)
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return unreadable(name, err)
	}
	defer f.Close()
	t := &textSource{path: path}
	t.out.Language = manifest.Unknown
	if file.Language != nil {
		tag, purpose, _ := strings.Cut(strings.ToLower(*file.Language), "-x-")
		t.out.Language = manifest.LanguageTag(tag)
		t.out.Forced, t.out.HearingImpaired = purpose == "forced", purpose == "sdh"
	}
	t.track, err = subtitle.Read(f, t.out.Language)
	var bad *subtitle.LineError
	if errors.As(err, &bad) {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Cause: err,
			Message: fmt.Sprintf("The subtitles in %s cannot be packaged: %v.", name, bad),
			Hint:    "Mend the file and submit it again.",
		}
	}
	if err != nil {
		return unreadable(name, err)
	}
	if t.out.Language == manifest.Unknown {
		t.out.Language = manifest.LanguageTag(t.track.Language)
	}
	if in.textSize += t.track.Size(); in.textSize > subtitle.MaxTracks {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia,
			Message: fmt.Sprintf("The subtitles are more than %d MiB together, up to %s.", subtitle.MaxTracks>>20, name),
			Hint:    "Submit fewer subtitle files, or smaller ones.",
		}
	}
	in.texts = append(in.texts, t)
	return nil
}

// apply takes over what was noted of the file.
func (t *textSource) apply(noted media.SubtitleTrack) {
	t.out.Language, t.out.Name = manifest.LanguageTag(noted.Language), noted.Name
	t.out.Forced, t.out.HearingImpaired, t.out.Default = noted.Forced, noted.HearingImpaired, noted.Default
}

// nameTexts gives every text track a folder and a name that neither another new
// one nor one of these has.
func nameTexts(texts []*textSource, there []manifest.TextTrack) {
	folders, names := map[string]bool{}, map[string]bool{}
	for _, t := range there {
		folders[t.Folder], names[t.Name] = true, true
	}
	for _, t := range texts {
		folder := "subtitles_" + strings.ToLower(t.out.Language)
		if t.out.Forced {
			folder += "_forced"
		}
		if t.out.HearingImpaired {
			folder += "_sdh"
		}
		name := manifest.SubtitleName(t.out.Language, t.out.Forced, t.out.HearingImpaired)
		t.out.Folder, t.out.Name = unique(folders, folder, "_%d"), unique(names, cmp.Or(t.out.Name, name), " %d")
	}
}

// cutAt leaves out what is to be shown after that many seconds, and says so
// where it looks as if the subtitles belonged to something longer.
func (in *inputs) cutAt(seconds float64) {
	end := wholeMillis(seconds)
	for _, t := range in.texts {
		kept := slices.DeleteFunc(slices.Clone(t.track.Cues), func(c subtitle.Cue) bool { return c.Start >= end })
		if gone := len(t.track.Cues) - len(kept); gone > 0 {
			in.remark("The subtitles in %s go on after the video, which lasts %.3f s: the last one begins at %.3f s. %d of %d cues are left out.",
				filepath.Base(t.path), seconds, t.track.Cues[len(t.track.Cues)-1].Start.Seconds(), gone, len(t.track.Cues))
		}
		for i := range kept {
			kept[i].End = min(kept[i].End, end)
		}
		t.track.Cues = kept
	}
}

// wholeMillis is so many seconds in whole milliseconds, rounded up.
func wholeMillis(seconds float64) time.Duration {
	return time.Duration(math.Ceil(seconds*1000-1e-6)) * time.Millisecond
}

// writeTexts writes text tracks of a presentation that lasts that many seconds.
func (o *output) writeTexts(texts []*textSource, seconds float64) ([]manifest.TextTrack, error) {
	out := []manifest.TextTrack{}
	for _, t := range texts {
		written, err := o.writeTextTrack(t, wholeMillis(seconds))
		if err != nil {
			return nil, fmt.Errorf("write text track %s: %w", t.out.Folder, err)
		}
		out = append(out, written)
	}
	return out, nil
}

// writeTextTrack writes the whole text for DASH, and segments of equal length
// with their playlist for HLS.
func (o *output) writeTextTrack(t *textSource, total time.Duration) (manifest.TextTrack, error) {
	out := t.out
	if err := os.MkdirAll(filepath.Join(o.folder.Path(), out.Folder), 0o750); err != nil {
		return manifest.TextTrack{}, err
	}
	err := o.write(out.Folder+"/"+manifest.SubtitlesName, func(w io.Writer) (err error) {
		out.Size, err = t.track.WriteTo(w)
		return err
	})
	if err != nil {
		return manifest.TextTrack{}, err
	}
	count := max(math.Round(total.Seconds()/textSegment), 1)
	length := wholeMillis(total.Seconds() / count)
	left := total
	for i, text := range t.track.Segments(length, total) {
		if err := o.writeText(out.Folder+"/"+manifest.TextSegmentName(i+1), string(text)); err != nil {
			return manifest.TextTrack{}, err
		}
		out.Segments = append(out.Segments, min(length, left).Seconds())
		left -= length
	}
	return out, o.writeText(out.Folder+"/"+manifest.PlaylistName, manifest.TextPlaylist(out))
}
