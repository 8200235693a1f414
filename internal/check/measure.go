package check

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/check/bitstream"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

const (
	maxHeader  = 16 << 20  // bytes of a header
	maxSegment = 512 << 20 // bytes of a segment that is read as a whole
	maxPeek    = 16 << 10  // bytes of a sample that are looked at
)

// track is the bytes of a rendition, which several manifests may describe.
type track struct {
	name     string
	kind     string
	header   *mp4.Track
	media    int64 // media time of the start of the presentation
	params   *bitstream.Video
	broken   error // of params
	segments []segment
	first    *rendition // that led to it
}

// segment is what was measured of a segment. Times are media times in units of
// the track.
type segment struct {
	part
	size             int64
	err              error
	start, end       int64 // decode times
	earliest, latest int64 // presentation, latest is the end of the last frame
	samples          int
	jump             int64 // largest jump of decode times between fragments within
	sync             bool  // begins with a sync sample
	shownFirst       bool  // which is shown before all others
	firstSample      bitstream.Sample
	firstNumber      uint32
	lastNumber       uint32
	unnumbered       bool // sequence numbers fall within
	media, declared  int64
	withoutSenc      bool
}

// seconds is a media time as a time of presentation.
func (t *track) seconds(at int64) float64 {
	return float64(at-t.media) / float64(t.header.Timescale)
}

func (t *track) length(units int64) float64 { return float64(units) / float64(t.header.Timescale) }

// read are the segments that could be read.
func (t *track) read() []segment {
	var out []segment
	for _, s := range t.segments {
		if s.err == nil {
			out = append(out, s)
		}
	}
	return out
}

// start is when the track begins in seconds; what is hidden by an edit list does
// not count.
func (t *track) start() float64 {
	if list := t.read(); len(list) > 0 {
		return max(0, t.seconds(list[0].earliest))
	}
	return 0
}

func (t *track) end() float64 {
	end := 0.0
	for _, s := range t.read() {
		end = max(end, t.seconds(s.latest))
	}
	return end
}

// frame is the mean duration of a frame in seconds.
func (t *track) frame() float64 {
	samples, units := 0, int64(0)
	for _, s := range t.read() {
		samples += s.samples
		units += s.end - s.start
	}
	if samples == 0 {
		return 0
	}
	return t.length(units) / float64(samples)
}

// allowed is how far two ends or starts may be apart: a tenth of a second, or
// two frames if that is more.
func (t *track) allowed() float64 { return max(0.1, 2*t.frame()) }

func (t *track) bits(s segment) float64 { return 8 * float64(s.size) }

// seconds a segment is shown; what an edit list hides does not count.
func (t *track) shown(s segment) float64 {
	return t.seconds(s.latest) - max(0, t.seconds(s.earliest))
}

// measure reads headers and segments of all renditions, the same track once.
func (r *run) measure(ctx context.Context) error {
	byKey := map[string]*track{}
	for _, x := range r.renditions {
		if x.header == nil || x.kind == kindImage {
			continue
		}
		key := fmt.Sprint(x.header.address, x.header.span, x.segments[0].address, x.segments[0].span.Offset, len(x.segments))
		if t := byKey[key]; t != nil {
			x.track, x.kind = t, t.kind
			continue
		}
		t := r.readHeader(ctx, x)
		if t == nil {
			continue
		}
		byKey[key] = t
		x.track, x.kind = t, t.kind
		r.tracks = append(r.tracks, t)
	}
	return r.measureSegments(ctx)
}

// readHeader gives a track without its segments, nil if that is impossible.
func (r *run) readHeader(ctx context.Context, x *rendition) *track {
	where := shown(x.header.address)
	data, err := fetch.Read(ctx, r.Source, x.header.address, x.header.span, maxHeader)
	if err != nil && x.rep != nil && x.rep.Whole { // header and media in one file
		data, err = r.movieBox(ctx, x.header.address)
	}
	if err != nil {
		r.fileProblem(shown(x.manifest), err)
		return nil
	}
	movie, err := mp4.ReadMovie(bytes.NewReader(data), int64(len(data)))
	if x.whole && r.Decrypt == nil {
		if main := mainTrack(movie); err == nil && main != nil && main.Entry.Protected() {
			r.add(ruleProtection, shown(x.manifest), "METHOD is AES-128, but samples are encrypted (%s)", printable(main.Entry.Scheme))
		}
		r.add(ruleSkipped, shown(x.manifest), "segments are encrypted as a whole (AES-128), and there is no key")
		return nil
	}
	if err != nil && x.whole {
		if clear, decryptErr := r.Decrypt.Whole(data, x.iv(0)); decryptErr == nil {
			movie, err = mp4.ReadMovie(bytes.NewReader(clear), int64(len(clear)))
		}
	}
	if err != nil {
		r.add(ruleBoxes, where, "%v", err)
		return nil
	}
	main := mainTrack(movie)
	if main == nil || !movie.Fragmented {
		r.add(ruleBoxes, where, "it is no header of fragments: it has %d tracks of video, audio or text, fragmented %t", len(movie.Tracks), movie.Fragmented)
		return nil
	}
	if len(movie.Tracks) > 1 {
		r.add(ruleSkipped, where, "it has %d tracks; only track %d is checked", len(movie.Tracks), main.ID)
	}
	t := &track{name: trackName(x.segments), header: main, media: main.MediaTime(), first: x, kind: kindText}
	switch main.Handler {
	case mp4.HandlerVideo:
		t.kind = kindVideo
	case mp4.HandlerAudio:
		t.kind = kindAudio
	}
	t.params, t.broken = bitstream.Of(main.Entry)
	t.segments = make([]segment, len(x.segments))
	for i, p := range x.segments {
		t.segments[i].part = p
	}
	return t
}

// movieBox reads the start of a file that holds header and media.
func (r *run) movieBox(ctx context.Context, address string) ([]byte, error) {
	f, err := r.Source.Open(ctx, address, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, min(f.Size(), maxHeader))
	_, err = io.ReadFull(io.NewSectionReader(f, 0, int64(len(data))), data)
	return data, err
}

// mainTrack is the video track, or else the first audio or text track.
func mainTrack(m *mp4.Movie) *mp4.Track {
	if m == nil {
		return nil
	}
	for _, handler := range []string{mp4.HandlerVideo, mp4.HandlerAudio, mp4.HandlerText, mp4.HandlerSubtitle} {
		for _, t := range m.Tracks {
			if t.Handler == handler {
				return t
			}
		}
	}
	return nil
}

// measureSegments reads the segments of all tracks, several at once.
func (r *run) measureSegments(ctx context.Context) error {
	var total, done atomic.Int64
	for _, t := range r.tracks {
		total.Add(int64(len(t.segments)))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(r.Parallel)
	for _, t := range r.tracks {
		for i := range t.segments {
			if ctx.Err() != nil {
				break
			}
			group.Go(func() error {
				s := &t.segments[i]
				if !s.part.gap {
					s.err = r.measureSegment(ctx, t, s, i)
				}
				r.Progress(0.5 * float64(done.Add(1)) / float64(total.Load()))
				return ctx.Err()
			})
		}
	}
	return group.Wait()
}

func (r *run) measureSegment(ctx context.Context, t *track, s *segment, number int) error {
	if t.first.whole {
		data, err := fetch.Read(ctx, r.Source, s.address, s.span, maxSegment)
		if err != nil {
			return err
		}
		clear, err := r.Decrypt.Whole(data, t.first.iv(number))
		if err != nil {
			return fmt.Errorf("%w: it cannot be decrypted: %w", mp4.ErrMalformed, err)
		}
		err = s.readFrom(bytes.NewReader(clear), int64(len(clear)), t)
		s.size = int64(len(data))
		return err
	}
	f, err := r.Source.Open(ctx, s.address, s.span.Offset)
	if err != nil {
		return err
	}
	defer f.Close()
	reader, size, err := fetch.Section(f, s.span)
	if err != nil {
		return err
	}
	return s.readFrom(reader, size, t)
}

// readFrom measures the boxes.
func (s *segment) readFrom(reader io.ReaderAt, size int64, t *track) error {
	s.size = size
	media, err := mp4.ReadMedia(reader, size, t.header)
	if err != nil {
		return err
	}
	if len(media.Fragments) == 0 || len(media.Fragments[0].Samples) == 0 {
		return fmt.Errorf("%w: it has no samples of track %d", mp4.ErrMalformed, t.header.ID)
	}
	s.media, s.declared = media.Media, media.Declared
	if s.declared > s.media {
		return fmt.Errorf("%w: samples of %d bytes are declared, %d are there", mp4.ErrMalformed, s.declared, s.media)
	}
	s.earliest, s.latest = math.MaxInt64, math.MinInt64
	for i, f := range media.Fragments {
		if i == 0 {
			s.start, s.firstNumber, s.end = f.Start, f.Sequence, f.Start
		} else if f.Sequence <= s.lastNumber {
			s.unnumbered = true
		}
		if jump := f.Start - s.end; max(jump, -jump) > s.jump {
			s.jump = max(jump, -jump)
		}
		s.lastNumber, s.end = f.Sequence, f.Start
		if t.header.Entry.Protected() && t.header.Entry.ConstantIV == nil && f.Encrypted < 0 {
			s.withoutSenc = true
		}
		for _, sample := range f.Samples {
			s.earliest = min(s.earliest, sample.Present)
			s.latest = max(s.latest, sample.Present+int64(sample.Duration))
			s.end = sample.Decode + int64(sample.Duration)
			s.samples++
		}
	}
	first := media.Fragments[0].Samples[0]
	s.sync, s.shownFirst = first.Sync, first.Present == s.earliest
	return s.peek(reader, t, first)
}

// peek looks at the start of the first picture.
func (s *segment) peek(reader io.ReaderAt, t *track, first mp4.FragmentSample) error {
	if t.kind != kindVideo || (t.header.Entry.Protected() && t.header.Entry.Format == "av01") {
		return nil
	}
	data := make([]byte, min(first.Size, maxPeek))
	if _, err := reader.ReadAt(data, first.Offset); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	s.firstSample = bitstream.OfSample(t.header.Entry, data)
	return nil
}

// iv is the initialisation vector of a segment, counted from 0 (RFC 8216, 5.2).
func (x *rendition) iv(number int) []byte {
	out := make([]byte, 16)
	if len(x.keys) > 0 && x.keys[0].IV != "" {
		text := strings.TrimPrefix(strings.ToLower(x.keys[0].IV), "0x")
		if iv, err := hex.DecodeString(text); err == nil && len(iv) == 16 {
			return iv
		}
	}
	binary.BigEndian.PutUint64(out[8:], uint64(x.sequence)+uint64(number))
	return out
}

// segmentIndex reads a sidx at that range.
func (r *run) segmentIndex(ctx context.Context, address string, span fetch.Range) (*mp4.SegmentIndex, error) {
	data, err := fetch.Read(ctx, r.Source, address, span, maxHeader)
	if err != nil {
		return nil, err
	}
	index, err := mp4.ReadIndex(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	for i := range index.References {
		index.References[i].Offset += span.Offset
	}
	return index, nil
}

// partProblem sorts an error of a segment into the rule that it breaks.
func (r *run) partProblem(where string, err error) {
	if errors.Is(err, mp4.ErrMalformed) {
		r.add(ruleBoxes, where, "%v", err)
		return
	}
	r.fileProblem(where, err)
}

// summary is what the report says of the track.
func (t *track) summary() Track {
	e := t.header.Entry
	out := Track{
		Name: t.name, Kind: t.kind, Codecs: e.Codecs, Width: e.Width, Height: e.Height,
		Channels: e.Channels, SampleRate: e.SampleRate, Segments: len(t.segments),
		Start: t.start(), Duration: max(0, t.end()-t.start()), Encryption: e.Scheme,
	}
	if t.kind == kindVideo && t.frame() > 0 {
		out.FrameRate = 1 / t.frame()
	}
	if t.first.whole {
		out.Encryption = "aes-128"
	}
	total := 0.0
	for _, s := range t.read() {
		total += t.bits(s)
		if d := t.shown(s); d > 0 {
			out.Peak = max(out.Peak, int64(math.Ceil(t.bits(s)/d)))
		}
	}
	if out.Duration > 0 {
		out.Bitrate = int64(math.Ceil(total / out.Duration))
	}
	return out
}
