package packaging

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

const (
	// sameTime is how far apart, in seconds, two times may be that are the same
	// instant in tracks of different timescales.
	sameTime = 0.001
	// cutEarly is the part of the nominal duration that a segment may lack: a
	// keyframe interval rounded to whole frames is not quite the nominal one.
	cutEarly = 0.1
	// cutLate is how many nominal durations a segment may last before the
	// keyframes count as missing.
	cutLate = 3
	// startLate is how late, in seconds, a track may start and still be played
	// from the start by all players, which jump over small gaps.
	startLate = 1.0
)

// cut divides all tracks into segments of about the nominal duration in
// seconds. Video segments begin at keyframes that all renditions have, audio
// segments at the frame nearest to that, so that both need the fewest requests
// at a seek. That renditions agree is a rule of ISO/IEC 23000-19 for switching
// sets, and of ISO/IEC 23009-1 for @segmentAlignment.
func cut(tracks []*source, nominal float64) error {
	var video []*source
	for _, s := range tracks {
		if err := s.checkStart(); err != nil {
			return err
		}
		if s.isVideo() {
			video = append(video, s)
		}
	}
	bounds, err := cutVideo(video, nominal)
	if err != nil {
		return err
	}
	for _, s := range tracks {
		if s.isVideo() {
			continue
		}
		if err := s.cutAudio(audioBounds(s, video, bounds, nominal)); err != nil {
			return err
		}
	}
	return nil
}

// checkStart refuses tracks that start before the presentation and are not
// primed audio, or long after it.
func (s *source) checkStart() error {
	if len(s.track.Samples) == 0 {
		return badMedia("%s holds no frames.", s.describe())
	}
	if start := s.seconds(s.track.Samples[0].PTS); start > startLate {
		return badMedia("%s starts %.3f s after the presentation; at most %g s are possible.", s.describe(), start, startLate)
	}
	return nil
}

// keyframe is a sample at which a segment can begin.
type keyframe struct {
	index   int
	seconds float64
}

// cutVideo cuts the renditions and gives the boundaries between segments in
// seconds.
func cutVideo(video []*source, nominal float64) ([]float64, error) {
	if len(video) == 0 {
		return nil, nil
	}
	keys := make([][]keyframe, len(video))
	for i, s := range video {
		if keys[i] = s.keyframes(); len(keys[i]) == 0 || keys[i][0].index != 0 {
			return nil, badMedia("%s does not begin with a keyframe.", s.describe())
		}
	}
	chosen := make([][]int, len(video)) // indexes of first samples
	var bounds []float64
	last := keys[0][0].seconds
	for _, k := range keys[0] {
		at, common := inAll(keys, k.seconds)
		if !common {
			continue
		}
		if k.index > 0 {
			if k.seconds-last < nominal*(1-cutEarly) {
				continue
			}
			if err := tooLong(video, last, k.seconds, nominal); err != nil {
				return nil, err
			}
			bounds = append(bounds, k.seconds)
		}
		last = k.seconds
		for i := range chosen {
			chosen[i] = append(chosen[i], at[i])
		}
	}
	if len(chosen[0]) == 0 {
		return nil, badMedia("The renditions do not start at the same time: %s.", startTimes(video))
	}
	if err := tooLong(video, last, video[0].seconds(video[0].end()), nominal); err != nil {
		return nil, err
	}
	for i, s := range video {
		s.split(chosen[i])
	}
	return bounds, nil
}

func startTimes(video []*source) string {
	var out []string
	for _, s := range video {
		out = append(out, fmt.Sprintf("%s at %.3f s", s.folder, s.seconds(s.start())))
	}
	return strings.Join(out, ", ")
}

func tooLong(video []*source, from, to, nominal float64) error {
	if to-from <= cutLate*nominal {
		return nil
	}
	return badMedia("Between %.3f s and %.3f s there is no keyframe that all %d renditions have in common; segments of about %g s cannot be cut.",
		from, to, len(video), nominal)
}

// inAll finds the sample with that time among the keyframes of each rendition.
func inAll(keys [][]keyframe, seconds float64) (at []int, ok bool) {
	for _, list := range keys {
		i := sort.Search(len(list), func(i int) bool { return list[i].seconds >= seconds-sameTime })
		if i == len(list) || list[i].seconds > seconds+sameTime {
			return nil, false
		}
		at = append(at, list[i].index)
	}
	return at, true
}

// keyframes lists the sync samples at which the track can be cut: all before
// are shown before and all after are shown after (SAP type 1; an open GOP has
// frames that are shown before its keyframe and lean on the GOP before).
func (s *source) keyframes() []keyframe {
	samples := s.track.Samples
	clean := make([]bool, len(samples))
	earliest := int64(math.MaxInt64)
	for i := len(samples) - 1; i >= 0; i-- {
		earliest = min(earliest, samples[i].PTS)
		clean[i] = samples[i].Sync && samples[i].PTS == earliest
	}
	var out []keyframe
	latest := int64(math.MinInt64)
	for i, sample := range samples {
		if clean[i] && sample.PTS > latest {
			out = append(out, keyframe{i, s.seconds(sample.PTS)})
		}
		latest = max(latest, sample.PTS)
	}
	return out
}

// cutAudio cuts an audio track at the frames nearest to the boundaries.
func (s *source) cutAudio(bounds []float64) error {
	samples := s.track.Samples
	for i := 1; i < len(samples); i++ {
		if samples[i].PTS <= samples[i-1].PTS {
			return badMedia("In %s the times of frames %d and %d are not in order.", s.describe(), i, i+1)
		}
	}
	starts := []int{0}
	for _, b := range bounds {
		want := int64(math.Round(b * float64(s.track.Timescale)))
		i := sort.Search(len(samples), func(i int) bool {
			return samples[i].PTS >= want-int64(samples[i].Duration)/2
		})
		if i == len(samples) {
			break // it ends before the video does
		}
		if i > starts[len(starts)-1] {
			starts = append(starts, i)
		}
	}
	s.split(starts)
	return nil
}

// audioBounds are the boundaries of the video, and where there is no picture,
// or no more, boundaries at the nominal distance. A rest of less than half of
// that joins the segment before.
func audioBounds(s *source, video []*source, bounds []float64, nominal float64) []float64 {
	next := nominal
	if len(video) > 0 {
		next = video[0].seconds(video[0].end())
	}
	out := slices.Clone(bounds)
	for ; next < s.seconds(s.end())-nominal/2; next += nominal {
		out = append(out, next)
	}
	return out
}

// split makes the segments that begin at the samples.
func (s *source) split(starts []int) {
	samples := s.track.Samples
	for i, start := range starts {
		stop, end := len(samples), s.end()
		if i+1 < len(starts) {
			stop = starts[i+1]
			end = samples[stop].PTS
		}
		s.segments = append(s.segments, mp4.Segment{Number: uint32(i + 1), Samples: samples[start:stop], End: end})
	}
}
