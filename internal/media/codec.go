package media

// The codecs that are encoded, as profiles name them.
const (
	CodecH264 = "H264" // Rec. ITU-T H.264, High profile, 8 bit
	CodecHEVC = "HEVC" // Rec. ITU-T H.265, Main or Main 10 profile
	CodecAV1  = "AV1"  // AV1, Main profile, 8 or 10 bit
	CodecAAC  = "AAC"  // ISO/IEC 14496-3, AAC-LC
	CodecOpus = "OPUS" // RFC 6716
)

// The dynamic ranges of pictures, as HLS names them (VIDEO-RANGE of
// draft-pantos-hls-rfc8216bis, 4.4.6.2).
const (
	RangeSDR = "SDR"
	RangePQ  = "PQ"  // SMPTE ST 2084; HDR10 with its metadata
	RangeHLG = "HLG" // ARIB STD-B67
)

// VideoCodecs are the video codecs, the one that most players play first.
func VideoCodecs() []string { return []string{CodecH264, CodecHEVC, CodecAV1} }

// nameSuffix tells the renditions of a size apart by their codec.
func nameSuffix(codec string) string {
	switch codec {
	case CodecHEVC:
		return "_hevc"
	case CodecAV1:
		return "_av1"
	}
	return ""
}

// rateShare is the bit rate that a codec needs for what H.264 needs 1 for, as a
// cap: encoders keep below it wherever their quality target lets them.
func rateShare(codec string) float64 {
	switch codec {
	case CodecHEVC:
		return 0.65
	case CodecAV1:
		return 0.55
	}
	return 1
}

// leastSide is the shortest side in pixels that encoders of the codec take: x265
// wants a coding unit, SVT-AV1 a superblock.
func leastSide(codec string) int {
	switch codec {
	case CodecHEVC:
		return 16
	case CodecAV1:
		return 64
	}
	return 2
}

// Format is the bit depth and dynamic range of the renditions in one codec.
type Format struct {
	BitDepth   int
	VideoRange string
}

// PlanFormat decides on them. depth is the wish: 8, 10, or 0 for that of the
// source. keep tells whether high dynamic range may stay; it does in HEVC and
// AV1, and only in 10 bits (Rec. ITU-R BT.2100 knows no 8).
func PlanFormat(v VideoSource, codec string, depth int, keep bool) Format {
	f := Format{BitDepth: depth, VideoRange: RangeSDR}
	if f.BitDepth == 0 {
		f.BitDepth = 8
		if v.BitDepth > 8 {
			f.BitDepth = 10
		}
	}
	if codec == CodecH264 {
		f.BitDepth = 8
	}
	if _, can := KeepColour(v); can && keep && f.BitDepth == 10 {
		f.VideoRange = v.VideoRange()
	}
	return f
}

// VideoRange is the dynamic range of the source.
func (v VideoSource) VideoRange() string {
	switch v.Transfer {
	case "smpte2084":
		return RangePQ
	case "arib-std-b67":
		return RangeHLG
	}
	return RangeSDR
}
