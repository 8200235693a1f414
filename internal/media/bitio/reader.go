// Package bitio reads syntax elements of coded streams bit by bit, most significant
// bit first: fixed numbers, and the Exp-Golomb codes of H.264, HEVC and AV1.
package bitio

// Reader reads syntax elements. After a read beyond the end all further ones give
// zero and Short is set, so that a parser checks once, at its end. It is for one
// goroutine.
type Reader struct {
	// Short tells that the data ended too early. Parsers set it where what they
	// read cannot be.
	Short bool

	data  []byte
	at    int   // bytes taken out of data
	left  int   // bits not yet read of current
	bits  uint8 // the byte that was taken last
	nal   bool  // leave out emulation prevention bytes
	zeros int
}

// New makes a reader.
func New(data []byte) *Reader { return &Reader{data: data} }

// NewNAL makes a reader of a NAL unit, after its header of that many bytes. It
// leaves out emulation prevention bytes (ISO/IEC 14496-10, 7.4.1).
func NewNAL(nal []byte, header int) *Reader {
	return &Reader{data: nal, at: min(header, len(nal)), nal: true}
}

// Taken is the number of bytes of which at least a bit was read, with emulation
// prevention bytes.
func (r *Reader) Taken() int { return r.at }

func (r *Reader) next() bool {
	if r.nal && r.zeros >= 2 && r.at < len(r.data) && r.data[r.at] == 3 {
		r.at++
		r.zeros = 0
	}
	if r.at >= len(r.data) {
		r.Short = true
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

// Bit reads one bit.
func (r *Reader) Bit() int {
	if r.Short || r.left == 0 && !r.next() {
		return 0
	}
	r.left--
	return int(r.bits>>r.left) & 1
}

// Flag reads one bit.
func (r *Reader) Flag() bool { return r.Bit() == 1 }

// U reads an unsigned number of n bits; of more than 63, the last ones.
func (r *Reader) U(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.Bit()
	}
	return v
}

// Skip leaves out n bits.
func (r *Reader) Skip(n int) {
	for ; n > 0 && !r.Short; n-- {
		r.Bit()
	}
}

// UE reads an Exp-Golomb number (ISO/IEC 14496-10, 9.1).
func (r *Reader) UE() int {
	n := 0
	for !r.Flag() {
		if n++; n > 32 || r.Short {
			r.Short = true
			return 0
		}
	}
	return 1<<n - 1 + r.U(n)
}

// SE reads a signed Exp-Golomb number.
func (r *Reader) SE() int {
	v := r.UE()
	if v&1 == 1 {
		return (v + 1) / 2
	}
	return -v / 2
}

// UpTo reads ue, which must be at most limit.
func (r *Reader) UpTo(limit int) int {
	v := r.UE()
	if v > limit {
		r.Short = true
		return 0
	}
	return v
}

// Align leaves out the rest of the byte.
func (r *Reader) Align() { r.left = 0 }
