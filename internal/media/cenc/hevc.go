package cenc

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
	r := nalReader(nal, 2)
	switch nal[0] >> 1 & 63 {
	case hevcSPS:
		id, s := readHEVCSequence(r)
		if r.short {
			return malformed("a sequence parameter set is cut off")
		}
		m.sps[id] = s
	case hevcPPS:
		id, p, err := readHEVCPicture(r)
		if err != nil {
			return err
		}
		if r.short {
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

func readHEVCSequence(r *bitReader) (id int, s hevcSequence) {
	r.skip(4)
	layers := r.u(3)
	r.skip(1)
	skipProfileTierLevel(r, layers)
	id = r.upTo(15)
	format := r.upTo(3)
	if format == 3 {
		s.separatePlanes = r.flag()
	}
	s.chroma = format != 0 && !s.separatePlanes
	width, height := r.upTo(1<<16), r.upTo(1<<16)
	if r.flag() { // conformance window
		for range 4 {
			r.ue()
		}
	}
	r.ue()
	r.ue()
	s.orderBits = r.upTo(12) + 4
	ordering := 1
	if r.flag() {
		ordering = layers + 1
	}
	for range 3 * ordering {
		r.ue()
	}
	size := 1 << (r.upTo(3) + 3 + r.upTo(3)) // CtbSizeY
	s.blocks = ((width + size - 1) / size) * ((height + size - 1) / size)
	for range 4 {
		r.ue() // transform sizes and depths
	}
	if enabled := r.flag(); enabled && r.flag() {
		skipHEVCScaling(r)
	}
	r.skip(1) // amp_enabled_flag
	s.saoEnabled = r.flag()
	if r.flag() { // PCM
		r.skip(8)
		r.ue()
		r.ue()
		r.skip(1)
	}
	n := r.upTo(64)
	for i := 0; i < n && !r.short; i++ {
		s.shortTerm = append(s.shortTerm, readRefSet(r, i, s.shortTerm, false))
	}
	if s.longTerm = r.flag(); s.longTerm {
		for range r.upTo(32) {
			r.skip(s.orderBits)
			s.longTermUsed = append(s.longTermUsed, r.flag())
		}
	}
	s.temporalMVP = r.flag()
	return id, s
}

// skipProfileTierLevel leaves out profile_tier_level (7.3.3).
func skipProfileTierLevel(r *bitReader, layers int) {
	r.skip(88 + 8)
	var profile, level [8]bool
	for i := range layers {
		profile[i], level[i] = r.flag(), r.flag()
	}
	if layers > 0 {
		r.skip(2 * (8 - layers))
	}
	for i := range layers {
		if profile[i] {
			r.skip(88)
		}
		if level[i] {
			r.skip(8)
		}
	}
}

// skipHEVCScaling leaves out scaling_list_data (7.3.4).
func skipHEVCScaling(r *bitReader) {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for matrix := 0; matrix < 6; matrix += step {
			if !r.flag() {
				r.ue()
				continue
			}
			if size > 1 {
				r.se()
			}
			for range min(64, 1<<(4+size<<1)) {
				r.se()
			}
		}
	}
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

func readHEVCPicture(r *bitReader) (id int, p hevcPicture, err error) {
	id, p.sps = r.upTo(63), r.upTo(15)
	p.dependent, p.outputFlag = r.flag(), r.flag()
	p.extraBits = r.u(3)
	r.skip(1)
	p.cabacInit = r.flag()
	p.refs = [2]int{r.upTo(14) + 1, r.upTo(14) + 1}
	r.se()
	r.skip(1)
	transformSkip := r.flag()
	if r.flag() {
		r.ue() // diff_cu_qp_delta_depth
	}
	r.se()
	r.se()
	p.chromaOffsets = r.flag()
	p.weighted = [2]bool{r.flag(), r.flag()}
	r.skip(1)
	tiles, wavefronts := r.flag(), r.flag()
	p.entryPoints = tiles || wavefronts
	if tiles {
		skipTiles(r)
	}
	p.loopAcross = r.flag()
	if r.flag() { // deblocking_filter_control_present_flag
		p.deblockOverride, p.deblockDisabled = r.flag(), r.flag()
		if !p.deblockDisabled {
			r.se()
			r.se()
		}
	}
	if r.flag() {
		skipHEVCScaling(r)
	}
	p.listModification = r.flag()
	r.ue()
	p.extension = r.flag()
	if !r.flag() { // pps_extension_present_flag
		return id, p, nil
	}
	ranges := r.flag()
	if r.u(7) != 0 {
		return 0, p, unsupported("HEVC with extensions for layers, depth or screen content")
	}
	if ranges {
		if transformSkip {
			r.ue()
		}
		r.skip(1)
		p.chromaOffsetList = r.flag()
	}
	return id, p, nil
}

func skipTiles(r *bitReader) {
	columns, rows := r.upTo(63), r.upTo(63)
	if !r.flag() {
		for range columns + rows {
			r.ue()
		}
	}
	r.skip(1)
}
