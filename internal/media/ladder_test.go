package media

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestLadderProperties holds for every source, however strange.
func TestLadderProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := drawVideo(t)
		rungs := DefaultRungs()
		if rapid.Bool().Draw(t, "own rungs") {
			rungs = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Rung {
				return Rung{Short: 2 * rapid.IntRange(8, 2160).Draw(t, "short"), Bitrate: rapid.IntRange(0, 9000).Draw(t, "bitrate")}
			}), 1, 8, func(r Rung) int { return r.Short }).Draw(t, "rungs")
		}
		display := DisplaySize(v)
		l := PlanLadder(v, rungs, rapid.Float64Range(1, 10).Draw(t, "segment"))

		if len(l.Renditions) == 0 {
			t.Fatal("no rendition")
		}
		if l.GOP < 1 || !l.Rate.Valid() || l.Rate.Float() > MaxRate+1e-9 {
			t.Fatalf("rate %v, GOP %d", l.Rate, l.GOP)
		}
		names := map[string]bool{}
		for i, r := range l.Renditions {
			checkSize(t, r.Size, display)
			if r.Bitrate <= 0 || r.Level == "" || names[r.Name] {
				t.Fatalf("rendition %+v", r)
			}
			names[r.Name] = true
			if i > 0 && (r.Short() >= l.Renditions[i-1].Short() || r.Area() >= l.Renditions[i-1].Area()) {
				t.Fatalf("not descending: %+v", l.Renditions)
			}
		}
		checkSize(t, l.Poster, display)
		if l.Poster.Width > 1280 {
			t.Fatalf("poster %v", l.Poster)
		}
	})
}

func drawVideo(t *rapid.T) VideoSource {
	side := rapid.OneOf(rapid.IntRange(1, 64), rapid.IntRange(64, 4320), rapid.SampledFrom([]int{1, 2, 3, 1080, 1081, 1920, 8192}))
	fraction := func(name string, top int64) Rational {
		return Rational{rapid.Int64Range(0, top).Draw(t, name), rapid.Int64Range(0, 1001).Draw(t, name+" den")}
	}
	return VideoSource{
		Width: side.Draw(t, "width"), Height: side.Draw(t, "height"),
		SAR: fraction("sar", 2000), Rotation: rapid.SampledFrom([]float64{0, 90, -90, 180, -180, 45, 270}).Draw(t, "rotation"),
		FieldOrder: rapid.SampledFrom([]string{"", "progressive", "tt"}).Draw(t, "fields"),
		RealRate:   fraction("real", 120000), AverageRate: fraction("average", 120000),
	}
}

// checkSize: even, not upscaled, and the display aspect ratio within two pixels
// of rounding, unless a side is at its least.
func checkSize(t *rapid.T, s, display Size) {
	if s.Width%2 != 0 || s.Height%2 != 0 || s.Width < 2 || s.Height < 2 || s.Long() > maxLong {
		t.Fatalf("size %v", s)
	}
	if s.Width > max(display.Width, 2) || s.Height > max(display.Height, 2) {
		t.Fatalf("%v is larger than the source's %v", s, display)
	}
	scale := math.Max(float64(s.Width)/float64(display.Width), float64(s.Height)/float64(display.Height))
	width, height := scale*float64(display.Width), scale*float64(display.Height)
	small := s.Width == 2 || s.Height == 2
	if !small && (math.Abs(width-float64(s.Width)) > slack(width, height) || math.Abs(height-float64(s.Height)) > slack(height, width)) {
		t.Fatalf("%v does not look like %v", s, display)
	}
}

// slack is how far one side may be off when both are rounded to even numbers:
// two pixels of the own rounding, and those of the other side in proportion.
func slack(side, other float64) float64 { return 2 + 2*side/math.Max(other, 1) }

func TestLadderOfKnownSources(t *testing.T) {
	t.Parallel()
	rate := Rational{25, 1}
	for _, test := range []struct {
		width, height int
		sar           Rational
		rotation      float64
		want          []string
	}{
		{1920, 1080, Rational{}, 0, []string{"1920x1080", "1280x720", "854x480", "640x360", "426x240"}},
		{1080, 1920, Rational{}, 0, []string{"1080x1920", "720x1280", "480x854", "360x640", "240x426"}},
		{1920, 1080, Rational{1, 1}, -90, []string{"1080x1920", "720x1280", "480x854", "360x640", "240x426"}},
		{3840, 2160, Rational{}, 0, []string{"1920x1080", "1280x720", "854x480", "640x360", "426x240"}},
		{1440, 1080, Rational{4, 3}, 0, []string{"1920x1080", "1280x720", "854x480", "640x360", "426x240"}},
		{720, 576, Rational{64, 45}, 0, []string{"1024x576", "854x480", "640x360", "426x240"}},
		{1920, 800, Rational{}, 0, []string{"1920x800", "1728x720", "1152x480", "864x360", "576x240"}},
		{1921, 1081, Rational{}, 0, []string{"1920x1080", "1280x720", "852x480", "640x360", "426x240"}},
		{641, 361, Rational{}, 0, []string{"640x360", "426x240"}},
		{64, 48, Rational{}, 0, []string{"64x48"}},
		{2, 2, Rational{}, 0, []string{"2x2"}},
		{1, 1, Rational{}, 0, []string{"2x2"}},
		{8000, 1000, Rational{}, 0, []string{"4096x512", "3840x480", "2880x360", "1920x240"}},
		{640, 480, Rational{1, 2000}, 0, []string{"640x480", "480x360", "320x240"}},
	} {
		t.Run(fmt.Sprintf("%dx%d", test.width, test.height), func(t *testing.T) {
			t.Parallel()
			v := VideoSource{Width: test.width, Height: test.height, SAR: test.sar, Rotation: test.rotation, RealRate: rate, AverageRate: rate}
			var got []string
			for _, r := range PlanLadder(v, DefaultRungs(), 4).Renditions {
				got = append(got, fmt.Sprintf("%dx%d", r.Width, r.Height))
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOutputRate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		real, average Rational
		fields        string
		want          Rational
		gop           int
	}{
		{Rational{25, 1}, Rational{25, 1}, "", Rational{25, 1}, 100},
		{Rational{30000, 1001}, Rational{30000, 1001}, "", Rational{30000, 1001}, 120},
		{Rational{24000, 1001}, Rational{24000, 1001}, "", Rational{24000, 1001}, 96},
		{Rational{30000, 1001}, Rational{5312500, 177260}, "", Rational{30000, 1001}, 120},
		{Rational{30, 1}, Rational{2713, 100}, "", Rational{30, 1}, 120},   // phone
		{Rational{60, 1}, Rational{12, 1}, "", Rational{60, 1}, 240},       // screen recording
		{Rational{1000, 1}, Rational{2913, 100}, "", Rational{30, 1}, 120}, // WebM
		{Rational{90000, 1}, Rational{25, 1}, "", Rational{25, 1}, 100},    // clock of MPEG-TS
		{Rational{50, 1}, Rational{25, 1}, "tt", Rational{25, 1}, 100},     // fields
		{Rational{120, 1}, Rational{120, 1}, "", Rational{60, 1}, 240},     // halved
		{Rational{120000, 1001}, Rational{120000, 1001}, "", Rational{60000, 1001}, 240},
		{Rational{240, 1}, Rational{240, 1}, "", Rational{60, 1}, 240},
		{Rational{100, 1}, Rational{100, 1}, "", Rational{50, 1}, 200},
		{Rational{}, Rational{}, "", Rational{25, 1}, 100},
		{Rational{90000, 1}, Rational{}, "", Rational{25, 1}, 100},
		{Rational{1, 2}, Rational{1, 2}, "", Rational{1, 1}, 4},
		{Rational{15, 1}, Rational{15, 1}, "", Rational{15, 1}, 60},
	} {
		v := VideoSource{Width: 640, Height: 360, RealRate: test.real, AverageRate: test.average, FieldOrder: test.fields}
		if got := OutputRate(v); got != test.want {
			t.Errorf("%v, %v: %v, want %v", test.real, test.average, got, test.want)
		}
		if got := PlanLadder(v, DefaultRungs(), 4).GOP; got != test.gop {
			t.Errorf("%v, %v: GOP %d, want %d", test.real, test.average, got, test.gop)
		}
	}
}

func TestH264Level(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		size Size
		rate Rational
		kbit int
		want string
	}{
		{Size{1920, 1080}, Rational{30, 1}, 6000, "4.0"},
		{Size{1920, 1080}, Rational{60, 1}, 9000, "4.2"},
		{Size{1280, 720}, Rational{30, 1}, 3500, "3.1"},
		{Size{1280, 720}, Rational{30, 1}, 8000, "3.1"},
		{Size{1280, 720}, Rational{30, 1}, 12000, "3.2"},
		{Size{1280, 720}, Rational{30, 1}, 20000, "4.1"},
		{Size{3840, 2160}, Rational{30, 1}, 20000, "5.1"},
		{Size{426, 240}, Rational{25, 1}, 850, "2.1"},
		{Size{64, 48}, Rational{25, 1}, 60, "1.1"},
	} {
		if got := h264Level(test.size, test.rate, test.kbit); got != test.want {
			t.Errorf("%+v: %s, want %s", test, got, test.want)
		}
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	rec709 := Colour{Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"}
	for name, test := range map[string]struct {
		source  VideoSource
		convert bool
		want    Colour
	}{
		"untagged HD":  {VideoSource{Width: 1280, Height: 720}, true, Colour{InMatrix: "bt709", Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"}},
		"untagged PAL": {VideoSource{Width: 720, Height: 576}, true, Colour{InMatrix: "bt470bg", Primaries: "bt470bg", Transfer: "smpte170m", Matrix: "bt470bg"}},
		"RGB":          {VideoSource{Width: 1920, Height: 1080, Matrix: "gbr"}, true, rec709},
		"PQ": {
			VideoSource{Width: 3840, Height: 2160, Primaries: "bt2020", Transfer: "smpte2084", Matrix: "bt2020nc"},
			true,
			Colour{InMatrix: "bt2020nc", InPrimaries: "bt2020", InTransfer: "smpte2084", Tonemap: true, Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"},
		},
		"HLG, no zscale": {
			VideoSource{Width: 3840, Height: 2160, Transfer: "arib-std-b67"},
			false,
			Colour{InMatrix: "bt2020nc", InPrimaries: "bt2020", InTransfer: "arib-std-b67", Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"},
		},
		"wide gamut": {
			VideoSource{Width: 3840, Height: 2160, Primaries: "bt2020", Transfer: "bt2020-10", Matrix: "bt2020nc"},
			true,
			Colour{InMatrix: "bt2020nc", InPrimaries: "bt2020", InTransfer: "bt2020-10", Convert: true, Primaries: "bt709", Transfer: "bt709", Matrix: "bt709"},
		},
	} {
		if d := cmp.Diff(test.want, PlanColour(test.source, test.convert)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
