package mp4

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// AV1Sequence is what the sequence header of an AV1 stream says.
type AV1Sequence struct {
	Profile, Level, Tier int
	Width, Height        int // largest of any frame
	BitDepth             int
	Colour               Colour // zero where it is not described
}

// obuSequenceHeader is OBU_SEQUENCE_HEADER (AV1 Bitstream & Decoding Process
// Specification, 6.2.2).
const obuSequenceHeader = 1

// ParseAV1Sequence finds the sequence header among the OBUs, which are those of
// av1C behind its first four bytes or of a sample, and reads it.
func ParseAV1Sequence(obus []byte) (AV1Sequence, error) {
	f := &fields{data: obus}
	for len(f.data) > 0 {
		head := f.u8()
		if head&4 != 0 { // extension
			f.skip(1)
		}
		size := len(f.data)
		if head&2 != 0 {
			size = f.leb128()
		}
		payload := f.bytes(size)
		if f.short {
			break
		}
		if head>>3&15 == obuSequenceHeader {
			return parseSequence(payload)
		}
	}
	return AV1Sequence{}, malformed("there is no AV1 sequence header")
}

// leb128 reads a number of at most 32 bits (AV1, 4.10.5).
func (f *fields) leb128() int {
	v := 0
	for i := range 5 {
		b := f.u8()
		v |= int(b&0x7f) << (7 * i)
		if b&0x80 == 0 {
			return v
		}
	}
	f.short = true
	return 0
}

// parseSequence reads sequence_header_obu (AV1, 5.5.1).
func parseSequence(data []byte) (AV1Sequence, error) {
	b := bitio.New(data)
	s := AV1Sequence{Profile: b.U(3)}
	b.U(1)
	reduced := b.U(1) == 1
	if reduced {
		s.Level = b.U(5)
	} else {
		s.operatingPoints(b)
	}
	wide, high := b.U(4)+1, b.U(4)+1
	s.Width, s.Height = b.U(wide)+1, b.U(high)+1
	if !reduced && b.U(1) == 1 { // frame ids
		b.U(7)
	}
	b.U(3)
	if !reduced {
		skipTools(b)
	}
	b.U(3)
	s.colour(b)
	if b.Short {
		return AV1Sequence{}, malformed("the AV1 sequence header is cut off")
	}
	return s, nil
}

// operatingPoints reads timing, decoder model and operating points, of which
// the first one has the level of the whole stream.
func (s *AV1Sequence) operatingPoints(b *bitio.Reader) {
	model, delayBits := false, 0
	if b.U(1) == 1 { // timing_info
		b.U(64)
		if b.U(1) == 1 {
			b.UE()
		}
		if model = b.U(1) == 1; model {
			delayBits = b.U(5) + 1
			b.U(32 + 5 + 5)
		}
	}
	display := b.U(1) == 1
	for i := range b.U(5) + 1 {
		b.U(12)
		level, tier := b.U(5), 0
		if level > 7 {
			tier = b.U(1)
		}
		if i == 0 {
			s.Level, s.Tier = level, tier
		}
		if model && b.U(1) == 1 {
			b.U(2*delayBits + 1)
		}
		if display && b.U(1) == 1 {
			b.U(4)
		}
	}
}

// skipTools passes over the coding tools of a sequence that is no still picture.
func skipTools(b *bitio.Reader) {
	b.U(4)
	order := b.U(1) == 1
	if order {
		b.U(2)
	}
	screen := 2
	if b.U(1) == 0 {
		screen = b.U(1)
	}
	if screen > 0 && b.U(1) == 0 {
		b.U(1)
	}
	if order {
		b.U(3)
	}
}

// colour reads color_config as far as the range (AV1, 5.5.2).
func (s *AV1Sequence) colour(b *bitio.Reader) {
	s.BitDepth = 8 + 2*b.U(1)
	if s.Profile == 2 && s.BitDepth == 10 {
		s.BitDepth += 2 * b.U(1)
	}
	if s.Profile != 1 {
		b.U(1) // mono_chrome
	}
	described := b.U(1) == 1
	c := Colour{Primaries: 2, Transfer: 2, Matrix: 2}
	if described {
		c = Colour{Primaries: b.U(8), Transfer: b.U(8), Matrix: b.U(8)}
	}
	if c == (Colour{Primaries: 1, Transfer: 13, Matrix: 0}) { // sRGB
		c.FullRange = true
	} else {
		c.FullRange = b.U(1) == 1
	}
	if described || c.FullRange {
		s.Colour = c
	}
}
