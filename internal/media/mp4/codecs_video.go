package mp4

import (
	"fmt"
	"math/bits"
	"strings"
)

// parseAVC gives avc1.PPCCLL of RFC 6381, 3.3: profile, constraint flags and
// level as they stand in AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3).
func (e *SampleEntry) parseAVC(avcC []byte) error {
	if len(avcC) < 4 {
		return malformed("avcC is cut off")
	}
	e.Config = avcC
	e.Codecs = fmt.Sprintf("%s.%02x%02x%02x", e.Format, avcC[1], avcC[2], avcC[3])
	e.BitDepth = 8
	switch profile := avcC[1]; profile {
	case 100, 110, 122, 144:
		if depth := avcDepth(avcC); depth > 0 {
			e.BitDepth = depth
		}
	}
	return nil
}

// avcDepth reads bit_depth_luma_minus8, which stands behind the parameter sets
// in the record of the High profiles; 0 where a writer left it out.
func avcDepth(avcC []byte) int {
	f := &fields{data: avcC}
	f.skip(5)
	for range f.u8() & 31 {
		f.skip(int(f.u16()))
	}
	for range f.u8() {
		f.skip(int(f.u16()))
	}
	f.skip(1)
	depth := int(f.u8()&7) + 8
	if f.short {
		return 0
	}
	return depth
}

// parseHEVC follows ISO/IEC 14496-15, annex E.3: profile space and number,
// compatibility flags in reverse bit order, tier and level, constraint bytes
// without trailing zeros.
func (e *SampleEntry) parseHEVC(hvcC []byte) error {
	f := &fields{data: hvcC}
	f.skip(1)
	profile := f.u8()
	compatibility := f.u32()
	constraints := f.bytes(6)
	level := f.u8()
	f.skip(4)
	depth := int(f.u8()&7) + 8
	if f.short {
		return malformed("hvcC is cut off")
	}
	var b strings.Builder
	b.WriteString(e.Format + ".")
	if space := profile >> 6; space > 0 {
		b.WriteByte('A' + space - 1)
	}
	tier := "L"
	if profile&0x20 != 0 {
		tier = "H"
	}
	fmt.Fprintf(&b, "%d.%X.%s%d", profile&0x1f, bits.Reverse32(compatibility), tier, level)
	for len(constraints) > 0 && constraints[len(constraints)-1] == 0 {
		constraints = constraints[:len(constraints)-1]
	}
	for _, c := range constraints {
		fmt.Fprintf(&b, ".%X", c)
	}
	e.Config, e.Codecs, e.BitDepth = hvcC, b.String(), depth
	return nil
}

// parseAV1 follows AV1 Codec ISO Media File Format Binding, 2.3.3 and 5:
// profile, level and tier, bit depth. The optional rest of the string stands
// only where it says something else than its defaults, which are BT.709 in
// limited range and 4:2:0.
func (e *SampleEntry) parseAV1(av1C []byte) error {
	if len(av1C) < 4 {
		return malformed("av1C is cut off")
	}
	profile, level, flags := av1C[1]>>5, av1C[1]&31, av1C[2]
	tier := "M"
	if flags&0x80 != 0 {
		tier = "H"
	}
	e.Config, e.BitDepth = av1C, 8
	switch {
	case profile == 2 && flags&0x60 == 0x60:
		e.BitDepth = 12
	case flags&0x40 != 0:
		e.BitDepth = 10
	}
	e.Codecs = fmt.Sprintf("%s.%d.%02d%s.%02d", e.Format, profile, level, tier, e.BitDepth)
	colour := e.Colour
	if h, err := ParseAV1Sequence(av1C[4:]); err == nil && h.Colour != (Colour{}) {
		colour = h.Colour
	}
	mono, subsampling := flags>>4&1, [3]byte{flags >> 3 & 1, flags >> 2 & 1, 0}
	if subsampling[0] == 1 && subsampling[1] == 1 {
		subsampling[2] = flags & 3
	}
	if mono == 0 && subsampling[0] == 1 && subsampling[1] == 1 && colour.usual() {
		return nil
	}
	full := 0
	if colour.FullRange {
		full = 1
	}
	e.Codecs += fmt.Sprintf(".%d.%d%d%d.%02d.%02d.%02d.%d", mono, subsampling[0], subsampling[1], subsampling[2],
		pointOr1(colour.Primaries), pointOr1(colour.Transfer), pointOr1(colour.Matrix), full)
	return nil
}

// usual tells whether the colour is that of a codecs string without colour, or
// not known (2: unspecified).
func (c Colour) usual() bool {
	return pointOr1(c.Primaries) == 1 && pointOr1(c.Transfer) == 1 && pointOr1(c.Matrix) == 1 && !c.FullRange
}

// pointOr1 is a code point of colour, 1 (BT.709) where it is not known.
func pointOr1(point int) int {
	if point == 0 || point == 2 {
		return 1
	}
	return point
}
