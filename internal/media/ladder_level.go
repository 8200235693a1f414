package media

import "math"

// RefFrames is the highest number of reference frames that renditions may use;
// their levels allow for it.
const RefFrames = 4

// BufferSeconds is how many seconds of the capped bit rate the encoder's rate
// control may even out.
const BufferSeconds = 2

// levelOf is the lowest level of the codec that the rendition keeps to.
func levelOf(codec string, size Size, rate Rational, kbit int) string {
	switch codec {
	case CodecHEVC:
		return hevcLevel(size, rate, kbit)
	case CodecAV1:
		return av1Level(size, rate, kbit)
	}
	return h264Level(size, rate, kbit)
}

// h264Level is the lowest level of the High profile that the rendition keeps
// to: ITU-T H.264 table A-1, with bit rates and buffer sizes of the High profile.
// The encoder's buffer holds [BufferSeconds] of the rendition's bit rate.
func h264Level(size Size, rate Rational, kbit int) string {
	wide, high := (size.Width+15)/16, (size.Height+15)/16
	frame := wide * high
	perSecond := float64(frame) * rate.Float()
	for _, l := range h264Levels() {
		// A.3.1 f and g: neither side may be longer than the root of 8 x MaxFS.
		side := math.Sqrt(8 * float64(l.frame))
		if perSecond <= float64(l.perSecond) && frame <= l.frame && frame*RefFrames <= l.buffer && kbit <= l.kbit && kbit*BufferSeconds <= l.coded &&
			float64(wide) <= side && float64(high) <= side {
			return l.name
		}
	}
	return "6.2"
}

type h264LevelLimit struct {
	name      string
	perSecond int // macroblocks per second
	frame     int // macroblocks per frame
	buffer    int // macroblocks in the decoded picture buffer
	kbit      int // bit rate
	coded     int // kbit in the coded picture buffer
}

func h264Levels() []h264LevelLimit {
	return []h264LevelLimit{
		{"1.1", 3000, 396, 900, 240, 625},
		{"1.2", 6000, 396, 2376, 480, 1250},
		{"1.3", 11880, 396, 2376, 960, 2500},
		{"2.0", 11880, 396, 2376, 2500, 2500},
		{"2.1", 19800, 792, 4752, 5000, 5000},
		{"2.2", 20250, 1620, 8100, 5000, 5000},
		{"3.0", 40500, 1620, 8100, 12500, 12500},
		{"3.1", 108000, 3600, 18000, 17500, 17500},
		{"3.2", 216000, 5120, 20480, 25000, 25000},
		{"4.0", 245760, 8192, 32768, 25000, 31250},
		{"4.1", 245760, 8192, 32768, 62500, 78125},
		{"4.2", 522240, 8704, 34816, 62500, 78125},
		{"5.0", 589824, 22080, 110400, 168750, 168750},
		{"5.1", 983040, 36864, 184320, 300000, 300000},
		{"5.2", 2073600, 36864, 184320, 300000, 300000},
	}
}
