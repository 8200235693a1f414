package cenc

// Kinds of slices of HEVC (ISO/IEC 23008-2, table 7-7).
const (
	hevcB = 0
	hevcP = 1
	hevcI = 2
)

// hevcSlice is what a slice segment header says that later parts of it depend on.
type hevcSlice struct {
	kind        int
	temporalMVP bool
	refs        [2]int
	pictures    int // NumPicTotalCurr
	sao         bool
}

// sliceHeader gives the bytes of a slice segment's NAL unit up to the end of
// its header (ISO/IEC 23008-2, 7.3.6.1), which ends with a byte.
func (m *hevc) sliceHeader(nal []byte) (int, error) {
	r := nalReader(nal, 2)
	kind := int(nal[0] >> 1 & 63)
	first := r.flag()
	if kind >= hevcFirstIRAP && kind <= hevcLastIRAP {
		r.skip(1)
	}
	pps, known := m.pps[r.ue()]
	if !known {
		return 0, malformed("a slice refers to a picture parameter set that is not there")
	}
	sps, known := m.sps[pps.sps]
	if !known {
		return 0, malformed("a slice refers to a sequence parameter set that is not there")
	}
	dependent := false
	if !first {
		if pps.dependent {
			dependent = r.flag()
		}
		r.skip(log2(sps.blocks))
	}
	if !dependent {
		skipHEVCSlice(r, sps, pps, kind)
	}
	if pps.entryPoints {
		if n := r.upTo(1 << 16); n > 0 {
			r.skip(n * (r.upTo(31) + 1))
		}
	}
	if pps.extension {
		r.skip(8 * r.upTo(256))
	}
	if !r.flag() { // alignment_bit_equal_to_one
		r.short = true
	}
	if r.short {
		return 0, malformed("a slice header is cut off or broken")
	}
	return r.at, nil
}

// skipHEVCSlice leaves out what a dependent slice segment takes from another one.
func skipHEVCSlice(r *bitReader, sps hevcSequence, pps hevcPicture, kind int) {
	r.skip(pps.extraBits)
	s := hevcSlice{kind: r.upTo(hevcI), refs: pps.refs}
	if pps.outputFlag {
		r.skip(1)
	}
	if sps.separatePlanes {
		r.skip(2)
	}
	if kind != hevcIDRWithR && kind != hevcIDRNoLP {
		s.readReferences(r, sps)
	}
	if sps.saoEnabled {
		s.sao = r.flag()
		if sps.chroma {
			s.sao = r.flag() || s.sao
		}
	}
	if s.kind != hevcI {
		s.readInter(r, sps, pps)
	}
	r.se() // slice_qp_delta
	if pps.chromaOffsets {
		r.se()
		r.se()
	}
	if pps.chromaOffsetList {
		r.skip(1)
	}
	disabled := pps.deblockDisabled
	if pps.deblockOverride && r.flag() {
		if disabled = r.flag(); !disabled {
			r.se()
			r.se()
		}
	}
	if pps.loopAcross && (s.sao || !disabled) {
		r.skip(1)
	}
}

// readReferences reads which pictures are kept, and counts those that the
// current one may refer to.
func (s *hevcSlice) readReferences(r *bitReader, sps hevcSequence) {
	r.skip(sps.orderBits)
	n := len(sps.shortTerm)
	if !r.flag() {
		s.pictures = readRefSet(r, n, sps.shortTerm, true).used()
	} else if at := r.u(log2(n)); at < n {
		s.pictures = sps.shortTerm[at].used()
	} else {
		r.short = true
	}
	if sps.longTerm {
		s.readLongTerm(r, sps)
	}
	if sps.temporalMVP {
		s.temporalMVP = r.flag()
	}
}

func (s *hevcSlice) readLongTerm(r *bitReader, sps hevcSequence) {
	known := len(sps.longTermUsed)
	fromSPS := 0
	if known > 0 {
		fromSPS = r.upTo(32)
	}
	total := fromSPS + r.upTo(32)
	for i := 0; i < total && !r.short; i++ {
		used := false
		if i < fromSPS {
			at := r.u(log2(known))
			if at >= known {
				r.short = true
				return
			}
			used = sps.longTermUsed[at]
		} else {
			r.skip(sps.orderBits)
			used = r.flag()
		}
		if used {
			s.pictures++
		}
		if r.flag() {
			r.ue() // delta_poc_msb_cycle_lt
		}
	}
}

// readInter reads what P and B slices have more than I slices.
func (s *hevcSlice) readInter(r *bitReader, sps hevcSequence, pps hevcPicture) {
	b := s.kind == hevcB
	lists := 1
	if b {
		lists = 2
	}
	if r.flag() { // num_ref_idx_active_override_flag
		for i := range lists {
			s.refs[i] = r.upTo(14) + 1
		}
	}
	if pps.listModification && s.pictures > 1 {
		for _, n := range s.refs[:lists] {
			if r.flag() {
				r.skip(n * log2(s.pictures))
			}
		}
	}
	if b {
		r.skip(1) // mvd_l1_zero_flag
	}
	if pps.cabacInit {
		r.skip(1)
	}
	if s.temporalMVP {
		list := 0
		if b && !r.flag() {
			list = 1
		}
		if s.refs[list] > 1 {
			r.ue() // collocated_ref_idx
		}
	}
	if pps.weighted[0] && !b || pps.weighted[1] && b {
		skipHEVCWeights(r, s.refs[:lists], sps.chroma)
	}
	r.ue() // five_minus_max_num_merge_cand
}

// skipHEVCWeights leaves out pred_weight_table (7.3.6.3), as it is without
// layers: no reference is the current picture.
func skipHEVCWeights(r *bitReader, refs []int, chroma bool) {
	r.ue()
	if chroma {
		r.se()
	}
	for _, n := range refs {
		luma, colour := make([]bool, n), make([]bool, n)
		for i := range n {
			luma[i] = r.flag()
		}
		for i := 0; chroma && i < n; i++ {
			colour[i] = r.flag()
		}
		for i := range n {
			if luma[i] {
				r.se()
				r.se()
			}
			for j := 0; colour[i] && j < 4; j++ {
				r.se()
			}
		}
	}
}
