package bitstream

// bits reads numbers of any width, most significant bit first, from an RBSP.
// After a read beyond the end short is set and all is 0.
type bits struct {
	data  []byte
	at    int
	short bool
}

// unescape takes the emulation prevention bytes out of a NAL unit (Rec. ITU-T
// H.264, 7.4.1).
func unescape(nal []byte) []byte {
	out := make([]byte, 0, len(nal))
	zeros := 0
	for _, b := range nal {
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, b)
	}
	return out
}

func (b *bits) u(n int) int {
	v := 0
	for range n {
		if b.at >= 8*len(b.data) {
			b.short = true
			return 0
		}
		v = v<<1 | int(b.data[b.at/8]>>(7-b.at%8))&1
		b.at++
	}
	return v
}

func (b *bits) flag() bool { return b.u(1) == 1 }

func (b *bits) skip(n int) {
	if b.at += n; b.at > 8*len(b.data) {
		b.short = true
	}
}

// ue reads an Exp-Golomb number.
func (b *bits) ue() int {
	zeros := 0
	for !b.flag() {
		if zeros++; b.short || zeros > 31 {
			b.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + b.u(zeros)
}

func (b *bits) se() int {
	v := b.ue()
	if v%2 == 0 {
		return -v / 2
	}
	return (v + 1) / 2
}
