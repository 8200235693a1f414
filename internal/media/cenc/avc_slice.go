package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

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
	r := bitio.NewNAL(nal, 1)
	idr, reference := nal[0]&31 == avcIDR, nal[0]>>5&3 != 0
	r.UE() // first macroblock
	kind := r.UE() % 5
	pps, known := m.pps[r.UE()]
	if !known {
		return 0, malformed("a slice refers to a picture parameter set that is not there")
	}
	sps, known := m.sps[pps.sps]
	if !known {
		return 0, malformed("a slice refers to a sequence parameter set that is not there")
	}
	if sps.separatePlanes {
		r.Skip(2)
	}
	r.Skip(sps.frameNumBits)
	field := false
	if !sps.framesOnly {
		if field = r.Flag(); field {
			r.Skip(1)
		}
	}
	if idr {
		r.UE() // idr_pic_id
	}
	skipAVCOrder(r, sps, pps, field)
	if pps.redundant {
		r.UE()
	}
	if kind == avcB {
		r.Skip(1) // direct_spatial_mv_pred_flag
	}
	refs := pps.refs
	if (kind == avcP || kind == avcSP || kind == avcB) && r.Flag() {
		refs[0] = r.UpTo(31) + 1
		if kind == avcB {
			refs[1] = r.UpTo(31) + 1
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
		r.UE() // cabac_init_idc
	}
	r.SE() // slice_qp_delta
	if kind == avcSP {
		r.Skip(1)
	}
	if kind == avcSP || kind == avcSI {
		r.SE()
	}
	if pps.deblocking && r.UE() != 1 {
		r.SE()
		r.SE()
	}
	if r.Short {
		return 0, malformed("a slice header is cut off")
	}
	return r.Taken(), nil
}

// skipAVCOrder leaves out the picture order count.
func skipAVCOrder(r *bitio.Reader, sps avcSequence, pps avcPicture, field bool) {
	switch {
	case sps.orderType == 0:
		r.Skip(sps.orderBits)
		if pps.bottomOrder && !field {
			r.SE()
		}
	case sps.orderType == 1 && !sps.deltaAlwaysZero:
		r.SE()
		if pps.bottomOrder && !field {
			r.SE()
		}
	}
}

// skipAVCLists leaves out ref_pic_list_modification (7.3.3.1).
func skipAVCLists(r *bitio.Reader, kind int) {
	lists := 0
	switch kind {
	case avcP, avcSP:
		lists = 1
	case avcB:
		lists = 2
	}
	for range lists {
		if !r.Flag() {
			continue
		}
		for r.UE() != 3 && !r.Short {
			r.UE()
		}
	}
}

// skipAVCWeights leaves out pred_weight_table (7.3.3.2).
func skipAVCWeights(r *bitio.Reader, refs [2]int, both, chroma bool) {
	r.UE()
	if chroma {
		r.UE()
	}
	lists := 1
	if both {
		lists = 2
	}
	for _, n := range refs[:lists] {
		for range n {
			if r.Flag() {
				r.SE()
				r.SE()
			}
			if chroma && r.Flag() {
				for range 4 {
					r.SE()
				}
			}
		}
	}
}

// skipAVCMarking leaves out dec_ref_pic_marking (7.3.3.3).
func skipAVCMarking(r *bitio.Reader, idr bool) {
	if idr {
		r.Skip(2)
		return
	}
	if !r.Flag() {
		return
	}
	for !r.Short {
		operation := r.UE()
		switch operation {
		case 0:
			return
		case 1, 2, 4, 6:
			r.UE()
		case 3:
			r.UE()
			r.UE()
		}
	}
}
