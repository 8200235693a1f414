package mp4

import "io"

// SegmentIndex is a sidx box (ISO/IEC 14496-12, 8.16.3).
type SegmentIndex struct {
	Timescale  uint32
	Earliest   int64 // presentation time of the first subsegment
	References []IndexReference
}

// IndexReference is a subsegment.
type IndexReference struct {
	Offset   int64 // in what the index was read from
	Size     int64
	Duration int64
	Index    bool // it leads to a further index, not to media
}

// ReadIndex reads the first sidx of a file or of a part of one.
func ReadIndex(r io.ReaderAt, size int64) (*SegmentIndex, error) {
	top, err := listBoxes(r, size, true)
	if err != nil {
		return nil, err
	}
	for _, b := range top {
		if b.kind != "sidx" {
			continue
		}
		data, err := b.read(r, maxFragment)
		if err != nil {
			return nil, err
		}
		return parseIndex(data, b.offset+b.size)
	}
	return nil, malformed("there is no sidx box")
}

// parseIndex reads sidx, which ends at the offset, from where references count.
func parseIndex(data []byte, end int64) (*SegmentIndex, error) {
	f := &fields{data: data}
	version, _ := f.full()
	f.skip(4)
	out := &SegmentIndex{Timescale: f.u32()}
	earliest, first := f.word(version), f.word(version)
	f.skip(2)
	n := int(f.u16())
	if f.short || out.Timescale == 0 || earliest > maxTime || first > maxTime || len(f.data) < 12*n {
		return nil, malformed("sidx is broken")
	}
	out.Earliest = int64(earliest)
	at := end + int64(first)
	for range n {
		size, duration := f.u32(), f.u32()
		f.skip(4) // stream access points
		r := IndexReference{Offset: at, Size: int64(size & 0x7fffffff), Duration: int64(duration), Index: size>>31 == 1}
		out.References = append(out.References, r)
		at += r.Size
	}
	return out, nil
}
