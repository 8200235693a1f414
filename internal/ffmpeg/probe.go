package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

// maxProbe is the largest answer of ffprobe that is read, in bytes: far above
// what a file with hundreds of streams leads to.
const maxProbe = 8 << 20

// maxDuration is the longest duration that is believed.
const maxDuration = 10 * 365 * 24 * time.Hour

// Rational is a fraction as the container states it. A zero Den means unknown.
type Rational struct{ Num, Den int64 }

// Kind says what a stream holds.
type Kind string

// The kinds of streams.
const (
	Video      Kind = "video"
	Audio      Kind = "audio"
	Subtitle   Kind = "subtitle"
	Data       Kind = "data"
	Attachment Kind = "attachment"
)

// Probe is what a media file says about itself. Unknown values are zero.
type Probe struct {
	Formats  []string // names of the demuxer, such as "mov", "mp4"
	Start    time.Duration
	Duration time.Duration
	Size     int64 // bytes
	BitRate  int64 // bit/s
	Streams  []Stream
}

// Stream is one stream of a file. Its texts come from the file; they hold no
// control characters and are at most 200 bytes long.
type Stream struct {
	Index         int // within the file
	Kind          Kind
	Codec         string // ffmpeg's name, such as "h264"; "" if it knows none
	CodecTag      string
	CodecProfile  string
	Level         int // as the codec counts; negative or 0 if unknown
	TimeBase      Rational
	Start         time.Duration
	Duration      time.Duration
	Frames        int64  // as the container states; 0 if unknown
	BitRate       int64  // bit/s
	Language      string // as tagged, such as "eng"; "" if unknown, never "und"
	Title         string
	Default       bool
	Forced        bool
	Commentary    bool
	Described     bool // audio description
	HearingImpair bool // for people who are hard of hearing
	// AttachedPicture marks a cover image. It is not video.
	AttachedPicture bool

	VideoStream
	AudioStream
}

// VideoStream are the facts of a stream with pictures.
type VideoStream struct {
	Width, Height int // as coded, before sample aspect ratio and rotation
	PixelFormat   string
	BitDepth      int
	SAR           Rational // sample aspect ratio
	// Rotation is what the display matrix asks for, in degrees, counter-clockwise
	// positive, -180..180: a phone held upright mostly says -90.
	Rotation    float64
	FieldOrder  string   // "progressive", "tt", "bb", "tb", "bt", or ""
	RealRate    Rational // lowest rate in which all times can be told
	AverageRate Rational
	Primaries   string
	Transfer    string // "smpte2084" and "arib-std-b67" are HDR
	Matrix      string
	Range       string // "tv" or "pc"
}

// AudioStream are the facts of a stream with sound.
type AudioStream struct {
	SampleRate int
	Channels   int
	Layout     string // such as "5.1(side)"; "" if unknown
}

// Moving tells whether the stream is video, and not a cover image.
func (s Stream) Moving() bool { return s.Kind == Video && !s.AttachedPicture }

// VariableRate tells whether the frames are suspected not to be equally long:
// the average rate differs by more than one in a hundred from the rate in
// which times can be told.
func (s Stream) VariableRate() bool {
	real, average := s.RealRate, s.AverageRate
	if real.Num <= 0 || real.Den <= 0 || average.Num <= 0 || average.Den <= 0 {
		return false
	}
	share := float64(average.Num) * float64(real.Den) / (float64(average.Den) * float64(real.Num))
	return share < 0.99 || share > 1.01
}

// Probe tells what is in an untrusted file. Its error is a [vod.StepError]:
// MEDIA, in plain words, if the file is not a media file, holds neither video
// nor audio, or has pictures larger than allowed.
func (t *Tools) Probe(ctx context.Context, path string) (*Probe, error) {
	out, err := t.inspect(ctx, path, "-show_format", "-show_streams")
	if err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	probe, err := parseProbe(out)
	if err != nil {
		return nil, BadMedia(name, "could not be analysed", err)
	}
	return probe, t.accept(name, probe)
}

// inspect gives what ffprobe says about a file in JSON. Its error is a
// [vod.StepError].
func (t *Tools) inspect(ctx context.Context, path string, show ...string) ([]byte, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	out := &capped{max: maxProbe}
	log := &tail{max: maxLog}
	args := append(append(openOptions(t.config.MaxPixels), show...), "-of", "json", "-i", FileURL(path))
	ctx, ended := tracing.Child(ctx, "ffprobe")
	watch := newWatch(ctx, t.config.StallAfter)
	p := process{
		argv:   append([]string{t.config.FFprobe, "-hide_banner", "-loglevel", "level+error"}, args...),
		limits: t.limits(), stdout: out, stderr: log,
	}
	err := p.run(watch.ctx)
	cause := watch.stop()
	o := outcome{cause: cause, err: err, log: log.String(), args: args, program: "ffprobe", stallAfter: t.config.StallAfter}
	err = classify(o)
	ended(err)
	if err != nil {
		return nil, explain(path, err, o)
	}
	if out.over {
		return nil, BadMedia(filepath.Base(path), "describes more streams than any real file has", nil)
	}
	return out.buf.Bytes(), nil
}

// accept refuses what cannot be worked with.
func (t *Tools) accept(name string, p *Probe) error {
	usable := false
	for _, s := range p.Streams {
		usable = usable || s.Moving() || s.Kind == Audio
		if s.Kind == Video && s.Width*s.Height > t.config.MaxPixels {
			return BadMedia(name, fmt.Sprintf("has pictures of %dx%d, larger than this server decodes", s.Width, s.Height), nil)
		}
	}
	if !usable {
		return BadMedia(name, "holds no video and no audio", nil)
	}
	return nil
}

// checkFile refuses what is not a regular file with something in it, before a
// program is asked.
func checkFile(path string) error {
	info, err := os.Stat(path)
	name := filepath.Base(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sourceMissing(name, err)
	case err != nil:
		return fmt.Errorf("probe: %w", err)
	case !info.Mode().IsRegular():
		return BadMedia(name, "is not a regular file", nil)
	case info.Size() == 0:
		return BadMedia(name, "is empty: it has no bytes at all", nil)
	}
	return nil
}

// capped is a writer that keeps the first max bytes.
type capped struct {
	max  int
	buf  bytes.Buffer
	over bool
}

// Write implements io.Writer. It never fails.
func (c *capped) Write(p []byte) (int, error) {
	if room := c.max - c.buf.Len(); len(p) > room {
		c.over = true
		c.buf.Write(p[:room])
	} else {
		c.buf.Write(p)
	}
	return len(p), nil
}
