package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// Types of NAL units of H.264 (ISO/IEC 14496-10, table 7-1).
const (
	avcSlice      = 1
	avcPartitionA = 2
	avcPartitionC = 4
	avcIDR        = 5
	avcSPS        = 7
	avcPPS        = 8
)

// maxSets is how many parameter sets of a kind are kept, the most that H.264
// numbers.
const maxSets = 256

// avc is the mapper of H.264.
type avc struct {
	scheme     Scheme
	lengthSize int
	sps        map[int]avcSequence
	pps        map[int]avcPicture
}

// newAVC reads AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
func newAVC(avcC []byte, scheme Scheme) (*avc, error) {
	if len(avcC) < 7 {
		return nil, malformed("avcC is cut off")
	}
	m := &avc{
		scheme: scheme, lengthSize: int(avcC[4]&3) + 1,
		sps: map[int]avcSequence{}, pps: map[int]avcPicture{},
	}
	rest, err := sets(avcC[6:], int(avcC[5]&31), m.parameters)
	if err == nil && len(rest) > 0 {
		_, err = sets(rest[1:], int(rest[0]), m.parameters)
	}
	return m, err
}

// Map implements [Mapper].
func (m *avc) Map(sample []byte) ([]Subsample, error) {
	var l layout
	err := nalUnits(sample, m.lengthSize, func(nal []byte) error {
		l.skip(m.lengthSize)
		if len(nal) == 0 {
			return nil
		}
		switch kind := int(nal[0] & 31); {
		case kind == avcSlice || kind == avcIDR:
			header, err := m.sliceHeader(nal)
			if err != nil {
				return err
			}
			l.slice(header, len(nal), m.scheme)
			return nil
		case kind >= avcPartitionA && kind <= avcPartitionC:
			return unsupported("H.264 with data partitions")
		}
		l.skip(len(nal))
		return m.parameters(nal)
	})
	return l.done(), err
}

// parameters takes in a parameter set, and leaves out other NAL units.
func (m *avc) parameters(nal []byte) error {
	if len(nal) == 0 {
		return nil
	}
	r := bitio.NewNAL(nal, 1)
	switch nal[0] & 31 {
	case avcSPS:
		id, s := readAVCSequence(r)
		if r.Short {
			return malformed("a sequence parameter set is cut off")
		}
		m.sps[id] = s
	case avcPPS:
		id, p, err := m.readPicture(r)
		if err != nil {
			return err
		}
		if r.Short {
			return malformed("a picture parameter set is cut off")
		}
		m.pps[id] = p
	}
	return nil
}

// avcSequence is what of a sequence parameter set a slice header depends on
// (ISO/IEC 14496-10, 7.3.2.1.1).
type avcSequence struct {
	chroma          bool // ChromaArrayType is not 0
	separatePlanes  bool
	frameNumBits    int
	orderType       int
	orderBits       int
	deltaAlwaysZero bool
	framesOnly      bool
}

func readAVCSequence(r *bitio.Reader) (id int, s avcSequence) {
	profile := r.U(8)
	r.Skip(16)
	id = r.UpTo(31)
	s.chroma = true
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		format := r.UpTo(3)
		if format == 3 {
			s.separatePlanes = r.Flag()
		}
		s.chroma = format != 0 && !s.separatePlanes
		r.UE()
		r.UE()
		r.Skip(1)
		if r.Flag() {
			skipAVCScaling(r, format)
		}
	}
	s.frameNumBits = r.UpTo(12) + 4
	switch s.orderType = r.UpTo(2); s.orderType {
	case 0:
		s.orderBits = r.UpTo(12) + 4
	case 1:
		s.deltaAlwaysZero = r.Flag()
		r.SE()
		r.SE()
		for range r.UpTo(255) {
			r.SE()
		}
	}
	r.UE() // max_num_ref_frames
	r.Skip(1)
	r.UE() // width
	r.UE() // height
	s.framesOnly = r.Flag()
	return id, s
}

// skipAVCScaling leaves out the scaling matrix (7.3.2.1.1.1).
func skipAVCScaling(r *bitio.Reader, chromaFormat int) {
	lists := 8
	if chromaFormat == 3 {
		lists = 12
	}
	for i := range lists {
		if !r.Flag() {
			continue
		}
		size := 16
		if i >= 6 {
			size = 64
		}
		for last, next, j := 8, 8, 0; j < size && !r.Short; j++ {
			if next != 0 {
				next = (last + r.SE() + 256) % 256
			}
			if next != 0 {
				last = next
			}
		}
	}
}

// avcPicture is what of a picture parameter set a slice header depends on
// (7.3.2.2).
type avcPicture struct {
	sps         int
	cabac       bool
	bottomOrder bool
	refs        [2]int // entries of both lists, unless the slice says otherwise
	weighted    bool   // P
	bipred      int    // B: 1 if explicitly weighted
	deblocking  bool
	redundant   bool
}

func (m *avc) readPicture(r *bitio.Reader) (id int, p avcPicture, err error) {
	id, p.sps = r.UpTo(maxSets-1), r.UpTo(31)
	p.cabac, p.bottomOrder = r.Flag(), r.Flag()
	if r.UE() > 0 {
		return 0, p, unsupported("H.264 with slice groups")
	}
	p.refs = [2]int{r.UpTo(31) + 1, r.UpTo(31) + 1}
	p.weighted, p.bipred = r.Flag(), r.U(2)
	r.SE()
	r.SE()
	r.SE()
	p.deblocking = r.Flag()
	r.Skip(1)
	p.redundant = r.Flag()
	return id, p, nil
}
