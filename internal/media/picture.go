package media

import "math"

// Size is a picture size in square pixels.
type Size struct{ Width, Height int }

// Short is the shorter side.
func (s Size) Short() int { return min(s.Width, s.Height) }

// Long is the longer side.
func (s Size) Long() int { return max(s.Width, s.Height) }

// Area is the number of pixels.
func (s Size) Area() int { return s.Width * s.Height }

// maxAspect bounds the display aspect ratio that a sample aspect ratio may lead
// to. Beyond it the ratio is an error of the file and is left out.
const maxAspect = 20

// maxLong is the longest side that is put out: the widest picture that H.264
// decoders in browsers and phones take.
const maxLong = 4096

// DisplaySize is how large the source is shown: with the sample aspect ratio
// applied to the width and the rotation applied. Sides are at least 1.
func DisplaySize(v VideoSource) Size {
	width, height := float64(max(v.Width, 1)), float64(max(v.Height, 1))
	if v.SAR.Valid() {
		stretched := width * v.SAR.Float()
		if aspect := stretched / height; aspect <= maxAspect && aspect >= 1.0/maxAspect {
			width = stretched
		}
	}
	s := Size{max(int(math.Round(width)), 1), max(int(math.Round(height)), 1)}
	if quarterTurn(v.Rotation) {
		s.Width, s.Height = s.Height, s.Width
	}
	return s
}

// quarterTurn tells whether a rotation swaps width and height. ffmpeg turns
// by other angles than 90, 180 and 270 degrees within the picture as it is.
func quarterTurn(degrees float64) bool {
	turn := math.Mod(math.Abs(degrees), 180)
	return math.Abs(turn-90) < 1
}

// fit scales a display size down so that its short side is at most short and
// its long side at most maxLong. Sides are even and at least 2; neither is
// larger than the source's, unless that is 1.
func fit(display Size, short int) Size {
	scale := math.Min(1, float64(short)/float64(display.Short()))
	scale = math.Min(scale, maxLong/float64(display.Long()))
	return Size{even(display.Width, scale), even(display.Height, scale)}
}

// even is the even number next to side*scale that is not above side.
func even(side int, scale float64) int {
	n := 2 * int(math.Round(float64(side)*scale/2))
	return max(min(n, side/2*2), 2)
}

// posterSize is the size of the poster image: that of the display, at most
// 1280 wide.
func posterSize(display Size) Size {
	scale := math.Min(1, 1280/float64(display.Width))
	scale = math.Min(scale, maxLong/float64(display.Long()))
	return Size{even(display.Width, scale), even(display.Height, scale)}
}
