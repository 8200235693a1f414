package media

import (
	"fmt"
	"math"
)

// Bounds of the decisions of [PerTitle].
const (
	// headroom is how far the cap lies above what samples need on average: other
	// scenes need more.
	headroom = 1.4
	// sameBits is up to how much more a rung may need for the one below to be of
	// no use: who can play that one can nearly always play this one.
	sameBits = 1.25
	// sameLoss is up to how much more a rung scaled up may differ from the source
	// than the next larger one, as a part of what SSIM lacks to 1, for the larger
	// one to be of no use.
	sameLoss = 1.1
	// leastCap is the lowest cap in kbit/s.
	leastCap = 100
)

// Need is what samples of a title showed about one picture size.
type Need struct {
	Size
	Kbit    float64 // kbit/s of H.264 at the constant rate factor, on average
	Hardest float64 // kbit/s of the sample that needs most
	SSIM    float64 // of the samples, scaled up to the size of display, 0..1
}

// PerTitle fits a ladder to what samples of the title need at a constant rate
// factor. It leaves out rungs between the largest and the smallest that bring
// nothing, and lowers the caps of others to what the title can use; it never
// raises one. Sizes without a need, and renditions that are copied, stay as they
// are. The sentences tell of every decision.
func PerTitle(l Ladder, needs []Need, crf float64) (Ladder, []string) {
	bySize := map[Size]Need{}
	for _, n := range needs {
		bySize[n.Size] = n
	}
	out := l
	out.Renditions = nil
	var sentences []string
	for i, r := range l.Renditions {
		need, known := bySize[r.Size]
		if !known || r.Copy {
			out.Renditions = append(out.Renditions, r)
			continue
		}
		if why := useless(l, out, i, bySize); why != "" {
			sentences = append(sentences, fmt.Sprintf("%s was left out: %s.", r.Name, why))
			continue
		}
		share := rateShare(r.Codec)
		want := math.Max(headroom*need.Kbit, need.Hardest) * share
		limit := max(int(math.Round(want/10))*10, leastCap)
		needed := fmt.Sprintf("%s: the samples need %s kbit/s at CRF %g", r.Name, thousands(need.Kbit*share), crf)
		if limit >= r.Bitrate {
			sentences = append(sentences, fmt.Sprintf("%s; the cap stays at %s.", needed, thousands(float64(r.Bitrate))))
		} else {
			sentences = append(sentences, fmt.Sprintf("%s; capped at %s instead of %s.", needed, thousands(float64(limit)), thousands(float64(r.Bitrate))))
			r.Bitrate = limit
			r.Level = levelOf(r.Codec, r.Size, l.Rate, r.Bitrate)
		}
		out.Renditions = append(out.Renditions, r)
	}
	return out, sentences
}

// useless tells why a rendition brings nothing; "" if it does. It is compared
// with the one that was kept above it in the same codec, and with the one below.
func useless(l, kept Ladder, i int, needs map[Size]Need) string {
	r := l.Renditions[i]
	need := needs[r.Size]
	var above, below *Rendition
	for j := range kept.Renditions {
		if kept.Renditions[j].Codec == r.Codec {
			above = &kept.Renditions[j]
		}
	}
	for j := len(l.Renditions) - 1; j > i; j-- {
		if l.Renditions[j].Codec == r.Codec {
			below = &l.Renditions[j]
		}
	}
	if above == nil || below == nil {
		return ""
	}
	share := rateShare(r.Codec)
	mine := need.Kbit * share
	// Rungs that are cut off by their caps have the distance that the profile gave them.
	if over, ok := needs[above.Size]; ok && !above.Copy && mine <= float64(r.Bitrate) {
		if theirs := math.Min(over.Kbit*share, float64(above.Bitrate)); theirs <= sameBits*mine {
			return fmt.Sprintf("it would need %s kbit/s, and %s needs only %s", thousands(mine), above.Name, thousands(theirs))
		}
	}
	if under, ok := needs[below.Size]; ok && 1-under.SSIM <= sameLoss*(1-need.SSIM) {
		return fmt.Sprintf("%s scaled up looks as good (SSIM %.4f against %.4f)", below.Name, under.SSIM, need.SSIM)
	}
	return ""
}

// thousands writes a number with commas between groups of three digits.
func thousands(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
