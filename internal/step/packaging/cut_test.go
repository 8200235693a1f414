package packaging

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// frames makes a track of n frames, num/den per second, with a keyframe where
// key says so.
func frames(handler string, timescale uint32, duration int64, n int, key func(i int) bool) *source {
	t := &mp4.Track{Handler: handler, Timescale: timescale}
	for i := range n {
		t.Samples = append(t.Samples, mp4.Sample{PTS: int64(i) * duration, Size: 1, Duration: uint32(duration), Sync: key(i)})
	}
	return &source{track: t, folder: handler, path: "x.mp4"}
}

func every(n int) func(int) bool { return func(i int) bool { return i%n == 0 } }

func always(int) bool { return true }

func starts(s *source) []float64 {
	var out []float64
	for _, segment := range s.segments {
		out = append(out, math.Round(s.seconds(segment.Start())*1000)/1000)
	}
	return out
}

func TestCut(t *testing.T) {
	t.Parallel()
	pal := func(n, gop int) *source { return frames("vide", 25, 1, n, every(gop)) }
	for _, tc := range []struct {
		name    string
		sources []*source
		nominal float64
		want    string // starts of each track
	}{
		{"keyframes at the nominal distance", []*source{pal(250, 100)}, 4, "[[0 4 8]]"},
		{"keyframes at half of it", []*source{pal(250, 50)}, 4, "[[0 4 8]]"},
		{"keyframes at three quarters of it", []*source{pal(250, 75)}, 4, "[[0 6]]"},
		{"rounded to frames", []*source{frames("vide", 30000, 1001, 480, every(120))}, 4, "[[0 4.004 8.008 12.012]]"},
		{"just short", []*source{frames("vide", 30000, 1001, 480, every(119))}, 4, "[[0 3.971 7.941 11.912 15.883]]"},
		{"other timescale", []*source{pal(200, 100), frames("vide", 90000, 3600, 200, every(50))}, 4, "[[0 4] [0 4]]"},
		{"half the frame rate", []*source{frames("vide", 50, 1, 400, every(200)), pal(200, 100)}, 4, "[[0 4] [0 4]]"},
		{"audio follows", []*source{pal(200, 100), frames("soun", 48000, 1024, 375, always)}, 4, "[[0 4] [0 3.989]]"},
		{"audio at the nearest frame", []*source{pal(300, 100), frames("soun", 44100, 1024, 516, always)}, 4, "[[0 4 8] [0 3.994 8.011]]"},
		{"audio ends early", []*source{pal(300, 100), frames("soun", 48000, 1024, 100, always)}, 4, "[[0 4 8] [0]]"},
		{"audio goes on", []*source{pal(100, 100), frames("soun", 48000, 1024, 600, always)}, 4, "[[0] [0 3.989 8]]"},
		{"audio alone", []*source{frames("soun", 48000, 1024, 600, always)}, 4, "[[0 3.989 8]]"},
		{"one frame", []*source{pal(1, 1)}, 4, "[[0]]"},
	} {
		if err := cut(tc.sources, tc.nominal); err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		var got [][]float64
		for _, s := range tc.sources {
			got = append(got, starts(s))
			checkWhole(t, tc.name, s)
		}
		if fmt.Sprint(got) != tc.want {
			t.Errorf("%s: %v, want %s", tc.name, got, tc.want)
		}
	}
}

// checkWhole wants every sample in one segment, and no gap between segments.
func checkWhole(t *testing.T, name string, s *source) {
	t.Helper()
	n := 0
	for i, segment := range s.segments {
		n += len(segment.Samples)
		if i+1 < len(s.segments) && segment.End != s.segments[i+1].Start() {
			t.Errorf("%s: segment %d ends at %d, the next starts at %d", name, i+1, segment.End, s.segments[i+1].Start())
		}
	}
	if n != len(s.track.Samples) {
		t.Errorf("%s: %d of %d samples are in segments", name, n, len(s.track.Samples))
	}
}

func TestCutRefuses(t *testing.T) {
	t.Parallel()
	late := frames("soun", 48000, 1024, 500, always)
	for i := range late.track.Samples {
		late.track.Samples[i].PTS += 96000
	}
	disorder := frames("soun", 48000, 1024, 500, always)
	disorder.track.Samples[7].PTS = 0
	for _, tc := range []struct {
		says    string
		sources []*source
	}{
		{"no keyframe that all 1 renditions", []*source{frames("vide", 25, 1, 1000, every(500))}},
		{"no keyframe that all 2 renditions", []*source{frames("vide", 25, 1, 1000, every(100)), frames("vide", 25, 1, 1000, func(i int) bool { return i == 0 || i%100 == 50 })}},
		{"does not begin with a keyframe", []*source{frames("vide", 25, 1, 100, func(i int) bool { return i == 50 })}},
		{"starts 2.000 s after", []*source{late}},
		{"frames 7 and 8 are not in order", []*source{disorder}},
	} {
		if err := cut(tc.sources, 4); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("want %q, got %v", tc.says, err)
		}
	}
}

// An open GOP has frames after its keyframe that are shown before it: no place
// to cut.
func TestKeyframesOfOpenGOPs(t *testing.T) {
	t.Parallel()
	s := frames("vide", 25, 1, 12, every(4))
	p := s.track.Samples
	p[4].PTS, p[5].PTS = 5, 4
	var got []int
	for _, k := range s.keyframes() {
		got = append(got, k.index)
	}
	if !slices.Equal(got, []int{0, 8}) {
		t.Errorf("cut at samples %v", got)
	}
}
