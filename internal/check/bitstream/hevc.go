package bitstream

// parseHEVC reads seq_parameter_set_rbsp (Rec. ITU-T H.265, 7.3.2.2) of the
// base layer.
func parseHEVC(nal []byte) (*Video, error) {
	raw := unescape(nal)
	if len(raw) < 15 {
		return nil, ErrBroken
	}
	b := &bits{data: raw, at: 16 + 4}
	layers := b.u(3)
	b.skip(1)
	out := &Video{Profile: raw[3:15]}
	b.skip(96)
	skipSublayers(b, layers)
	b.ue()
	chroma := b.ue()
	separate := chroma == 3 && b.flag()
	width, height := b.ue(), b.ue()
	if b.flag() { // conformance window, in units of chroma
		x, y := 1, 1
		if !separate && (chroma == 1 || chroma == 2) {
			x = 2
		}
		if !separate && chroma == 1 {
			y = 2
		}
		width -= x * (b.ue() + b.ue())
		height -= y * (b.ue() + b.ue())
	}
	out.Width, out.Height = width, height
	out.BitDepth = 8 + b.ue()
	b.ue()
	order := b.ue() + 4
	start := layers
	if b.flag() {
		start = 0
	}
	for range layers - start + 1 {
		b.ue()
		b.ue()
		b.ue()
	}
	for range 6 {
		b.ue()
	}
	if lists := b.flag(); lists && b.flag() { // enabled, and present
		scalingData(b)
	}
	b.skip(2)
	if b.flag() { // PCM
		b.skip(8)
		b.ue()
		b.ue()
		b.skip(1)
	}
	if !skipReferences(b, order) {
		return nil, ErrBroken
	}
	b.skip(2)
	if b.flag() {
		out.Colour = usability(b)
	}
	if b.short || width <= 0 || height <= 0 {
		return nil, ErrBroken
	}
	return out, nil
}

// skipSublayers passes over the rest of profile_tier_level (7.3.3).
func skipSublayers(b *bits, layers int) {
	var profile, level [8]bool
	for i := range layers {
		profile[i], level[i] = b.flag(), b.flag()
	}
	if layers > 0 {
		b.skip(2 * (8 - layers))
	}
	for i := range layers {
		if profile[i] {
			b.skip(88)
		}
		if level[i] {
			b.skip(8)
		}
	}
}

// scalingData passes over scaling_list_data (7.3.4).
func scalingData(b *bits) {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for matrix := 0; matrix < 6; matrix += step {
			if !b.flag() {
				b.ue()
				continue
			}
			if size > 1 {
				b.se()
			}
			for range min(64, 1<<(4+2*size)) {
				b.se()
			}
		}
	}
}

// skipReferences passes over the short-term and long-term reference picture
// sets (7.3.7).
func skipReferences(b *bits, orderBits int) bool {
	sets := b.ue()
	if sets > 64 {
		return false
	}
	deltas := 0 // of the set before
	for i := range sets {
		if i > 0 && b.flag() {
			b.skip(1)
			b.ue()
			kept := 0
			for range deltas + 1 {
				if used := b.flag(); used || b.flag() {
					kept++
				}
			}
			deltas = kept
			continue
		}
		negative, positive := b.ue(), b.ue()
		if negative > 16 || positive > 16 {
			return false
		}
		deltas = negative + positive
		for range deltas {
			b.ue()
			b.skip(1)
		}
	}
	if b.flag() {
		n := b.ue()
		if n > 32 {
			return false
		}
		b.skip(n * (orderBits + 1))
	}
	return !b.short
}
