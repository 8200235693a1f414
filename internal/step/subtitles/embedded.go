package subtitles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxExtracted is where ffmpeg stops to write a track, in bytes: a track in
// Matroska may be packed to a thousandth of its size. Real ones have 100 KB.
const maxExtracted = subtitle.MaxSize / 2

// extraction is a track of a video file and how it is taken out.
type extraction struct {
	stream ffmpeg.Stream
	codec  string // "copy", or ffmpeg's name of an encoder
	format string // ffmpeg's name of the format that is written
	path   string // that is written
	// shift is what the times in what is written lack to those of the file.
	shift time.Duration
}

// video reads the text tracks of a video file.
func (w *work) video(ctx context.Context, set vod.Fileset, path string, progress func(float64)) error {
	probe, err := w.tools.Probe(ctx, path)
	if err != nil {
		return err
	}
	name := filepath.Base(path)
	wanted := w.wanted(probe, name)
	if len(wanted) == 0 {
		return nil
	}
	if err := w.extract(ctx, path, probe, wanted, progress); err != nil {
		return err
	}
	for _, e := range wanted {
		t := track{about: ofStream(e.stream), source: streamName(e.stream, name), embedded: true, fileset: set}
		if err := w.extracted(t, e, name); err != nil {
			return err
		}
	}
	return nil
}

// wanted lists the tracks that can be taken out, and remarks on the others.
func (w *work) wanted(probe *ffmpeg.Probe, name string) []extraction {
	var wanted []extraction
	for _, s := range probe.Streams {
		e, isSubtitle := newExtraction(s)
		switch {
		case !isSubtitle:
		case e.format == "":
			w.remark(streamName(s, name), "It was left out: only text is read, not %s.", codecName(s))
		case len(wanted) == maxTracks:
			w.remark(streamName(s, name), "It was left out: at most %d tracks of a file are read.", maxTracks)
		default:
			if e.format == "data" { // ffmpeg does not see the times in it
				e.shift = -probe.Start
			}
			wanted = append(wanted, e)
		}
	}
	return wanted
}

// newExtraction says how a track is taken out: as it is where there is a reader
// for that, and else as SRT, in which ffmpeg keeps markup, colours and places,
// as it does not in WebVTT.
func newExtraction(s ffmpeg.Stream) (e extraction, isSubtitle bool) {
	e = extraction{stream: s, codec: "copy"}
	switch {
	case s.Kind == ffmpeg.Data && s.CodecTag == "stpp": // TTML; ffmpeg 5.1 knows only the tag
		e.format = "data"
		return e, true
	case s.Kind == ffmpeg.Data && s.CodecTag == "wvtt":
		return e, true
	case s.Kind != ffmpeg.Subtitle:
		return e, false
	}
	switch s.Codec {
	case "subrip":
		e.format = "srt"
	case "webvtt":
		e.format = "webvtt"
	case "ttml":
		e.format = "data"
	case "mov_text", "ass", "ssa", "text":
		e.codec, e.format = "srt", "srt"
	}
	return e, true
}

// extract writes all tracks with one run of ffmpeg.
func (w *work) extract(ctx context.Context, path string, probe *ffmpeg.Probe, wanted []extraction, progress func(float64)) error {
	if err := os.MkdirAll(w.job.Scratch, 0o750); err != nil {
		return location.WriteError(w.job.Scratch, err)
	}
	dir, err := os.MkdirTemp(w.job.Scratch, "tracks-") // one for each video file
	if err != nil {
		return location.WriteError(w.job.Scratch, err)
	}
	args := ffmpeg.Input(path)
	for i := range wanted {
		e := &wanted[i]
		e.path = filepath.Join(dir, fmt.Sprintf("%d.%s", e.stream.Index, e.format))
		args = append(args, e.args()...)
	}
	return w.tools.Run(ctx, ffmpeg.Command{
		Args: append(args, pulse(probe)...), Duration: probe.Duration, Progress: progress, Trace: w.job.Trace,
	})
}

func (e extraction) args() []string {
	return []string{
		"-map", fmt.Sprintf("0:%d", e.stream.Index), "-c", e.codec,
		"-fs", fmt.Sprint(maxExtracted), "-f", e.format, ffmpeg.FileURL(e.path),
	}
}

// pulse is an output that goes nowhere, of a stream without pauses. Without it
// media time would stand still between two cues, and ffmpeg be taken for hung in
// a large file with few of them.
func pulse(probe *ffmpeg.Probe) []string {
	at := slices.IndexFunc(probe.Streams, func(s ffmpeg.Stream) bool { return s.Kind == ffmpeg.Audio && s.Codec != "" })
	if at < 0 {
		at = slices.IndexFunc(probe.Streams, func(s ffmpeg.Stream) bool { return s.Moving() && s.Codec != "" })
	}
	if at < 0 {
		return nil
	}
	return []string{"-map", fmt.Sprintf("0:%d", at), "-c", "copy", "-f", "null", "-"}
}

// drawing is a shape of SubStation Alpha, of which ffmpeg leaves the numbers.
var drawing = regexp.MustCompile(`^m( -?[\d.]+){2}( [mnlbspc]| -?[\d.]+)*$`)

// extracted reads a track that was taken out of a file of the name.
func (w *work) extracted(t track, e extraction, name string) error {
	data, err := os.ReadFile(e.path)
	if err != nil {
		return location.WriteError(e.path, err)
	}
	if len(data) >= maxExtracted {
		return ffmpeg.BadMedia(name, fmt.Sprintf("has a text track, stream %d, of more than %d MiB", e.stream.Index, maxExtracted>>20), nil)
	}
	if len(data) == 0 {
		w.remark(t.source, "It was left out: nothing is in it.")
		return nil
	}
	read, err := subtitle.Read(bytes.NewReader(data), t.language)
	if errors.Is(err, subtitle.ErrNoCues) {
		w.remark(t.source, "It was left out: nothing in it is ever shown.")
		return nil
	}
	if err != nil {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Cause: err,
			Message: fmt.Sprintf("The file %q has a bad text track: stream %d, as %s, %v.", name, e.stream.Index, codecName(e.stream), err),
			Hint:    "Mend the file, or set embedded: false in subtitlePublishingProfile and submit the subtitles as a file.",
		}
	}
	if e.stream.Codec == "ass" || e.stream.Codec == "ssa" {
		read.Cues = slices.DeleteFunc(read.Cues, func(c subtitle.Cue) bool { return drawing.MatchString(c.Text) })
	}
	if t.language == manifest.Unknown {
		t.language = manifest.LanguageTag(read.Language)
	}
	t.Track = read.Shift(e.shift)
	if len(read.Cues) == 0 {
		return nil
	}
	return w.add(t)
}

func streamName(s ffmpeg.Stream, file string) string {
	return fmt.Sprintf("stream %d of %s", s.Index, file)
}

func codecName(s ffmpeg.Stream) string {
	for _, name := range []string{s.Codec, strings.TrimSpace(s.CodecTag)} {
		if name != "" {
			return name
		}
	}
	return "an unknown codec"
}
