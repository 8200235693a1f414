package bitstream

import (
	"encoding/binary"
	"errors"

	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// ErrBroken is wrapped by errors about parameter sets that cannot be read.
var ErrBroken = errors.New("broken parameter set")

// Video is what a sequence parameter set or a sequence header says.
type Video struct {
	// Profile holds the bytes that the codecs string repeats: profile_idc,
	// constraints and level_idc of H.264; the twelve bytes of
	// profile_tier_level of HEVC; profile, level and tier of AV1.
	Profile       []byte
	Width, Height int // of the picture, cropped
	BitDepth      int
	Colour        mp4.Colour // zero where it is not described
}

// Of reads the parameters of a sample entry from its configuration, nil where
// the format is not known.
func Of(entry mp4.SampleEntry) (*Video, error) {
	switch entry.Format {
	case "avc1", "avc3":
		return fromSets(avcSets(entry.Config), 7, parseAVC)
	case "hvc1", "hev1":
		return fromSets(hevcSets(entry.Config), 33, parseHEVC)
	case "av01":
		if len(entry.Config) < 4 {
			return nil, ErrBroken
		}
		return OfAV1(entry.Config[4:])
	}
	return nil, nil //nolint:nilnil // There is nothing to read.
}

// OfAV1 reads the sequence header among OBUs.
func OfAV1(obus []byte) (*Video, error) {
	s, err := mp4.ParseAV1Sequence(obus)
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	return &Video{
		Profile: []byte{byte(s.Profile), byte(s.Level), byte(s.Tier)}, Width: s.Width, Height: s.Height,
		BitDepth: s.BitDepth, Colour: s.Colour,
	}, nil
}

// fromSets parses the first set of that NAL unit type.
func fromSets(sets [][]byte, kind int, parse func([]byte) (*Video, error)) (*Video, error) {
	for _, nal := range sets {
		if nalType(nal, kind > 31) == kind {
			return parse(nal)
		}
	}
	return nil, errors.Join(ErrBroken, errors.New("there is no sequence parameter set"))
}

// nalType is the type of a NAL unit, whose header has two bytes in HEVC.
func nalType(nal []byte, hevc bool) int {
	switch {
	case len(nal) < 2:
		return -1
	case hevc:
		return int(nal[0]>>1) & 63
	}
	return int(nal[0]) & 31
}

// avcSets lists the sequence parameter sets of avcC (ISO/IEC 14496-15, 5.3.3).
func avcSets(avcC []byte) [][]byte {
	if len(avcC) < 6 {
		return nil
	}
	return sized(avcC[6:], int(avcC[5]&31))
}

// hevcSets lists all parameter sets of hvcC (ISO/IEC 14496-15, 8.3.3).
func hevcSets(hvcC []byte) [][]byte {
	if len(hvcC) < 23 {
		return nil
	}
	var out [][]byte
	data := hvcC[23:]
	for range hvcC[22] {
		if len(data) < 3 {
			break
		}
		n := int(binary.BigEndian.Uint16(data[1:]))
		sets := sized(data[3:], n)
		out = append(out, sets...)
		data = data[3:]
		for _, s := range sets {
			data = data[2+len(s):]
		}
	}
	return out
}

// sized splits off n units with two bytes of size before each.
func sized(data []byte, n int) [][]byte {
	var out [][]byte
	for range n {
		if len(data) < 2 {
			break
		}
		size := int(binary.BigEndian.Uint16(data))
		if size > len(data)-2 {
			break
		}
		out = append(out, data[2:2+size])
		data = data[2+size:]
	}
	return out
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
