package bitstream

import (
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// Sample is what the start of a coded picture says.
type Sample struct {
	Known bool
	// Random tells whether decoding can begin here: IDR, or another picture of
	// random access of HEVC, or an AV1 key frame.
	Random bool
	// IDR tells whether nothing behind refers to anything before: H.264 and HEVC.
	IDR    bool
	Params *Video // of a parameter set in the sample; nil for none
}

// OfSample reads the first bytes of a sample in the clear; NAL units of cenc
// and cbcs have clear headers, too. Data may be cut off.
func OfSample(entry mp4.SampleEntry, data []byte) Sample {
	switch entry.Format {
	case "avc1", "avc3":
		return ofNALs(data, lengthSize(entry.Config, 4), false)
	case "hvc1", "hev1":
		return ofNALs(data, lengthSize(entry.Config, 21), true)
	case "av01":
		return ofOBUs(data)
	}
	return Sample{}
}

func lengthSize(config []byte, at int) int {
	if len(config) <= at {
		return 4
	}
	return int(config[at]&3) + 1
}

func ofNALs(data []byte, size int, hevc bool) Sample {
	var out Sample
	for len(data) > size+2 {
		length := 0
		for _, b := range data[:size] {
			length = length<<8 | int(b)
		}
		data = data[size:]
		nal := data[:min(length, len(data))]
		kind := nalType(nal, hevc)
		switch {
		case !hevc && kind == 7 && length <= len(data):
			out.Params, _ = parseAVC(nal)
		case hevc && kind == 33 && length <= len(data):
			out.Params, _ = parseHEVC(nal)
		case !hevc && kind >= 1 && kind <= 5:
			out.Known, out.IDR, out.Random = true, kind == 5, kind == 5
			return out
		case hevc && kind >= 0 && kind < 32: // 16 to 23: IRAP, of which 19 and 20 are IDR
			out.Known, out.Random, out.IDR = true, kind >= 16 && kind <= 23, kind == 19 || kind == 20
			return out
		}
		if length > len(data) {
			break
		}
		data = data[length:]
	}
	return out
}

// ofOBUs tells a key frame by the sequence header that goes before it in a sync
// sample (AV1 Codec ISO Media File Format Binding, 2.4).
func ofOBUs(data []byte) Sample {
	params, err := OfAV1(data)
	return Sample{Known: len(data) > 0, Random: err == nil, IDR: err == nil, Params: params}
}
