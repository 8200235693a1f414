package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// Types of NAL units of HEVC (ISO/IEC 23008-2, table 7-1).
const (
	hevcLastSlice = 31 // all below hold slices, or are reserved for such
	hevcFirstIRAP = 16
	hevcLastIRAP  = 23
	hevcIDRWithR  = 19 // IDR_W_RADL
	hevcIDRNoLP   = 20
	hevcSPS       = 33
	hevcPPS       = 34
)

// hevc is the mapper of HEVC.
type hevc struct {
	scheme     Scheme
	lengthSize int
	sps        map[int]hevcSequence
	pps        map[int]hevcPicture
}

// newHEVC reads HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1).
func newHEVC(hvcC []byte, scheme Scheme) (*hevc, error) {
	if len(hvcC) < 23 {
		return nil, malformed("hvcC is cut off")
	}
	m := &hevc{
		scheme: scheme, lengthSize: int(hvcC[21]&3) + 1,
		sps: map[int]hevcSequence{}, pps: map[int]hevcPicture{},
	}
	rest := hvcC[23:]
	for range hvcC[22] {
		if len(rest) < 3 {
			return nil, malformed("hvcC is cut off")
		}
		var err error
		if rest, err = sets(rest[3:], int(rest[1])<<8|int(rest[2]), m.parameters); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Map implements [Mapper].
func (m *hevc) Map(sample []byte) ([]Subsample, error) {
	var l layout
	err := nalUnits(sample, m.lengthSize, func(nal []byte) error {
		l.skip(m.lengthSize)
		if len(nal) < 2 || nal[0]>>1&63 > hevcLastSlice {
			l.skip(len(nal))
			return m.parameters(nal)
		}
		if nal[0]&1 != 0 || nal[1]>>3 != 0 {
			return unsupported("HEVC with layers")
		}
		header, err := m.sliceHeader(nal)
		if err != nil {
			return err
		}
		l.slice(header, len(nal), m.scheme)
		return nil
	})
	return l.done(), err
}

// parameters takes in a parameter set, and leaves out other NAL units.
func (m *hevc) parameters(nal []byte) error {
	if len(nal) < 2 || nal[0]&1 != 0 || nal[1]>>3 != 0 {
		return nil // of another layer
	}
	r := bitio.NewNAL(nal, 2)
	switch nal[0] >> 1 & 63 {
	case hevcSPS:
		id, s := readHEVCSequence(r)
		if r.Short {
			return malformed("a sequence parameter set is cut off")
		}
		m.sps[id] = s
	case hevcPPS:
		id, p, err := readHEVCPicture(r)
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

// hevcSequence is what of a sequence parameter set a slice header depends on
// (ISO/IEC 23008-2, 7.3.2.2).
type hevcSequence struct {
	chroma         bool // ChromaArrayType is not 0
	separatePlanes bool
	blocks         int // PicSizeInCtbsY
	orderBits      int
	saoEnabled     bool
	shortTerm      []refSet
	longTerm       bool
	longTermUsed   []bool // used_by_curr_pic_lt_sps_flag
	temporalMVP    bool
}

func readHEVCSequence(r *bitio.Reader) (id int, s hevcSequence) {
	r.Skip(4)
	layers := r.U(3)
	r.Skip(1)
	r.Skip(88 + 8)
	r.SkipSublayers(layers)
	id = r.UpTo(15)
	format := r.UpTo(3)
	if format == 3 {
		s.separatePlanes = r.Flag()
	}
	s.chroma = format != 0 && !s.separatePlanes
	width, height := r.UpTo(1<<16), r.UpTo(1<<16)
	if r.Flag() { // conformance window
		for range 4 {
			r.UE()
		}
	}
	r.UE()
	r.UE()
	s.orderBits = r.UpTo(12) + 4
	ordering := 1
	if r.Flag() {
		ordering = layers + 1
	}
	for range 3 * ordering {
		r.UE()
	}
	size := 1 << (r.UpTo(3) + 3 + r.UpTo(3)) // CtbSizeY
	s.blocks = ((width + size - 1) / size) * ((height + size - 1) / size)
	for range 4 {
		r.UE() // transform sizes and depths
	}
	if enabled := r.Flag(); enabled && r.Flag() {
		r.SkipScalingData()
	}
	r.Skip(1) // amp_enabled_flag
	s.saoEnabled = r.Flag()
	if r.Flag() { // PCM
		r.Skip(8)
		r.UE()
		r.UE()
		r.Skip(1)
	}
	n := r.UpTo(64)
	for i := 0; i < n && !r.Short; i++ {
		s.shortTerm = append(s.shortTerm, readRefSet(r, i, s.shortTerm, false))
	}
	if s.longTerm = r.Flag(); s.longTerm {
		for range r.UpTo(32) {
			r.Skip(s.orderBits)
			s.longTermUsed = append(s.longTermUsed, r.Flag())
		}
	}
	s.temporalMVP = r.Flag()
	return id, s
}

// hevcPicture is what of a picture parameter set a slice header depends on
// (7.3.2.3).
type hevcPicture struct {
	sps              int
	dependent        bool
	outputFlag       bool
	extraBits        int
	cabacInit        bool
	refs             [2]int // entries of both lists, unless the slice says otherwise
	chromaOffsets    bool
	weighted         [2]bool // P, B
	entryPoints      bool    // tiles or wavefronts
	loopAcross       bool
	deblockOverride  bool
	deblockDisabled  bool
	listModification bool
	extension        bool
	chromaOffsetList bool
}

func readHEVCPicture(r *bitio.Reader) (id int, p hevcPicture, err error) {
	id, p.sps = r.UpTo(63), r.UpTo(15)
	p.dependent, p.outputFlag = r.Flag(), r.Flag()
	p.extraBits = r.U(3)
	r.Skip(1)
	p.cabacInit = r.Flag()
	p.refs = [2]int{r.UpTo(14) + 1, r.UpTo(14) + 1}
	r.SE()
	r.Skip(1)
	transformSkip := r.Flag()
	if r.Flag() {
		r.UE() // diff_cu_qp_delta_depth
	}
	r.SE()
	r.SE()
	p.chromaOffsets = r.Flag()
	p.weighted = [2]bool{r.Flag(), r.Flag()}
	r.Skip(1)
	tiles, wavefronts := r.Flag(), r.Flag()
	p.entryPoints = tiles || wavefronts
	if tiles {
		skipTiles(r)
	}
	p.loopAcross = r.Flag()
	if r.Flag() { // deblocking_filter_control_present_flag
		p.deblockOverride, p.deblockDisabled = r.Flag(), r.Flag()
		if !p.deblockDisabled {
			r.SE()
			r.SE()
		}
	}
	if r.Flag() {
		r.SkipScalingData()
	}
	p.listModification = r.Flag()
	r.UE()
	p.extension = r.Flag()
	if !r.Flag() { // pps_extension_present_flag
		return id, p, nil
	}
	ranges := r.Flag()
	if r.U(7) != 0 {
		return 0, p, unsupported("HEVC with extensions for layers, depth or screen content")
	}
	if ranges {
		if transformSkip {
			r.UE()
		}
		r.Skip(1)
		p.chromaOffsetList = r.Flag()
	}
	return id, p, nil
}

func skipTiles(r *bitio.Reader) {
	columns, rows := r.UpTo(63), r.UpTo(63)
	if !r.Flag() {
		for range columns + rows {
			r.UE()
		}
	}
	r.Skip(1)
}
