package mp4

import "github.com/via-orchestrate/orchestrate/internal/media/cenc"

// CommonPSSH is the pssh box that is of no DRM system but lists key ids, as W3C's
// "cenc" Initialization Data Format (3) has it: browsers with clear keys read it.
func CommonPSSH(kid cenc.KeyID) []byte {
	systemID := [cenc.KeySize]byte{0x10, 0x77, 0xef, 0xec, 0xc0, 0xb2, 0x4d, 0x02, 0xac, 0xe3, 0x3c, 0x1e, 0x52, 0xe2, 0xfb, 0x4b}
	b := &builder{}
	b.full("pssh", 1, 0, func() {
		b.raw(systemID[:])
		b.u32(1)
		b.raw(kid[:])
		b.u32(0) // no data
	})
	return b.data
}
