package quality

import "github.com/via-orchestrate/orchestrate/internal/media"

// windows is how many places of a title are looked at: at a tenth, in the
// middle, and at nine tenths.
const windows = 3

// share is the most of all frames that are compared, as one part of so many:
// with a tenth, comparing took 9 % of the time of encoding the default ladder
// of 20 s of 1080p.
const share = 20

// fewest frames are compared in a window, however short the title is.
const fewest = 3

// Window is a run of frames that are compared.
type Window struct {
	Source    int64 // number of the first, counted from the start of the source
	Rendition int64 // and from the start of the renditions
	Count     int64
}

// plan chooses the windows of a title with that many frames: up to a second
// each, at the start of a GOP where the title is long enough for that to make
// no difference, as everything before it would be decoded in vain.
func plan(frames int64, rate media.Rational, gop int) []Window {
	if frames <= 0 {
		return nil
	}
	count := min(max(int64(rate.Float()), 1), max(frames/(share*windows), fewest))
	if count*windows >= frames {
		return []Window{{Count: min(frames, count*windows)}}
	}
	var out []Window
	for _, tenth := range []int64{1, 5, 9} {
		first := (frames - count) * tenth / 10
		if gop > 0 && frames >= 4*int64(gop) {
			first -= first % int64(gop)
		}
		out = append(out, Window{first, first, count})
	}
	return out
}
