package passthrough

import (
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// The bounds of what is taken.
const (
	overRate   = 1.1  // average over the rung's cap
	overPeak   = 2.0  // one GOP over the rung's cap
	leastLevel = 41   // of H.264: decoders take it wherever they take 1080p at all
	leastGOP   = 1.0  // seconds, as profiles have it
	mostGOP    = 10.0 // seconds
)

// table are the frames of a source, as its file lists them.
type table struct {
	track *mp4.Track
	file  io.ReaderAt
	rate  media.Rational
}

// checkEntry looks at how the track is configured. Parameter sets must stand in
// the sample entry, where a CMAF header has them (ISO/IEC 23000-19, 9.3).
func (t *table) checkEntry(r media.Rendition) error {
	e := t.track.Entry
	switch {
	case e.Protected():
		return no("is encrypted")
	case r.Codec == media.CodecH264 && (e.Format != "avc1" || len(e.Config) < 7):
		return no("has its parameter sets among the pictures (%s)", e.Format)
	case r.Codec == media.CodecHEVC && (e.Format != "hvc1" || len(e.Config) < 23):
		return no("has its parameter sets among the pictures (%s)", e.Format)
	case r.Codec == media.CodecHEVC:
		return nil
	}
	profile, level := e.Config[1], int(e.Config[3])
	if profile != 66 && profile != 77 && profile != 100 { // Baseline, Main, High: ITU-T H.264 A.2
		return no("is coded in a profile above High (%d)", profile)
	}
	if most := max(levelNumber(r.Level), leastLevel); level > most {
		return no("is of level %.1f, and %s allows %.1f", float64(level)/10, r.Name, float64(most)/10)
	}
	return nil
}

// levelNumber is "3.1" as H.264 has it: 31.
func levelNumber(name string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(name, ".", ""))
	if err != nil {
		return 0
	}
	return n
}

// checkTimes wants frames that are all equally long at the output rate, shown
// from time zero on without a gap, up to where the track ends.
func (t *table) checkTimes(end time.Duration) error {
	samples := t.track.Samples
	d := int64(samples[0].Duration)
	if d == 0 || int64(t.track.Timescale)*t.rate.Den != d*t.rate.Num {
		return no("has frames of %d/%d s, and the renditions have %s per second", d, t.track.Timescale, t.rate)
	}
	shown := make([]bool, len(samples))
	for i, s := range samples {
		n := s.PTS / d
		switch {
		case int64(s.Duration) != d && i < len(samples)-1:
			return no("has frames that are not equally long")
		case s.PTS < 0 || s.PTS%d != 0 || n >= int64(len(samples)) || shown[n]:
			return no("has a frame at %.3f s, where none is due", float64(s.PTS)/float64(t.track.Timescale))
		}
		shown[n] = true
	}
	if lasts := float64(len(samples)) / t.rate.Float(); math.Abs(lasts-end.Seconds()) > 0.5/t.rate.Float() {
		return no("has an edit list that leaves out some of its frames")
	}
	return nil
}

// gop is the distance of keyframes at which all renditions can be cut: the
// wanted one, or that of the source. Further keyframes in between do no harm.
func (t *table) gop(wanted int) (int, error) {
	keys := t.keyframes()
	if len(keys) == 0 || keys[0] != 0 {
		return 0, no("does not begin with a keyframe that is shown first")
	}
	gop := wanted
	if !t.every(keys, wanted) {
		if t.syncs() < 2 {
			return 0, no("has a single keyframe for %d frames", len(t.track.Samples))
		}
		if len(keys) > 1 {
			gop = keys[1]
		}
		seconds := float64(gop) / t.rate.Float()
		if seconds < leastGOP-0.5/t.rate.Float() || seconds > mostGOP || !t.every(keys, gop) {
			return 0, no("has closed GOPs neither every %d frames nor at another regular distance of 1 to 10 seconds (an open GOP counts as none)", wanted)
		}
	}
	for n := 0; n < len(t.track.Samples); n += gop {
		if idr, err := t.isIDR(t.track.Samples[n]); err != nil || !idr {
			return 0, no("has a keyframe at frame %d that is not an IDR picture", n)
		}
	}
	return gop, nil
}

// syncs is how many frames are marked as keyframes.
func (t *table) syncs() (n int) {
	for _, s := range t.track.Samples {
		if s.Sync {
			n++
		}
	}
	return n
}

// every tells whether a keyframe stands at every gop-th frame.
func (t *table) every(keys []int, gop int) bool {
	have := make(map[int]bool, len(keys))
	for _, k := range keys {
		have[k] = true
	}
	for n := 0; n < len(t.track.Samples); n += gop {
		if !have[n] {
			return false
		}
	}
	return true
}

// keyframes are the sync samples at which the track can be cut, by number:
// nothing that comes before is shown after, and nothing that comes after is
// shown before.
func (t *table) keyframes() []int {
	samples := t.track.Samples
	d := int64(samples[0].Duration)
	earliest := make([]int64, len(samples))
	first := int64(math.MaxInt64)
	for i := len(samples) - 1; i >= 0; i-- {
		first = min(first, samples[i].PTS)
		earliest[i] = first
	}
	var keys []int
	latest := int64(-1)
	for i, s := range samples {
		if s.Sync && s.PTS == earliest[i] && s.PTS > latest && s.PTS == int64(i)*d {
			keys = append(keys, i)
		}
		latest = max(latest, s.PTS)
	}
	return keys
}

// checkRate gives the average bit rate in kbit/s, and refuses one that the rung
// does not allow, on the whole or in one GOP.
func (t *table) checkRate(r media.Rendition, gop int) (int, error) {
	var total, part int64
	var peak float64
	frames := 0
	samples := t.track.Samples
	for i, s := range samples {
		total += int64(s.Size)
		part += int64(s.Size)
		frames++
		if frames == gop || i == len(samples)-1 {
			if seconds := float64(frames) / t.rate.Float(); seconds >= leastGOP {
				peak = math.Max(peak, float64(part)*8/1000/seconds)
			}
			part, frames = 0, 0
		}
	}
	average := float64(total) * 8 / 1000 / (float64(len(samples)) / t.rate.Float())
	switch {
	case average > overRate*float64(r.Bitrate):
		return 0, no("has %.0f kbit/s, and %s at most %d", average, r.Name, r.Bitrate)
	case peak > overPeak*float64(r.Bitrate):
		return 0, no("has a part with %.0f kbit/s, and %s at most %d", peak, r.Name, r.Bitrate)
	}
	return int(math.Round(average)), nil
}
