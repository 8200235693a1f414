package mp4

import "encoding/binary"

// builder makes nested boxes in memory.
type builder struct{ data []byte }

func (b *builder) u8(v uint8)    { b.data = append(b.data, v) }
func (b *builder) u16(v uint16)  { b.data = binary.BigEndian.AppendUint16(b.data, v) }
func (b *builder) u32(v uint32)  { b.data = binary.BigEndian.AppendUint32(b.data, v) }
func (b *builder) u64(v uint64)  { b.data = binary.BigEndian.AppendUint64(b.data, v) }
func (b *builder) raw(v []byte)  { b.data = append(b.data, v...) }
func (b *builder) text(v string) { b.data = append(b.data, v...) }
func (b *builder) zeros(n int)   { b.data = append(b.data, make([]byte, n)...) }
func (b *builder) numbers(v ...uint32) {
	for _, n := range v {
		b.u32(n)
	}
}

// box writes a box around what fill writes.
func (b *builder) box(kind string, fill func()) {
	at := len(b.data)
	b.u32(0)
	b.text(kind)
	fill()
	binary.BigEndian.PutUint32(b.data[at:], uint32(len(b.data)-at))
}

// full is a box that begins with version and flags.
func (b *builder) full(kind string, version uint8, flags uint32, fill func()) {
	b.box(kind, func() {
		b.u32(uint32(version)<<24 | flags)
		fill()
	})
}
