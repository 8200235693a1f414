package bitstream

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// parseHEVC reads seq_parameter_set_rbsp (Rec. ITU-T H.265, 7.3.2.2) of the
// base layer.
func parseHEVC(nal []byte) (*Video, error) {
	raw := unescape(nal)
	if len(raw) < 15 {
		return nil, ErrBroken
	}
	b := bitio.New(raw[2:])
	b.Skip(4)
	layers := b.U(3)
	b.Skip(1)
	out := &Video{Profile: raw[3:15]}
	b.Skip(96)
	b.SkipSublayers(layers)
	b.UE()
	chroma := b.UE()
	separate := chroma == 3 && b.Flag()
	width, height := b.UE(), b.UE()
	if b.Flag() { // conformance window, in units of chroma
		x, y := 1, 1
		if !separate && (chroma == 1 || chroma == 2) {
			x = 2
		}
		if !separate && chroma == 1 {
			y = 2
		}
		width -= x * (b.UE() + b.UE())
		height -= y * (b.UE() + b.UE())
	}
	out.Width, out.Height = width, height
	out.BitDepth = 8 + b.UE()
	b.UE()
	order := b.UE() + 4
	start := layers
	if b.Flag() {
		start = 0
	}
	for range layers - start + 1 {
		b.UE()
		b.UE()
		b.UE()
	}
	for range 6 {
		b.UE()
	}
	if lists := b.Flag(); lists && b.Flag() { // enabled, and present
		b.SkipScalingData()
	}
	b.Skip(2)
	if b.Flag() { // PCM
		b.Skip(8)
		b.UE()
		b.UE()
		b.Skip(1)
	}
	if !skipReferences(b, order) {
		return nil, ErrBroken
	}
	b.Skip(2)
	if b.Flag() {
		out.Colour = usability(b)
	}
	if b.Short || width <= 0 || height <= 0 {
		return nil, ErrBroken
	}
	return out, nil
}

// skipReferences passes over the short-term and long-term reference picture
// sets (7.3.7).
func skipReferences(b *bitio.Reader, orderBits int) bool {
	sets := b.UE()
	if sets > 64 {
		return false
	}
	deltas := 0 // of the set before
	for i := range sets {
		if i > 0 && b.Flag() {
			b.Skip(1)
			b.UE()
			kept := 0
			for range deltas + 1 {
				if used := b.Flag(); used || b.Flag() {
					kept++
				}
			}
			deltas = kept
			continue
		}
		negative, positive := b.UE(), b.UE()
		if negative > 16 || positive > 16 {
			return false
		}
		deltas = negative + positive
		for range deltas {
			b.UE()
			b.Skip(1)
		}
	}
	if b.Flag() {
		n := b.UE()
		if n > 32 {
			return false
		}
		b.Skip(n * (orderBits + 1))
	}
	return !b.Short
}
