package cenc

// Kinds of slices of H.264, modulo 5 (ISO/IEC 14496-10, table 7-6).
const (
	avcP  = 0
	avcB  = 1
	avcI  = 2
	avcSP = 3
	avcSI = 4
)

// sliceHeader gives the bytes of a slice's NAL unit up to the end of its header
// (ISO/IEC 14496-10, 7.3.3). Without CABAC the slice data begin within a byte,
// which then counts as header.
func (m *avc) sliceHeader(nal []byte) (int, error) {
	r := nalReader(nal, 1)
	idr, reference := nal[0]&31 == avcIDR, nal[0]>>5&3 != 0
	r.ue() // first macroblock
	kind := r.ue() % 5
	pps, known := m.pps[r.ue()]
	if !known {
		return 0, malformed("a slice refers to a picture parameter set that is not there")
	}
	sps, known := m.sps[pps.sps]
	if !known {
		return 0, malformed("a slice refers to a sequence parameter set that is not there")
	}
	if sps.separatePlanes {
		r.skip(2)
	}
	r.skip(sps.frameNumBits)
	field := false
	if !sps.framesOnly {
		if field = r.flag(); field {
			r.skip(1)
		}
	}
	if idr {
		r.ue() // idr_pic_id
	}
	skipAVCOrder(r, sps, pps, field)
	if pps.redundant {
		r.ue()
	}
	if kind == avcB {
		r.skip(1) // direct_spatial_mv_pred_flag
	}
	refs := pps.refs
	if (kind == avcP || kind == avcSP || kind == avcB) && r.flag() {
		refs[0] = r.upTo(31) + 1
		if kind == avcB {
			refs[1] = r.upTo(31) + 1
		}
	}
	skipAVCLists(r, kind)
	if pps.weighted && (kind == avcP || kind == avcSP) || pps.bipred == 1 && kind == avcB {
		skipAVCWeights(r, refs, kind == avcB, sps.chroma)
	}
	if reference {
		skipAVCMarking(r, idr)
	}
	if pps.cabac && kind != avcI && kind != avcSI {
		r.ue() // cabac_init_idc
	}
	r.se() // slice_qp_delta
	if kind == avcSP {
		r.skip(1)
	}
	if kind == avcSP || kind == avcSI {
		r.se()
	}
	if pps.deblocking && r.ue() != 1 {
		r.se()
		r.se()
	}
	if r.short {
		return 0, malformed("a slice header is cut off")
	}
	return r.at, nil
}

// skipAVCOrder leaves out the picture order count.
func skipAVCOrder(r *bitReader, sps avcSequence, pps avcPicture, field bool) {
	switch {
	case sps.orderType == 0:
		r.skip(sps.orderBits)
		if pps.bottomOrder && !field {
			r.se()
		}
	case sps.orderType == 1 && !sps.deltaAlwaysZero:
		r.se()
		if pps.bottomOrder && !field {
			r.se()
		}
	}
}

// skipAVCLists leaves out ref_pic_list_modification (7.3.3.1).
func skipAVCLists(r *bitReader, kind int) {
	lists := 0
	switch kind {
	case avcP, avcSP:
		lists = 1
	case avcB:
		lists = 2
	}
	for range lists {
		if !r.flag() {
			continue
		}
		for r.ue() != 3 && !r.short {
			r.ue()
		}
	}
}

// skipAVCWeights leaves out pred_weight_table (7.3.3.2).
func skipAVCWeights(r *bitReader, refs [2]int, both, chroma bool) {
	r.ue()
	if chroma {
		r.ue()
	}
	lists := 1
	if both {
		lists = 2
	}
	for _, n := range refs[:lists] {
		for range n {
			if r.flag() {
				r.se()
				r.se()
			}
			if chroma && r.flag() {
				for range 4 {
					r.se()
				}
			}
		}
	}
}

// skipAVCMarking leaves out dec_ref_pic_marking (7.3.3.3).
func skipAVCMarking(r *bitReader, idr bool) {
	if idr {
		r.skip(2)
		return
	}
	if !r.flag() {
		return
	}
	for !r.short {
		operation := r.ue()
		switch operation {
		case 0:
			return
		case 1, 2, 4, 6:
			r.ue()
		case 3:
			r.ue()
			r.ue()
		}
	}
}
