package statistics

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func durations(t *rapid.T, label string) []time.Duration {
	ms := rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 100_000), rapid.Int64Range(0, 1<<40))
	return rapid.SliceOfN(rapid.Map(ms, func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }), 1, 200).Draw(t, label)
}

// TestPercentilesAreWithinFivePercent: of histograms that were kept apart, as
// text, and merged, against those of all durations sorted.
func TestPercentilesAreWithinFivePercent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []time.Duration
		merged := Histogram{}
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			part := Histogram{}
			for _, d := range durations(t, "part") {
				part.Add(d)
				all = append(all, max(d, time.Millisecond))
			}
			kept, err := ParseHistogram(part.String())
			if err != nil {
				t.Fatal(err)
			}
			merged.Merge(kept)
		}
		slices.Sort(all)
		if merged.Count() != int64(len(all)) {
			t.Fatalf("%d durations are counted as %d", len(all), merged.Count())
		}
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		exact := all[(len(all)*percent+99)/100-1]
		if got := merged.Percentile(percent); math.Abs(float64(got-exact)) > 0.05*float64(exact) {
			t.Fatalf("percentile %d is %v, exactly %v", percent, got, exact)
		}
	})
}

func TestPercentileOfNothing(t *testing.T) {
	t.Parallel()
	if got := (Histogram{}).Percentile(95); got != 0 {
		t.Errorf("got %v", got)
	}
}

func TestPercentileOfVeryMany(t *testing.T) {
	t.Parallel()
	h := Histogram{0: math.MaxInt64 / 2, 100: math.MaxInt64 / 2}
	for percent, want := range map[int]int{50: 0, 51: 100, 100: 100} {
		if got := BucketOf(h.Percentile(percent)); got != want {
			t.Errorf("percentile %d is in bucket %d, want %d", percent, got, want)
		}
	}
}

func TestBucketsOfExtremes(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int{-time.Hour: 0, 0: 0, 1: 0, time.Millisecond: 0, 2 * time.Millisecond: 7} {
		if got := BucketOf(d); got != want {
			t.Errorf("%v is in bucket %d, want %d", d, got, want)
		}
	}
	if got := BucketOf(math.MaxInt64); got >= mostBuckets {
		t.Errorf("the longest duration is in bucket %d", got)
	}
}

func TestHistogramTextThatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1", "a:1", "1:a", "-1:1", "1:-1", "400:1", "1:1:1", "1:99999999999999999999"} {
		if h, err := ParseHistogram(text); err == nil {
			t.Errorf("%q is read as %v", text, h)
		}
	}
	if h, err := ParseHistogram("7:1 0:2 7:3"); err != nil || h.String() != "0:2 7:4" {
		t.Errorf("got %v, %v", h, err)
	}
}
