package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// Types of OBUs (AV1 bitstream specification, 6.2.2).
const (
	obuSequence  = 1
	obuFrameHead = 3
	obuTileGroup = 4
	obuFrame     = 6
	obuTileList  = 8
)

// av1 is the mapper of AV1. Tiles are protected as slices are, and everything
// else stays clear ("AV1 Codec ISO Media File Format Binding", 4.3).
type av1 struct {
	scheme   Scheme
	sequence *av1Sequence
	refs     [8]av1Reference // what frame headers still refer to
	frame    *av1Frame       // whose tiles are being read; nil before its header
}

// newAV1 reads AV1CodecConfigurationRecord (the same, 2.3.3).
func newAV1(av1C []byte, scheme Scheme) (*av1, error) {
	if len(av1C) < 4 {
		return nil, malformed("av1C is cut off")
	}
	m := &av1{scheme: scheme}
	_, err := m.Map(av1C[4:])
	return m, err
}

// Map implements [Mapper].
func (m *av1) Map(sample []byte) ([]Subsample, error) {
	var l layout
	m.frame = nil
	for len(sample) > 0 {
		o, err := readOBU(sample)
		if err != nil {
			return nil, err
		}
		l.skip(o.header)
		if err := m.unit(&l, o); err != nil {
			return nil, err
		}
		sample = sample[o.header+len(o.payload):]
	}
	return l.done(), nil
}

// obu is one open bitstream unit.
type obu struct {
	kind              int
	temporal, spatial int // layers
	header            int // bytes before the payload
	payload           []byte
}

// readOBU reads the unit that the data begin with (AV1, 5.3).
func readOBU(data []byte) (obu, error) {
	r := bitio.New(data)
	r.Skip(1)
	o := obu{kind: r.U(4)}
	extension, sized := r.Flag(), r.Flag()
	r.Skip(1)
	if extension {
		o.temporal, o.spatial = r.U(3), r.U(2)
		r.Skip(3)
	}
	size := -1
	if sized {
		size = 0
		for i := range 8 { // leb128 (4.10.5)
			b := r.U(8)
			size |= (b & 0x7f) << (7 * i)
			if b < 0x80 {
				break
			}
		}
	}
	o.header = r.Taken()
	if size < 0 {
		size = len(data) - r.Taken()
	}
	if r.Short || size > len(data)-r.Taken() {
		return obu{}, malformed("an OBU claims %d bytes where %d are left", size, len(data)-r.Taken())
	}
	o.payload = data[r.Taken() : r.Taken()+size]
	return o, nil
}

// unit lays out the payload of a unit.
func (m *av1) unit(l *layout, o obu) error {
	r := bitio.New(o.payload)
	switch o.kind {
	case obuSequence:
		s := readAV1Sequence(r)
		if r.Short {
			return malformed("a sequence header is cut off")
		}
		m.sequence = &s
	case obuFrameHead:
		if m.frame != nil {
			break // a copy
		}
		if err := m.header(r, o); err != nil {
			return err
		}
	case obuFrame:
		if err := m.header(r, o); err != nil {
			return err
		}
		r.Align()
		return m.tiles(l, r, o.payload)
	case obuTileGroup:
		return m.tiles(l, r, o.payload)
	case obuTileList:
		return unsupported("AV1 with tile lists")
	}
	l.skip(len(o.payload))
	return nil
}

// header reads a frame header, and keeps what later ones refer to.
func (m *av1) header(r *bitio.Reader, o obu) error {
	if m.sequence == nil {
		return malformed("a frame comes before the sequence header")
	}
	f := &av1Frame{sequence: m.sequence, refs: m.refs, temporal: o.temporal, spatial: o.spatial}
	if err := f.read(r); err != nil {
		return err
	}
	if r.Short {
		return malformed("a frame header is cut off")
	}
	for i := range m.refs {
		if f.refresh>>i&1 == 1 {
			m.refs[i] = f.reference()
		}
	}
	m.frame = f
	if f.existing {
		m.frame = nil
	}
	return nil
}

// tiles lays out a tile group (AV1, 5.11.1) in the data of the reader, which stands
// at it.
func (m *av1) tiles(l *layout, r *bitio.Reader, data []byte) error {
	f := m.frame
	if f == nil {
		return malformed("tiles come before their frame header")
	}
	first, last := 0, f.tileColumns*f.tileRows-1
	if last > 0 && r.Flag() {
		first, last = r.U(f.tileBits), r.U(f.tileBits)
	}
	if r.Short || last < first {
		return malformed("a tile group is broken")
	}
	l.skip(r.Taken())
	data = data[r.Taken():]
	for tile := first; tile <= last; tile++ {
		size := len(data)
		if tile < last {
			if len(data) < f.tileSizeBytes {
				return malformed("a tile group is cut off")
			}
			size = 1
			for i, b := range data[:f.tileSizeBytes] { // little-endian
				size += int(b) << (8 * i)
			}
			l.skip(f.tileSizeBytes)
			data = data[f.tileSizeBytes:]
		}
		if size > len(data) {
			return malformed("a tile claims %d bytes where %d are left", size, len(data))
		}
		l.slice(0, size, m.scheme)
		data = data[size:]
	}
	if last == f.tileColumns*f.tileRows-1 {
		m.frame = nil
	}
	return nil
}
