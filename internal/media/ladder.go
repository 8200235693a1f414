package media

import (
	"math"
	"slices"
	"strconv"
)

// DefaultSegment is the distance of keyframes in seconds where none is asked
// for.
const DefaultSegment = 4

// Rung is a wanted step of the ladder in one codec.
type Rung struct {
	Short   int    // short side of the picture in pixels
	Codec   string // CodecH264, CodecHEVC or CodecAV1; "": CodecH264
	Bitrate int    // cap in kbit/s at up to 30 frames per second; 0: by picture size
	// Exact tells that Bitrate is meant for this codec. Otherwise it is that of
	// H.264, of which the others get their share.
	Exact bool
}

// DefaultRungs are the rungs of a profile that names none.
func DefaultRungs() []Rung {
	return []Rung{{Short: 1080}, {Short: 720}, {Short: 480}, {Short: 360}, {Short: 240}}
}

// Rendition is one picture size of the output in one codec.
type Rendition struct {
	Name string // such as "720p" or "720p_hevc", unique within a ladder
	Size
	Codec   string
	Bitrate int    // cap in kbit/s
	Level   string // of the codec, such as "3.1"

	BitDepth   int    // 8 or 10
	VideoRange string // RangeSDR, RangePQ or RangeHLG
	Encoder    string // ffmpeg's name, such as "libx264"
	Copy       bool   // the source's own stream is taken as it is
}

// Ladder says how the video of a source is encoded.
type Ladder struct {
	Rate       Rational    // constant, the same in all renditions
	GOP        int         // distance of keyframes in frames, the same in all renditions
	Renditions []Rendition // largest first; of one size first that in H.264, then HEVC, then AV1
	Poster     Size
}

// ownMargin is how much larger than the best rung a source must be, in the
// length of its sides, for a rendition of its own size to be added.
const ownMargin = 1.1

// PlanLadder decides on the renditions of a source, for each codec by itself:
// the rungs that are not larger than it is shown, largest first. A source that
// lies between two rungs gets a rendition of its own size on top, and so does
// one that is smaller than all of them. Pictures too small for a codec are left
// out; where that leaves nothing, there is one in H.264. segment is the wanted
// distance of keyframes in seconds.
func PlanLadder(v VideoSource, rungs []Rung, segment float64) Ladder {
	display := DisplaySize(v)
	rate := OutputRate(v)
	l := Ladder{Rate: rate, GOP: max(int(math.Round(segment*rate.Float())), 1), Poster: posterSize(display)}
	for _, codec := range VideoCodecs() {
		own := slices.DeleteFunc(slices.Clone(rungs), func(r Rung) bool { return orElse(r.Codec, CodecH264) != codec })
		if len(own) > 0 {
			l.Renditions = append(l.Renditions, renditions(display, rate, codec, own)...)
		}
	}
	if len(l.Renditions) == 0 {
		l.Renditions = renditions(display, rate, CodecH264, []Rung{{Short: display.Short()}})
	}
	slices.SortStableFunc(l.Renditions, func(a, b Rendition) int { return b.Area() - a.Area() })
	if slices.ContainsFunc(l.Renditions, func(r Rendition) bool { return r.Codec == CodecAV1 }) {
		l.GOP = max(l.GOP, 2) // SVT-AV1 takes 1 for a single keyframe
	}
	return l
}

// renditions are those of one codec, largest first.
func renditions(display Size, rate Rational, codec string, rungs []Rung) []Rendition {
	var out []Rendition
	for _, rung := range withOwn(display, rungs) {
		size := fit(display, rung.Short)
		if n := len(out); n > 0 && out[n-1].Short() <= size.Short() {
			continue // bounded by the longest side
		}
		if size.Short() < leastSide(codec) {
			continue
		}
		bitrate := int(math.Round(rung.cap(size, codec) * rateFactor(rate)))
		out = append(out, Rendition{
			Name: strconv.Itoa(size.Short()) + "p" + nameSuffix(codec), Size: size,
			Codec: codec, Bitrate: bitrate, Level: levelOf(codec, size, rate, bitrate),
		})
	}
	return out
}

// cap is the highest bit rate in kbit/s at up to 30 frames per second.
func (r Rung) cap(size Size, codec string) float64 {
	switch {
	case r.Bitrate == 0:
		return float64(bitrateFor(size)) * rateShare(codec)
	case r.Exact:
		return float64(r.Bitrate)
	}
	return float64(r.Bitrate) * rateShare(codec)
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
