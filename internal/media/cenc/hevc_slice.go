package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

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
	r := bitio.NewNAL(nal, 2)
	kind := int(nal[0] >> 1 & 63)
	first := r.Flag()
	if kind >= hevcFirstIRAP && kind <= hevcLastIRAP {
		r.Skip(1)
	}
	pps, known := m.pps[r.UE()]
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
			dependent = r.Flag()
		}
		r.Skip(log2(sps.blocks))
	}
	if !dependent {
		skipHEVCSlice(r, sps, pps, kind)
	}
	if pps.entryPoints {
		if n := r.UpTo(1 << 16); n > 0 {
			r.Skip(n * (r.UpTo(31) + 1))
		}
	}
	if pps.extension {
		r.Skip(8 * r.UpTo(256))
	}
	if !r.Flag() { // alignment_bit_equal_to_one
		r.Short = true
	}
	if r.Short {
		return 0, malformed("a slice header is cut off or broken")
	}
	return r.Taken(), nil
}

// skipHEVCSlice leaves out what a dependent slice segment takes from another one.
func skipHEVCSlice(r *bitio.Reader, sps hevcSequence, pps hevcPicture, kind int) {
	r.Skip(pps.extraBits)
	s := hevcSlice{kind: r.UpTo(hevcI), refs: pps.refs}
	if pps.outputFlag {
		r.Skip(1)
	}
	if sps.separatePlanes {
		r.Skip(2)
	}
	if kind != hevcIDRWithR && kind != hevcIDRNoLP {
		s.readReferences(r, sps)
	}
	if sps.saoEnabled {
		s.sao = r.Flag()
		if sps.chroma {
			s.sao = r.Flag() || s.sao
		}
	}
	if s.kind != hevcI {
		s.readInter(r, sps, pps)
	}
	r.SE() // slice_qp_delta
	if pps.chromaOffsets {
		r.SE()
		r.SE()
	}
	if pps.chromaOffsetList {
		r.Skip(1)
	}
	disabled := pps.deblockDisabled
	if pps.deblockOverride && r.Flag() {
		if disabled = r.Flag(); !disabled {
			r.SE()
			r.SE()
		}
	}
	if pps.loopAcross && (s.sao || !disabled) {
		r.Skip(1)
	}
}

// readReferences reads which pictures are kept, and counts those that the
// current one may refer to.
func (s *hevcSlice) readReferences(r *bitio.Reader, sps hevcSequence) {
	r.Skip(sps.orderBits)
	n := len(sps.shortTerm)
	if !r.Flag() {
		s.pictures = readRefSet(r, n, sps.shortTerm, true).used()
	} else if at := r.U(log2(n)); at < n {
		s.pictures = sps.shortTerm[at].used()
	} else {
		r.Short = true
	}
	if sps.longTerm {
		s.readLongTerm(r, sps)
	}
	if sps.temporalMVP {
		s.temporalMVP = r.Flag()
	}
}

func (s *hevcSlice) readLongTerm(r *bitio.Reader, sps hevcSequence) {
	known := len(sps.longTermUsed)
	fromSPS := 0
	if known > 0 {
		fromSPS = r.UpTo(32)
	}
	total := fromSPS + r.UpTo(32)
	for i := 0; i < total && !r.Short; i++ {
		used := false
		if i < fromSPS {
			at := r.U(log2(known))
			if at >= known {
				r.Short = true
				return
			}
			used = sps.longTermUsed[at]
		} else {
			r.Skip(sps.orderBits)
			used = r.Flag()
		}
		if used {
			s.pictures++
		}
		if r.Flag() {
			r.UE() // delta_poc_msb_cycle_lt
		}
	}
}

// readInter reads what P and B slices have more than I slices.
func (s *hevcSlice) readInter(r *bitio.Reader, sps hevcSequence, pps hevcPicture) {
	b := s.kind == hevcB
	lists := 1
	if b {
		lists = 2
	}
	if r.Flag() { // num_ref_idx_active_override_flag
		for i := range lists {
			s.refs[i] = r.UpTo(14) + 1
		}
	}
	if pps.listModification && s.pictures > 1 {
		for _, n := range s.refs[:lists] {
			if r.Flag() {
				r.Skip(n * log2(s.pictures))
			}
		}
	}
	if b {
		r.Skip(1) // mvd_l1_zero_flag
	}
	if pps.cabacInit {
		r.Skip(1)
	}
	if s.temporalMVP {
		list := 0
		if b && !r.Flag() {
			list = 1
		}
		if s.refs[list] > 1 {
			r.UE() // collocated_ref_idx
		}
	}
	if pps.weighted[0] && !b || pps.weighted[1] && b {
		skipHEVCWeights(r, s.refs[:lists], sps.chroma)
	}
	r.UE() // five_minus_max_num_merge_cand
}

// skipHEVCWeights leaves out pred_weight_table (7.3.6.3), as it is without
// layers: no reference is the current picture.
func skipHEVCWeights(r *bitio.Reader, refs []int, chroma bool) {
	r.UE()
	if chroma {
		r.SE()
	}
	for _, n := range refs {
		luma, colour := make([]bool, n), make([]bool, n)
		for i := range n {
			luma[i] = r.Flag()
		}
		for i := 0; chroma && i < n; i++ {
			colour[i] = r.Flag()
		}
		for i := range n {
			if luma[i] {
				r.SE()
				r.SE()
			}
			for j := 0; colour[i] && j < 4; j++ {
				r.SE()
			}
		}
	}
}
