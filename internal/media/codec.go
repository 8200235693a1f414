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
