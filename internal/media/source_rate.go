package media

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MaxRate is the highest frame rate that is put out, in frames per second.
const MaxRate = 60

// Rational is a fraction. Den is 0 where the value is unknown.
type Rational struct{ Num, Den int64 }

// Valid tells whether the fraction is known and positive.
func (r Rational) Valid() bool { return r.Num > 0 && r.Den > 0 }

// Float is the value; 0 if it is unknown.
func (r Rational) Float() float64 {
	if r.Den == 0 {
		return 0
	}
	return float64(r.Num) / float64(r.Den)
}

// String writes the fraction as ffmpeg does: "30000/1001".
func (r Rational) String() string { return fmt.Sprintf("%d/%d", r.Num, r.Den) }

// MarshalText implements encoding.TextMarshaler with the form of String.
func (r Rational) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rational) UnmarshalText(b []byte) error {
	num, den, found := strings.Cut(string(b), "/")
	n, err := strconv.ParseInt(num, 10, 64)
	d, err2 := strconv.ParseInt(den, 10, 64)
	if !found || err != nil || err2 != nil || d < 0 {
		return fmt.Errorf("%q is not a fraction such as 30000/1001", b)
	}
	r.Num, r.Den = n, d
	return nil
}

// reduced divides by the greatest common divisor.
func (r Rational) reduced() Rational {
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return r
	}
	return Rational{r.Num / a, r.Den / a}
}

// standardRates are the frame rates that average rates are taken for when they
// are very near.
func standardRates() []Rational {
	return []Rational{
		{10, 1},
		{12, 1},
		{15000, 1001},
		{15, 1},
		{20, 1},
		{24000, 1001},
		{24, 1},
		{25, 1},
		{30000, 1001},
		{30, 1},
		{48, 1},
		{50, 1},
		{60000, 1001},
		{60, 1},
		{100, 1},
		{120000, 1001},
		{120, 1},
	}
}

// OutputRate is the constant frame rate for a source: its own, or, above
// [MaxRate], that divided by a whole number. For a variable rate it is the rate
// in which all times can be told if that is a sane one, and else the next
// standard rate above the average.
func OutputRate(v VideoSource) Rational {
	rate := nominalRate(v)
	if by := int64(math.Ceil(rate.Float()/MaxRate - 1e-3)); by > 1 {
		rate = Rational{rate.Num, rate.Den * by}.reduced()
	}
	switch {
	case rate.Float() < 1:
		return Rational{1, 1}
	case rate.Float() > MaxRate: // by next to nothing
		return Rational{MaxRate, 1}
	}
	return rate
}

func nominalRate(v VideoSource) Rational {
	real, average := v.RealRate, v.AverageRate
	switch {
	case !real.Valid() && !average.Valid():
		return Rational{25, 1}
	case !average.Valid():
		if real.Float() > 2*MaxRate { // the clock of the container, not a rate
			return Rational{25, 1}
		}
		return tidy(real)
	case !real.Valid():
		return tidy(average)
	}
	ratio := real.Float() / average.Float()
	switch {
	case ratio > 0.99 && ratio < 1.01:
		return tidy(real)
	case v.Interlaced() && ratio > 1.98 && ratio < 2.02: // counts fields
		return tidy(average)
	case ratio > 1 && real.Float() <= MaxRate+0.5:
		return tidy(real)
	}
	return standardAbove(average)
}

// tidy gives the standard rate that r all but is, or r itself with at most
// three decimals if its terms are large.
func tidy(r Rational) Rational {
	r = r.reduced()
	best, distance := r, 4e-4
	for _, s := range standardRates() {
		if d := math.Abs(r.Float()/s.Float() - 1); d < distance {
			best, distance = s, d
		}
	}
	if best.Den > 1001 {
		return Rational{int64(math.Round(r.Float() * 1000)), 1000}.reduced()
	}
	return best
}

// standardAbove is the lowest standard rate that loses no frame of a source
// with this average; one that is missed by less than 1 % counts.
func standardAbove(average Rational) Rational {
	for _, s := range standardRates() {
		if s.Den == 1 && s.Float() >= average.Float()*0.99 {
			return s
		}
	}
	return tidy(average)
}
