package media

import (
	"math"
	"slices"
	"strconv"
)

// DefaultSegment is the distance of keyframes in seconds where none is asked
// for.
const DefaultSegment = 4

// Rung is a wanted step of the ladder.
type Rung struct {
	Short   int // short side of the picture in pixels
	Bitrate int // cap in kbit/s at up to 30 frames per second; 0: by picture size
}

// DefaultRungs are the rungs of a profile that names none.
func DefaultRungs() []Rung {
	return []Rung{{Short: 1080}, {Short: 720}, {Short: 480}, {Short: 360}, {Short: 240}}
}

// Rendition is one picture size of the output.
type Rendition struct {
	Name string // such as "720p", unique within a ladder
	Size
	Bitrate int    // cap in kbit/s
	Level   string // of H.264, such as "3.1"
}

// Ladder says how the video of a source is encoded.
type Ladder struct {
	Rate       Rational // constant, the same in all renditions
	GOP        int      // distance of keyframes in frames, the same in all renditions
	Renditions []Rendition
	Poster     Size
}

// ownMargin is how much larger than the best rung a source must be, in the
// length of its sides, for a rendition of its own size to be added.
const ownMargin = 1.1

// PlanLadder decides on the renditions of a source: the rungs that are not
// larger than it is shown, largest first. A source that lies between two rungs
// gets a rendition of its own size on top, and so does one that is smaller than
// all of them. segment is the wanted distance of keyframes in seconds.
func PlanLadder(v VideoSource, rungs []Rung, segment float64) Ladder {
	display := DisplaySize(v)
	rate := OutputRate(v)
	l := Ladder{Rate: rate, GOP: max(int(math.Round(segment*rate.Float())), 1), Poster: posterSize(display)}
	for _, rung := range withOwn(display, rungs) {
		size := fit(display, rung.Short)
		if n := len(l.Renditions); n > 0 && l.Renditions[n-1].Short() <= size.Short() {
			continue // bounded by the longest side
		}
		bitrate := rung.Bitrate
		if bitrate == 0 {
			bitrate = bitrateFor(size)
		}
		bitrate = int(math.Round(float64(bitrate) * rateFactor(rate)))
		l.Renditions = append(l.Renditions, Rendition{
			Name: strconv.Itoa(size.Short()) + "p", Size: size,
			Bitrate: bitrate, Level: h264Level(size, rate, bitrate),
		})
	}
	return l
}

// withOwn gives the rungs for a source of this size, largest first.
func withOwn(display Size, rungs []Rung) []Rung {
	sorted := slices.SortedFunc(slices.Values(rungs), func(a, b Rung) int { return b.Short - a.Short })
	fitting := slices.DeleteFunc(slices.Clone(sorted), func(r Rung) bool { return r.Short > display.Short() })
	own := Rung{Short: display.Short()}
	switch {
	case len(fitting) == 0:
		return []Rung{own}
	case len(fitting) < len(sorted) && float64(own.Short) >= ownMargin*float64(fitting[0].Short):
		return append([]Rung{own}, fitting...)
	}
	return fitting
}

// bitrateFor is the default cap in kbit/s: 6000 for 1920x1080, and per pixel
// more the smaller the picture, as the details in it grow denser (3540 for
// 1280x720, 850 for 426x240). Most material stays far below.
func bitrateFor(s Size) int {
	kbit := 6000 * math.Pow(float64(s.Area())/(1920*1080), 0.65)
	return max(int(math.Round(kbit/10))*10, 60)
}

// rateFactor raises bit rates for frame rates above 30: by half at 60, as
// frames that lie closer together differ less.
func rateFactor(rate Rational) float64 {
	return 1 + math.Max(rate.Float()-30, 0)/60
}
