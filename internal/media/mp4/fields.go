package mp4

import "encoding/binary"

// fields reads big-endian numbers one after the other. After a read beyond the
// end all further ones give zero and short is set, so that a parser checks
// once, at its end.
type fields struct {
	data  []byte
	short bool
}

func (f *fields) bytes(n int) []byte {
	if n < 0 || n > len(f.data) {
		f.short, f.data = true, nil
		return make([]byte, min(max(n, 0), 16))
	}
	out := f.data[:n]
	f.data = f.data[n:]
	return out
}

func (f *fields) skip(n int) {
	if n > len(f.data) {
		f.short, f.data = true, nil
		return
	}
	f.data = f.data[n:]
}

func (f *fields) u8() uint8   { return f.bytes(1)[0] }
func (f *fields) u16() uint16 { return binary.BigEndian.Uint16(f.bytes(2)) }
func (f *fields) u32() uint32 { return binary.BigEndian.Uint32(f.bytes(4)) }
func (f *fields) u64() uint64 { return binary.BigEndian.Uint64(f.bytes(8)) }
func (f *fields) i32() int32  { return int32(f.u32()) }
func (f *fields) i64() int64  { return int64(f.u64()) }

// full reads the version and flags of a full box.
func (f *fields) full() (version uint8, flags uint32) {
	v := f.u32()
	return uint8(v >> 24), v & 0xffffff
}

// word reads 64 bits in version 1 of a box and 32 bits otherwise.
func (f *fields) word(version uint8) uint64 {
	if version == 1 {
		return f.u64()
	}
	return uint64(f.u32())
}

// count reads a number of entries of the given size in bytes, and holds it
// against what is there.
func (f *fields) count(entrySize int) int {
	n := f.u32()
	if uint64(n)*uint64(entrySize) > uint64(len(f.data)) {
		f.short, f.data = true, nil
		return 0
	}
	return int(n)
}
