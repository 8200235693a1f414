package media

import "math"

// hevcLevel is the lowest level of the Main tier that the rendition keeps to:
// ITU-T H.265 tables A.8 and A.9. The encoder's buffer holds [BufferSeconds] of
// the rendition's bit rate.
func hevcLevel(size Size, rate Rational, kbit int) string {
	perSecond := float64(size.Area()) * rate.Float()
	for _, l := range hevcLevels() {
		// A.4.1: neither side may be longer than the root of 8 x MaxLumaPs.
		if size.Area() <= l.frame && float64(size.Long()) <= math.Sqrt(8*float64(l.frame)) &&
			perSecond <= float64(l.perSecond) && kbit <= l.kbit && kbit*BufferSeconds <= l.coded {
			return l.name
		}
	}
	return "6.2"
}

type hevcLevelLimit struct {
	name      string
	frame     int // luma samples per picture
	perSecond int // luma samples per second
	kbit      int // bit rate
	coded     int // kbit in the coded picture buffer
}

func hevcLevels() []hevcLevelLimit {
	return []hevcLevelLimit{
		{"1.0", 36864, 552960, 128, 350},
		{"2.0", 122880, 3686400, 1500, 1500},
		{"2.1", 245760, 7372800, 3000, 3000},
		{"3.0", 552960, 16588800, 6000, 6000},
		{"3.1", 983040, 33177600, 10000, 10000},
		{"4.0", 2228224, 66846720, 12000, 12000},
		{"4.1", 2228224, 133693440, 20000, 20000},
		{"5.0", 8912896, 267386880, 25000, 25000},
		{"5.1", 8912896, 534773760, 40000, 40000},
		{"5.2", 8912896, 1069547520, 60000, 60000},
		{"6.0", 35651584, 1069547520, 60000, 60000},
		{"6.1", 35651584, 2139095040, 120000, 120000},
	}
}

// av1Level is the lowest level of the Main tier that the rendition keeps to: AV1
// bitstream specification, section A.3.
func av1Level(size Size, rate Rational, kbit int) string {
	perSecond := float64(size.Area()) * rate.Float()
	for _, l := range av1Levels() {
		if size.Area() <= l.frame && size.Width <= l.width && size.Height <= l.height &&
			perSecond <= float64(l.perSecond) && kbit <= l.kbit {
			return l.name
		}
	}
	return "6.3"
}

type av1LevelLimit struct {
	name          string
	frame         int // luma samples per picture
	width, height int
	perSecond     int // luma samples shown per second
	kbit          int // bit rate
}

func av1Levels() []av1LevelLimit {
	return []av1LevelLimit{
		{"2.0", 147456, 2048, 1152, 4423680, 1500},
		{"2.1", 278784, 2816, 1584, 8363520, 3000},
		{"3.0", 665856, 4352, 2448, 19975680, 6000},
		{"3.1", 1065024, 5504, 3096, 31950720, 10000},
		{"4.0", 2359296, 6144, 3456, 70778880, 12000},
		{"4.1", 2359296, 6144, 3456, 141557760, 20000},
		{"5.0", 8912896, 8192, 4352, 267386880, 30000},
		{"5.1", 8912896, 8192, 4352, 534773760, 40000},
		{"5.2", 8912896, 8192, 4352, 1069547520, 60000},
		{"6.0", 35651584, 16384, 8704, 1069547520, 60000},
		{"6.1", 35651584, 16384, 8704, 2139095040, 100000},
	}
}
