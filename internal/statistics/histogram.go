package statistics

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Growth is the width of a histogram's buckets: bucket n holds the durations
// from Growth^n up to Growth^(n+1) milliseconds. A percentile is told as the
// geometric middle of its bucket, and so is within 5 % of the exact one: the
// square root of 1.1 is 1.0488.
const Growth = 1.1

// mostBuckets is above any bucket of a [time.Duration], which ends at 292 years.
const mostBuckets = 400

// Histogram counts durations by bucket; see [Growth]. Histograms of different
// times are added by [Histogram.Merge], which loses nothing. The zero value is
// for reading only: make one before it is added to.
type Histogram map[int]int64

// BucketOf gives the bucket of a duration. What is shorter than a millisecond is
// counted as one: durations are kept as whole milliseconds.
func BucketOf(d time.Duration) int {
	ms := max(1, float64(d)/float64(time.Millisecond))
	return int(math.Log(ms) / math.Log(Growth))
}

// Add counts a duration.
func (h Histogram) Add(d time.Duration) { h[BucketOf(d)]++ }

// Merge adds all that the other one has counted.
func (h Histogram) Merge(other Histogram) {
	for bucket, n := range other {
		h[bucket] += n
	}
}

// Count is how many durations were counted.
func (h Histogram) Count() (n int64) {
	for _, of := range h {
		n += of
	}
	return n
}

// Percentile gives the duration that percent of 100 (1..100) of those that were
// counted do not exceed, by nearest rank, within 5 %; 0 for an empty histogram.
func (h Histogram) Percentile(percent int) time.Duration {
	count := h.Count()
	// In two parts: the product might be larger than an int64.
	rank := count/100*int64(percent) + (count%100*int64(percent)+99)/100
	for _, bucket := range slices.Sorted(maps.Keys(h)) {
		if rank -= h[bucket]; rank <= 0 && count > 0 {
			return time.Duration(math.Pow(Growth, float64(bucket)+0.5) * float64(time.Millisecond))
		}
	}
	return 0
}

// String is how a histogram is kept: "bucket:number" for each bucket that is
// not empty, in order, apart by spaces.
func (h Histogram) String() string {
	var b strings.Builder
	for _, bucket := range slices.Sorted(maps.Keys(h)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(bucket))
		b.WriteByte(':')
		b.WriteString(strconv.FormatInt(h[bucket], 10))
	}
	return b.String()
}

// ParseHistogram reads what [Histogram.String] wrote. The order of the buckets
// makes no difference.
func ParseHistogram(text string) (Histogram, error) {
	h := Histogram{}
	for field := range strings.FieldsSeq(text) {
		bucket, number, _ := strings.Cut(field, ":")
		b, err := strconv.Atoi(bucket)
		if err != nil || b < 0 || b >= mostBuckets {
			return nil, fmt.Errorf("%q is no bucket of a histogram", field)
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is no bucket of a histogram", field)
		}
		h[b] += n
	}
	return h, nil
}
