package cenc

// bitReader reads syntax elements, most significant bit first. After a read
// beyond the end all further ones give zero and short is set, so that a parser
// checks once, at its end.
type bitReader struct {
	data  []byte
	at    int   // bytes taken out of data
	left  int   // bits not yet read of current
	bits  uint8 // the byte that was taken last
	nal   bool  // leave out emulation prevention bytes (ISO/IEC 14496-10, 7.4.1)
	zeros int
	short bool
}

// nalReader reads a NAL unit after its header of that size.
func nalReader(nal []byte, header int) *bitReader {
	return &bitReader{data: nal, at: min(header, len(nal)), nal: true}
}

func (r *bitReader) next() bool {
	if r.nal && r.zeros >= 2 && r.at < len(r.data) && r.data[r.at] == 3 {
		r.at++
		r.zeros = 0
	}
	if r.at >= len(r.data) {
		r.short = true
		return false
	}
	r.bits, r.left = r.data[r.at], 8
	r.at++
	if r.bits == 0 {
		r.zeros++
	} else {
		r.zeros = 0
	}
	return true
}

func (r *bitReader) bit() int {
	if r.short || r.left == 0 && !r.next() {
		return 0
	}
	r.left--
	return int(r.bits>>r.left) & 1
}

func (r *bitReader) flag() bool { return r.bit() == 1 }

// u reads an unsigned number of n bits, at most 32.
func (r *bitReader) u(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// skip leaves out n bits.
func (r *bitReader) skip(n int) {
	for ; n > 0 && !r.short; n-- {
		r.bit()
	}
}

// ue reads an Exp-Golomb number (ISO/IEC 14496-10, 9.1).
func (r *bitReader) ue() int {
	n := 0
	for !r.flag() {
		if n++; n > 32 || r.short {
			r.short = true
			return 0
		}
	}
	return 1<<n - 1 + r.u(n)
}

// se reads a signed Exp-Golomb number.
func (r *bitReader) se() int {
	v := r.ue()
	if v&1 == 1 {
		return (v + 1) / 2
	}
	return -v / 2
}

// upTo reads ue, which must be at most limit.
func (r *bitReader) upTo(limit int) int {
	v := r.ue()
	if v > limit {
		r.short = true
		return 0
	}
	return v
}

// align leaves out the rest of the byte.
func (r *bitReader) align() { r.left = 0 }

// log2 is how many bits numbers below n need: Ceil(Log2(n)).
func log2(n int) int {
	bits := 0
	for 1<<bits < n {
		bits++
	}
	return bits
}
