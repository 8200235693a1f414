package mp4

import (
	"bytes"
	"io"
	"math"
)

// Movie is what a file says of itself in its moov box.
type Movie struct {
	Timescale uint32 // units per second of edit lists
	Tracks    []*Track
	// Fragmented files keep their samples in fragments, which [ReadMovie] does
	// not read: their tracks have no samples.
	Fragmented bool
}

// The handlers of tracks that a presentation is made of.
const (
	HandlerVideo = "vide"
	HandlerAudio = "soun"
	// Of timed text in fragments (ISO/IEC 14496-30): WebVTT and TTML.
	HandlerText     = "text"
	HandlerSubtitle = "subt"
)

// Track is one track of a movie.
type Track struct {
	ID        uint32
	Handler   string // HandlerVideo, HandlerAudio or another one
	Timescale uint32 // units per second of sample times; never 0
	Language  string // three letters of ISO 639-2/T, "und" if not known
	// ExtendedLanguage is the BCP 47 tag of elng; empty where there is none.
	ExtendedLanguage string
	Matrix           [36]byte
	Width            uint32 // of display, in 1/65536 pixels
	Height           uint32
	Entry            SampleEntry
	Samples          []Sample // in decode order
	// Defaults of fragments that do not say otherwise (trex).
	Defaults Defaults

	stsd      []byte // payload, copied as it is
	editShift int64  // what the edit list adds to the media's own times
}

// Defaults are what samples of fragments have where nothing else is said of
// them (ISO/IEC 14496-12, 8.8.3).
type Defaults struct{ Duration, Size, Flags uint32 }

// Sample is one coded frame.
type Sample struct {
	Offset   int64 // in the file
	PTS      int64 // presentation time in units of the track, after the edit list
	Size     uint32
	Duration uint32 // as the file has it, in decode order
	Sync     bool   // decodes on its own
}

// ReadMovie reads the tracks of a file of that size. Tracks that are neither
// video nor audio come without samples, and without a sample entry unless they
// are text.
func ReadMovie(r io.ReaderAt, size int64) (*Movie, error) {
	top, err := topBoxes(r, size)
	if err != nil {
		return nil, err
	}
	for _, b := range top {
		if b.kind != "moov" {
			continue
		}
		data, err := b.read(r, maxMovie)
		if err != nil {
			return nil, err
		}
		return parseMovie(data, size)
	}
	return nil, malformed("there is no moov box")
}

func parseMovie(moov []byte, fileSize int64) (*Movie, error) {
	list, err := boxes(moov)
	if err != nil {
		return nil, err
	}
	m := &Movie{}
	mvhd, _ := find(moov, "mvhd")
	f := &fields{data: mvhd}
	version, _ := f.full()
	f.word(version)
	f.word(version)
	m.Timescale = f.u32()
	if f.short || m.Timescale == 0 {
		return nil, malformed("mvhd is missing or broken")
	}
	for _, b := range list {
		if b.kind == "mvex" {
			m.Fragmented = true
		}
	}
	defaults := parseDefaults(moov)
	left := maxSamples
	for _, b := range list {
		if b.kind != "trak" {
			continue
		}
		t, err := parseTrack(b.data, m, fileSize, left)
		if err != nil {
			return nil, err
		}
		t.Defaults = defaults[t.ID]
		left -= len(t.Samples)
		m.Tracks = append(m.Tracks, t)
	}
	return m, nil
}

// parseDefaults reads the trex boxes of mvex, by track. A broken one is left
// out: fragments that need it turn out wrong then.
func parseDefaults(moov []byte) map[uint32]Defaults {
	out := map[uint32]Defaults{}
	mvex, _ := find(moov, "mvex")
	list, err := boxes(mvex)
	if err != nil {
		return out
	}
	for _, b := range list {
		f := &fields{data: b.data}
		f.full()
		id := f.u32()
		f.skip(4)
		d := Defaults{Duration: f.u32(), Size: f.u32(), Flags: f.u32()}
		if b.kind == "trex" && !f.short {
			out[id] = d
		}
	}
	return out
}

func parseTrack(trak []byte, m *Movie, fileSize int64, maxSamples int) (*Track, error) {
	t := &Track{}
	if err := t.parseHeaders(trak); err != nil {
		return nil, err
	}
	switch t.Handler {
	case HandlerVideo, HandlerAudio:
	case HandlerText, HandlerSubtitle:
		stsd, _ := find(trak, "mdia", "minf", "stbl", "stsd")
		// Text of other kinds is left alone, broken or not.
		t.Entry, _ = parseSampleEntry(stsd, t.Handler)
		return t, nil
	default:
		return t, nil
	}
	if err := t.parseEdits(trak, m.Timescale); err != nil {
		return nil, err
	}
	stbl, ok := find(trak, "mdia", "minf", "stbl")
	if !ok {
		return nil, malformed("track %d has no sample table", t.ID)
	}
	t.stsd, _ = find(stbl, "stsd")
	var err error
	if t.Entry, err = parseSampleEntry(t.stsd, t.Handler); err != nil {
		return nil, err
	}
	if m.Fragmented {
		return t, nil
	}
	t.Samples, err = parseSamples(stbl, fileSize, maxSamples)
	if err != nil {
		return nil, err
	}
	for i := range t.Samples {
		t.Samples[i].PTS += t.editShift
	}
	return t, nil
}

// parseHeaders reads tkhd, mdhd and hdlr (ISO/IEC 14496-12, 8.3.2, 8.4.2, 8.4.3).
func (t *Track) parseHeaders(trak []byte) error {
	data, _ := find(trak, "tkhd")
	f := &fields{data: data}
	version, _ := f.full()
	f.word(version)
	f.word(version)
	t.ID = f.u32()
	f.skip(4)
	f.word(version)
	f.skip(16)
	copy(t.Matrix[:], f.bytes(16))
	copy(t.Matrix[16:], f.bytes(16))
	copy(t.Matrix[32:], f.bytes(4))
	t.Width, t.Height = f.u32(), f.u32()

	data, _ = find(trak, "mdia", "mdhd")
	g := &fields{data: data}
	version, _ = g.full()
	g.word(version)
	g.word(version)
	t.Timescale = g.u32()
	g.word(version)
	t.Language = unpackLanguage(g.u16())

	if elng, ok := find(trak, "mdia", "elng"); ok && len(elng) > 4 {
		text, _, _ := bytes.Cut(elng[4:], []byte{0})
		t.ExtendedLanguage = string(text[:min(len(text), 64)])
	}

	data, _ = find(trak, "mdia", "hdlr")
	h := &fields{data: data}
	h.skip(8)
	t.Handler = string(h.bytes(4))
	if f.short || g.short || h.short || t.Timescale == 0 {
		return malformed("track %d has broken headers", t.ID)
	}
	return nil
}

// parseEdits resolves the edit list into one shift of all sample times: an
// optional empty edit, then one that starts at a media time. Further edits
// would repeat or leave out media; no encoder writes them.
func (t *Track) parseEdits(trak []byte, movieScale uint32) error {
	elst, ok := find(trak, "edts", "elst")
	if !ok {
		return nil
	}
	f := &fields{data: elst}
	version, _ := f.full()
	entrySize := 12
	if version == 1 {
		entrySize = 20
	}
	var empty float64
	for range f.count(entrySize) {
		duration := f.word(version)
		var mediaTime int64
		if version == 1 {
			mediaTime = f.i64()
		} else {
			mediaTime = int64(f.i32())
		}
		f.skip(4)
		if mediaTime >= 0 {
			delay := math.Round(empty / float64(movieScale) * float64(t.Timescale))
			if delay > maxTime || mediaTime > maxTime {
				return malformed("the edit list of track %d starts out of range", t.ID)
			}
			t.editShift = int64(delay) - mediaTime
			return nil
		}
		empty += float64(duration)
	}
	if f.short {
		return malformed("the edit list of track %d is broken", t.ID)
	}
	return nil
}

// maxTime bounds all sample times, in units of a track, so that sums of a few
// of them never overflow: at 90 kHz it is 1,600 years.
const maxTime = 1 << 52

// unpackLanguage turns the packed code of mdhd into three letters.
func unpackLanguage(packed uint16) string {
	var code [3]byte
	for i := range code {
		c := byte(packed>>(10-5*i))&31 + 0x60
		if c < 'a' || c > 'z' {
			return "und"
		}
		code[i] = c
	}
	return string(code[:])
}

// MediaTime is the media time of the start of the presentation, as the edit
// list has it.
func (t *Track) MediaTime() int64 { return -t.editShift }
