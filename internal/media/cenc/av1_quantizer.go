package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// av1Features are the changes of the quantizer by segment; those of other kinds
// decide on nothing in the header.
type av1Features struct {
	enabled [8]bool
	deltaQ  [8]int
}

// readQuantizer reads quantization_params, segmentation_params, delta_q_params
// and delta_lf_params (5.9.12, 5.9.14, 5.9.17, 5.9.18), and works out whether
// the frame is lossless.
func (f *av1Frame) readQuantizer(r *bitio.Reader) {
	s := f.sequence
	f.baseQ = r.U(8)
	f.readDelta(r)
	if !s.monochrome {
		different := s.separateUVDelta && r.Flag()
		f.readDelta(r)
		f.readDelta(r)
		if different {
			f.readDelta(r)
			f.readDelta(r)
		}
	}
	if r.Flag() { // using_qmatrix
		r.Skip(8)
		if s.separateUVDelta {
			r.Skip(4)
		}
	}
	segmented := r.Flag()
	if segmented {
		f.readSegmentation(r)
	} else {
		f.features = av1Features{}
	}
	if f.baseQ > 0 && r.Flag() { // delta_q_present
		r.Skip(2)
		if !f.intraBC && r.Flag() {
			r.Skip(3)
		}
	}
	f.lossless = !f.deltas
	for i, enabled := range f.features.enabled {
		q := f.baseQ
		if enabled {
			q = min(max(q+f.features.deltaQ[i], 0), 255)
		}
		f.lossless = f.lossless && q == 0
	}
}

func (f *av1Frame) readDelta(r *bitio.Reader) {
	if r.Flag() && readSU(r, 7) != 0 {
		f.deltas = true
	}
}

// readSU reads a signed number of n bits (4.10.6).
func readSU(r *bitio.Reader, n int) int {
	v := r.U(n)
	if v>>(n-1) == 1 {
		v -= 1 << n
	}
	return v
}

func (f *av1Frame) readSegmentation(r *bitio.Reader) {
	update := true
	if f.primary != av1NoPrimary {
		if r.Flag() { // segmentation_update_map
			r.Skip(1)
		}
		update = r.Flag()
	}
	if !update {
		return
	}
	f.features = av1Features{}
	// Of each segment the quantizer, four loop filter levels, the reference
	// frame, and two features without value (6.10.9).
	for i := range f.features.enabled {
		for _, bits := range [...]int{9, 7, 7, 7, 7, 3, 0, 0} {
			if !r.Flag() {
				continue
			}
			if bits == 9 {
				f.features.enabled[i], f.features.deltaQ[i] = true, readSU(r, bits)
			} else {
				r.Skip(bits)
			}
		}
	}
}
