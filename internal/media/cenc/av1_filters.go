package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// readFilters leaves out loop_filter_params, cdef_params and lr_params (5.9.11,
// 5.9.19, 5.9.20).
func (f *av1Frame) readFilters(r *bitio.Reader) {
	s := f.sequence
	if !f.lossless && !f.intraBC {
		f.skipLoopFilter(r)
		if s.cdef {
			r.Skip(2)
			each := 12
			if s.monochrome {
				each = 6
			}
			r.Skip(each << r.U(2))
		}
	}
	allLossless := f.lossless && f.width == f.upscaledWidth
	if !allLossless && !f.intraBC && s.restoration {
		f.skipRestoration(r)
	}
}

func (f *av1Frame) skipLoopFilter(r *bitio.Reader) {
	if levels := r.U(6 + 6); !f.sequence.monochrome && levels != 0 {
		r.Skip(12)
	}
	r.Skip(3)
	if enabled := r.Flag(); enabled && r.Flag() { // updated
		for range 8 + 2 {
			if r.Flag() {
				r.Skip(7)
			}
		}
	}
}

func (f *av1Frame) skipRestoration(r *bitio.Reader) {
	luma := r.U(2) != 0
	chroma := false
	if !f.sequence.monochrome {
		chroma = r.U(4) != 0
	}
	if !luma && !chroma {
		return
	}
	if r.Flag() && !f.sequence.superblock128 { // lr_unit_shift
		r.Skip(1)
	}
	if chroma && f.sequence.subX && f.sequence.subY {
		r.Skip(1)
	}
}

// readModes reads what stands between the filters and global motion.
func (f *av1Frame) readModes(r *bitio.Reader) {
	if !f.lossless {
		r.Skip(1) // tx_mode_select
	}
	if !f.intra() {
		f.selectRefs = r.Flag()
	}
	if f.skipModeAllowed() {
		r.Skip(1)
	}
	if !f.intra() && !f.resilient && f.sequence.warpedMotion {
		r.Skip(1)
	}
	r.Skip(1) // reduced_tx_set
}

// skipModeAllowed tells whether skip_mode_present is there: there are references
// on both sides of the frame, or two before it (5.9.22).
func (f *av1Frame) skipModeAllowed() bool {
	if f.intra() || !f.selectRefs || !f.sequence.orderHint {
		return false
	}
	const none = 1 << 30
	before, backward := -none, false
	for _, index := range f.refIndex {
		switch d := f.distance(f.refs[index].orderHint, f.orderHint); {
		case d < 0:
			before = max(before, d)
		case d > 0:
			backward = true
		}
	}
	if before == -none || backward {
		return before != -none
	}
	for _, index := range f.refIndex {
		if f.distance(f.refs[index].orderHint, f.orderHint+before) < 0 {
			return true
		}
	}
	return false
}

// distance is get_relative_dist (5.9.3): a - b, in the circle of order hints.
func (f *av1Frame) distance(a, b int) int {
	half := 1 << (f.sequence.orderBits - 1)
	d := a - b
	return d&(half-1) - d&half
}

// skipGlobalMotion leaves out global_motion_params (5.9.24).
func (f *av1Frame) skipGlobalMotion(r *bitio.Reader) {
	if f.intra() {
		return
	}
	const zoom, translation, affine = 12, 9, 12 // bits of their parameters
	for range av1References {
		if !r.Flag() { // is_global
			continue
		}
		switch {
		case r.Flag(): // rotation and zoom
			skipSubexp(r, zoom, 4)
		case r.Flag(): // translation alone
			bits := translation
			if !f.highPrecision {
				bits--
			}
			skipSubexp(r, bits, 2)
		default:
			skipSubexp(r, affine, 6)
		}
	}
}

// skipSubexp leaves out numbers of that many bits and a sign (5.9.27). The
// values that they are predicted from do not change how long they are.
func skipSubexp(r *bitio.Reader, bits, numbers int) {
	symbols := 2<<bits + 1
	for range numbers {
		for i, least := 0, 0; !r.Short; i++ {
			width := 3 + max(i-1, 0)
			if symbols <= least+3<<width {
				readNS(r, symbols-least)
				break
			}
			if !r.Flag() {
				r.Skip(width)
				break
			}
			least += 1 << width
		}
	}
}

// skipFilmGrain leaves out film_grain_params (5.9.30).
func (f *av1Frame) skipFilmGrain(r *bitio.Reader) {
	s := f.sequence
	if !s.filmGrain || !f.shown && !f.showable || !r.Flag() {
		return
	}
	r.Skip(16)
	if f.kind == av1Inter && !r.Flag() { // update_grain
		r.Skip(3)
		return
	}
	points := func() int {
		n := r.U(4)
		r.Skip(16 * n)
		return n
	}
	luma := points()
	fromLuma := !s.monochrome && r.Flag()
	var cb, cr int
	if !s.monochrome && !fromLuma && (!s.subX || !s.subY || luma > 0) {
		cb, cr = points(), points()
	}
	r.Skip(2)
	lag := r.U(2)
	coefficients := 2 * lag * (lag + 1)
	chroma := coefficients
	if luma > 0 {
		r.Skip(8 * coefficients)
		chroma++
	}
	for _, n := range [...]int{cb, cr} {
		if fromLuma || n > 0 {
			r.Skip(8 * chroma)
		}
	}
	r.Skip(4)
	for _, n := range [...]int{cb, cr} {
		if n > 0 {
			r.Skip(25)
		}
	}
	r.Skip(2)
}
