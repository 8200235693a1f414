package mp4

import (
	"fmt"
	"io"
)

// Header is what a CMAF header says of its track.
type Header struct {
	Track *Track // without samples
	// MediaTime is the start of the presentation, in units of the track.
	MediaTime int64
}

// ReadInit reads back a CMAF header.
func ReadInit(r io.ReaderAt, size int64) (Header, error) {
	m, err := ReadMovie(r, size)
	if err != nil {
		return Header{}, err
	}
	if !m.Fragmented || len(m.Tracks) != 1 {
		return Header{}, malformed("a CMAF header has one track and an mvex box")
	}
	return Header{Track: m.Tracks[0], MediaTime: -m.Tracks[0].editShift}, nil
}

// Fragment is what the boxes of a CMAF segment say, summed up.
type Fragment struct {
	Sequence  uint32
	Start     int64 // baseMediaDecodeTime
	Earliest  int64 // composition time of the frame that is shown first
	Duration  int64 // of all samples
	Samples   int
	StartSync bool // the first sample decodes on its own
}

// ReadSegment reads back a segment of one fragment, and holds the sizes that
// it declares against what is there.
func ReadSegment(r io.ReaderAt, size int64) (Fragment, error) {
	top, err := topBoxes(r, size)
	if err != nil {
		return Fragment{}, err
	}
	var fragment Fragment
	var payload, media int64
	var moofs, mdats int
	for _, b := range top {
		switch b.kind {
		case "moof":
			data, err := b.read(r, maxFragment)
			if err != nil {
				return Fragment{}, err
			}
			if fragment, payload, err = parseFragment(data); err != nil {
				return Fragment{}, err
			}
			moofs++
		case "mdat":
			media += b.size
			mdats++
		}
	}
	if moofs != 1 || mdats != 1 {
		return Fragment{}, malformed("a segment has %d moof and %d mdat boxes instead of one each", moofs, mdats)
	}
	if payload != media {
		return Fragment{}, malformed("samples of %d bytes are declared, %d are there", payload, media)
	}
	return fragment, nil
}

// parseFragment reads moof (ISO/IEC 14496-12, 8.8.4) and gives the bytes that
// its samples take.
func parseFragment(moof []byte) (Fragment, int64, error) {
	mfhd, _ := find(moof, "mfhd")
	f := &fields{data: mfhd}
	f.full()
	out := Fragment{Sequence: f.u32()}
	tfdt, _ := find(moof, "traf", "tfdt")
	g := &fields{data: tfdt}
	version, _ := g.full()
	start := g.word(version)
	trun, _ := find(moof, "traf", "trun")
	if f.short || g.short || start > maxTime {
		return Fragment{}, 0, malformed("mfhd or tfdt is missing or broken")
	}
	out.Start = int64(start)
	payload, err := out.parseRun(trun)
	return out, payload, err
}

// parseRun reads a trun that has duration, size and flags for every sample, as
// WriteSegment writes it.
func (f *Fragment) parseRun(trun []byte) (payload int64, err error) {
	r := &fields{data: trun}
	_, flags := r.full()
	const needed = runDataOffset | runDuration | runSize | runFlags
	if flags&needed != needed || flags&^uint32(needed|runComposition) != 0 {
		return 0, fmt.Errorf("%w: trun has flags %06x", ErrMalformed, flags)
	}
	entry := 12
	if flags&runComposition != 0 {
		entry = 16
	}
	n := r.u32()
	r.skip(4)
	if r.short || uint64(n)*uint64(entry) != uint64(len(r.data)) {
		return 0, malformed("trun is cut off")
	}
	for i := range n {
		decode := f.Start + f.Duration
		f.Duration += int64(r.u32())
		payload += int64(r.u32())
		sync := r.u32() == flagsSync
		if i == 0 {
			f.StartSync = sync
		}
		composition := decode
		if entry == 16 {
			composition += int64(r.i32())
		}
		if i == 0 || composition < f.Earliest {
			f.Earliest = composition
		}
	}
	f.Samples = int(n)
	return payload, nil
}
