package encoding

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// maxDuration bounds how long a source may say that it lasts. A few bytes can
// claim years, all of which would be filled with repeated frames.
const maxDuration = 24 * time.Hour

// maxAudio bounds how many audio tracks are encoded. Each is a decoder, an
// encoder and a file; films with all their languages stay well below.
const maxAudio = 64

// chooseSource picks the best video stream and every audio track of the input
// files. It refuses what cannot be decoded.
func chooseSource(inputs []inputFile, probes []*ffmpeg.Probe) (media.Source, error) {
	c := chooser{inputs: inputs}
	for i, p := range probes {
		c.add(i, p)
		if n := len(c.source.Audio); n > maxAudio {
			return media.Source{}, ffmpeg.BadMedia(filepath.Base(inputs[i].path),
				fmt.Sprintf("brings the number of audio tracks to %d; at most %d are taken", n, maxAudio), nil)
		}
	}
	switch {
	case c.undecodable != "" && c.source.Video == nil && c.unknownVideo:
		return media.Source{}, ffmpeg.BadMedia(c.undecodable, "has a picture in a codec that this server cannot decode", nil)
	case c.undecodable != "" && len(c.source.Audio) == 0:
		return media.Source{}, ffmpeg.BadMedia(c.undecodable, "has sound in a codec that this server cannot decode", nil)
	case c.source.Video == nil && len(c.source.Audio) == 0:
		return media.Source{}, ffmpeg.BadMedia(filepath.Base(inputs[0].path), "holds no video and no audio", nil)
	}
	c.finish(probes)
	if c.source.Duration > maxDuration {
		return media.Source{}, ffmpeg.BadMedia(filepath.Base(inputs[0].path),
			fmt.Sprintf("says that it lasts %.0f hours; at most %.0f are taken", c.source.Duration.Hours(), maxDuration.Hours()), nil)
	}
	return c.source, nil
}

type chooser struct {
	inputs       []inputFile
	source       media.Source
	best         ffmpeg.Stream // that the source's video came from
	undecodable  string        // name of a file with a stream in an unknown codec
	unknownVideo bool          // that stream is video
}

func (c *chooser) add(input int, p *ffmpeg.Probe) {
	in := c.inputs[input]
	for _, s := range p.Streams {
		ref := media.StreamRef{Input: input, Stream: s.Index}
		switch {
		case s.Moving() && !in.audioOnly && s.Codec == "":
			c.undecodable, c.unknownVideo = filepath.Base(in.path), true
		case s.Kind == ffmpeg.Audio && s.Codec == "":
			c.undecodable = filepath.Base(in.path)
		case s.Moving() && !in.audioOnly && s.Width > 0 && s.Height > 0:
			if c.source.Video == nil || better(s, c.best) {
				c.best, c.source.Video = s, videoSource(ref, p, s)
			}
		case s.Kind == ffmpeg.Audio && s.Channels > 0 && s.SampleRate > 0: // others are announced, but empty
			c.source.Audio = append(c.source.Audio, audioSource(ref, p, s, in))
		case s.Kind == ffmpeg.Subtitle:
			c.source.Subtitles = append(c.source.Subtitles, media.SubtitleSource{
				StreamRef: ref, Codec: s.Codec, Language: s.Language, Title: s.Title, Forced: s.Forced,
			})
		}
	}
}

// better tells whether a is to be preferred: the default one, then the larger
// one, then the earlier one.
func better(a, b ffmpeg.Stream) bool {
	if a.Default != b.Default {
		return a.Default
	}
	return a.Width*a.Height > b.Width*b.Height
}

func videoSource(ref media.StreamRef, p *ffmpeg.Probe, s ffmpeg.Stream) *media.VideoSource {
	return &media.VideoSource{
		StreamRef: ref, Codec: s.Codec, PixelFormat: s.PixelFormat, BitDepth: s.BitDepth,
		Width: s.Width, Height: s.Height, SAR: media.Rational(s.SAR), Rotation: s.Rotation, FieldOrder: s.FieldOrder,
		RealRate: media.Rational(s.RealRate), AverageRate: media.Rational(s.AverageRate), Variable: s.VariableRate(),
		Primaries: s.Primaries, Transfer: s.Transfer, Matrix: s.Matrix, Range: s.Range,
		End: end(p, s),
	}
}

func audioSource(ref media.StreamRef, p *ffmpeg.Probe, s ffmpeg.Stream, in inputFile) media.AudioSource {
	a := media.AudioSource{
		StreamRef: ref, Codec: s.Codec, SampleRate: s.SampleRate, Channels: s.Channels, Layout: s.Layout,
		Language: s.Language, Title: s.Title, Default: s.Default, Commentary: s.Commentary, Described: s.Described,
		Start: max(s.Start-p.Start, 0), End: end(p, s),
	}
	if in.language != "" && (in.audioOnly || a.Language == "") {
		a.Language = in.language
	}
	return a
}

// end is when a stream ends, counted from the start of its file; 0 if unknown.
// It is not after the end of the file: what Matroska files call a track's
// duration is, depending on the program, its end.
func end(p *ffmpeg.Probe, s ffmpeg.Stream) time.Duration {
	if s.Duration == 0 {
		return 0
	}
	at := max(s.Start-p.Start+s.Duration, 0)
	if p.Duration > 0 {
		at = min(at, p.Duration)
	}
	return at
}

// finish sets what follows from all streams together.
func (c *chooser) finish(probes []*ffmpeg.Probe) {
	ends := []time.Duration{}
	if c.source.Video != nil {
		ends = append(ends, c.source.Video.End)
	}
	for _, a := range c.source.Audio {
		ends = append(ends, a.End)
	}
	c.source.Duration = slices.Max(ends)
	if slices.Min(ends) == 0 {
		for _, p := range probes {
			c.source.Duration = max(c.source.Duration, p.Duration)
		}
	}
	c.source.Tolerance = c.tolerance(probes)
}

// tolerance is how far the real end of a track may be before the declared one.
func (c *chooser) tolerance(probes []*ffmpeg.Probe) time.Duration {
	exact := max(100*time.Millisecond, 2*c.frame())
	for _, p := range probes {
		switch {
		case declares(p, "mov", "matroska"):
		case declares(p, "avi", "flv", "asf", "mxf", "wav", "w64", "aiff", "flac"):
			// Declared, but in units that are coarse or often wrong by a little.
			exact = max(exact, time.Second, c.source.Duration/20)
		default:
			return 0
		}
	}
	return exact
}

// frame is how long an output frame lasts; 0 without video.
func (c *chooser) frame() time.Duration {
	if c.source.Video == nil {
		return 0
	}
	return time.Duration(float64(time.Second) / media.OutputRate(*c.source.Video).Float())
}

func declares(p *ffmpeg.Probe, formats ...string) bool {
	return slices.ContainsFunc(p.Formats, func(f string) bool { return slices.Contains(formats, strings.TrimSpace(f)) })
}
