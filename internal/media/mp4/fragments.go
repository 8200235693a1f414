package mp4

import "io"

// maxFragmentSamples bounds the samples of a segment: ten minutes of 60 frames
// per second have 36,000.
const maxFragmentSamples = 1 << 20

// MediaSegment is what the boxes of a segment say, whoever wrote it: any number
// of fragments with any number of runs, sizes and durations from defaults or
// for each sample.
type MediaSegment struct {
	Fragments []MediaFragment
	// Media is the number of bytes of all mdat boxes, Declared that of the
	// samples of all tracks.
	Media, Declared int64
}

// MediaFragment is the part of one moof that is of one track.
type MediaFragment struct {
	Offset   int64 // of moof in the segment
	Sequence uint32
	Start    int64 // baseMediaDecodeTime
	Samples  []FragmentSample
	// Encrypted is the number of samples that senc has entries for; -1 where
	// there is no senc.
	Encrypted int
}

// FragmentSample is a sample of a fragment. Times are media times of the track,
// without the edit list.
type FragmentSample struct {
	Offset          int64 // in the segment
	Decode, Present int64
	Size, Duration  uint32
	Sync            bool
}

// ReadMedia reads a segment of that size with the fragments of the track, whose
// header came first. Samples that lie outside of the segment are an error that
// wraps [ErrMalformed].
func ReadMedia(r io.ReaderAt, size int64, t *Track) (MediaSegment, error) {
	return readMedia(r, size, t, false)
}

// ReadMediaStart does the same for the first bytes of a segment, which may end
// anywhere behind the first moof: boxes and samples that go beyond are left out.
func ReadMediaStart(r io.ReaderAt, size int64, t *Track) (MediaSegment, error) {
	return readMedia(r, size, t, true)
}

func readMedia(r io.ReaderAt, size int64, t *Track, cut bool) (MediaSegment, error) {
	top, err := listBoxes(r, size, cut)
	if err != nil {
		return MediaSegment{}, err
	}
	var out MediaSegment
	left := maxFragmentSamples
	for _, b := range top {
		switch b.kind {
		case "moof":
			data, err := b.read(r, maxFragment)
			if err != nil {
				return MediaSegment{}, err
			}
			m := moofReader{track: t, moof: b.offset - b.head, size: size, cut: cut, left: &left, out: &out}
			if err := m.read(data); err != nil {
				return MediaSegment{}, err
			}
		case "mdat":
			out.Media += b.size
		}
	}
	return out, nil
}

// moofReader reads one moof (ISO/IEC 14496-12, 8.8).
type moofReader struct {
	track *Track
	moof  int64 // its offset
	size  int64 // of the segment
	cut   bool
	left  *int // samples that may still be read
	out   *MediaSegment
}

func (m moofReader) read(moof []byte) error {
	list, err := boxes(moof)
	if err != nil {
		return err
	}
	fragment := MediaFragment{Offset: m.moof, Encrypted: -1}
	// Without a base of its own, data of a traf follow those of the one before.
	next := m.moof
	found := false
	for _, b := range list {
		switch b.kind {
		case "mfhd":
			f := &fields{data: b.data}
			f.full()
			fragment.Sequence = f.u32()
		case "traf":
			r, err := m.readTraf(b.data, next)
			if err != nil {
				return err
			}
			next = r.end
			m.out.Declared += r.bytes
			if r.id == m.track.ID && !found {
				found = true
				fragment.Start, fragment.Samples, fragment.Encrypted = r.start, r.samples, r.encrypted
			}
		}
	}
	if !found {
		return malformed("the fragment at %d has no part of track %d", m.moof, m.track.ID)
	}
	m.out.Fragments = append(m.out.Fragments, fragment)
	return nil
}

// traf is a track fragment on its way.
type traf struct {
	id        uint32
	start     int64
	samples   []FragmentSample
	encrypted int
	bytes     int64
	defaults  Defaults
	base      int64 // of data offsets
	end       int64 // of the data
}

// Flags of tfhd (ISO/IEC 14496-12, 8.8.7).
const (
	headBase        = 0x000001
	headDescription = 0x000002
	headDuration    = 0x000008
	headSize        = 0x000010
	headFlags       = 0x000020
	headBaseIsMoof  = 0x020000
)

func (m moofReader) readTraf(data []byte, next int64) (traf, error) {
	out := traf{encrypted: -1, base: m.moof, end: next, defaults: m.track.Defaults}
	list, err := boxes(data)
	if err != nil {
		return traf{}, err
	}
	if err := m.readHead(&out, list, next); err != nil {
		return traf{}, err
	}
	decode := out.start
	for _, b := range list {
		switch b.kind {
		case "trun":
			if decode, err = m.readRun(&out, b.data, decode); err != nil {
				return traf{}, err
			}
		case "senc":
			f := &fields{data: b.data}
			f.full()
			out.encrypted = int(f.u32())
		}
	}
	return out, nil
}

// readHead reads tfhd and tfdt.
func (m moofReader) readHead(out *traf, list []box, next int64) error {
	timed := false
	for _, b := range list {
		f := &fields{data: b.data}
		switch b.kind {
		case "tfhd":
			_, flags := f.full()
			out.id = f.u32()
			if flags&headBase != 0 {
				if out.base = f.i64(); out.base < 0 || out.base > maxTime {
					return malformed("the base of data offsets is out of range")
				}
			} else if flags&headBaseIsMoof == 0 {
				out.base = next
			}
			if flags&headDescription != 0 {
				f.skip(4)
			}
			for _, d := range []struct {
				flag uint32
				to   *uint32
			}{{headDuration, &out.defaults.Duration}, {headSize, &out.defaults.Size}, {headFlags, &out.defaults.Flags}} {
				if flags&d.flag != 0 {
					*d.to = f.u32()
				}
			}
		case "tfdt":
			version, _ := f.full()
			start := f.word(version)
			if start > maxTime {
				return malformed("tfdt is out of range")
			}
			out.start, timed = int64(start), true
		}
		if f.short {
			return malformed("%s is cut off", b.kind)
		}
	}
	if out.id == 0 || !timed {
		return malformed("the fragment at %d lacks tfhd or tfdt", m.moof)
	}
	return nil
}

const runFirstFlags = 0x000004

// readRun reads a trun (ISO/IEC 14496-12, 8.8.8) and gives the decode time at
// its end.
func (m moofReader) readRun(out *traf, data []byte, decode int64) (int64, error) {
	f := &fields{data: data}
	_, flags := f.full()
	n := f.u32()
	at := out.end
	if flags&runDataOffset != 0 {
		at = out.base + int64(f.i32())
	}
	first, hasFirst := uint32(0), flags&runFirstFlags != 0
	if hasFirst {
		first = f.u32()
	}
	entry := 0
	for _, flag := range []uint32{runDuration, runSize, runFlags, runComposition} {
		if flags&flag != 0 {
			entry += 4
		}
	}
	if f.short || uint64(n)*uint64(entry) != uint64(len(f.data)) {
		return 0, malformed("trun is cut off")
	}
	if int64(n) > int64(*m.left) {
		return 0, malformed("a segment has more than %d samples", maxFragmentSamples)
	}
	*m.left -= int(n)
	for i := range n {
		s := FragmentSample{Offset: at, Decode: decode, Present: decode, Size: out.defaults.Size, Duration: out.defaults.Duration}
		own := out.defaults.Flags
		if i == 0 && hasFirst {
			own = first
		}
		if flags&runDuration != 0 {
			s.Duration = f.u32()
		}
		if flags&runSize != 0 {
			s.Size = f.u32()
		}
		if flags&runFlags != 0 {
			own = f.u32()
		}
		if flags&runComposition != 0 {
			// Both versions are read as signed, as writers mean them.
			s.Present += int64(f.i32())
		}
		s.Sync = own&0x10000 == 0 // sample_is_non_sync_sample
		out.bytes += int64(s.Size)
		at += int64(s.Size)
		decode += int64(s.Duration)
		inside := s.Offset >= 0 && at <= m.size
		if !inside && !m.cut {
			return 0, malformed("sample %d of the fragment at %d lies at %d to %d of %d bytes", i+1, m.moof, s.Offset, at, m.size)
		}
		if out.id == m.track.ID && inside {
			out.samples = append(out.samples, s)
		}
	}
	out.end = at
	if decode > maxTime {
		return 0, malformed("sample times are out of range")
	}
	return decode, nil
}
