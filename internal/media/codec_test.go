package media

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLadderOfSeveralCodecs(t *testing.T) {
	t.Parallel()
	v := VideoSource{Width: 1920, Height: 1080, RealRate: Rational{25, 1}, AverageRate: Rational{25, 1}}
	small := v
	small.Width, small.Height = 64, 48
	for _, test := range []struct {
		name   string
		source VideoSource
		rungs  []Rung
		want   []string
	}{
		{
			"shares of the cap", v,
			[]Rung{{Short: 1080, Codec: CodecAV1}, {Short: 1080}, {Short: 1080, Codec: CodecHEVC}, {Short: 720, Codec: CodecHEVC, Bitrate: 2000}, {Short: 720, Codec: CodecAV1, Bitrate: 2000, Exact: true}},
			[]string{"1080p H264 6000 4.0", "1080p_hevc HEVC 3900 4.0", "1080p_av1 AV1 3300 4.0", "720p_hevc HEVC 1300 3.1", "720p_av1 AV1 2000 3.1"},
		},
		{
			"own size for each codec by itself", v,
			[]Rung{{Short: 720}, {Short: 2160}, {Short: 1080, Codec: CodecHEVC}},
			[]string{"1080p H264 6000 4.0", "1080p_hevc HEVC 3900 4.0", "720p H264 3540 3.1"},
		},
		{"too small for AV1", small, []Rung{{Short: 1080, Codec: CodecAV1}, {Short: 1080, Codec: CodecHEVC}}, []string{"48p_hevc HEVC 59 1.0"}},
		{"too small for all", small, []Rung{{Short: 1080, Codec: CodecAV1}}, []string{"48p H264 90 1.1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, r := range PlanLadder(test.source, test.rungs, 4).Renditions {
				got = append(got, fmt.Sprintf("%s %s %d %s", r.Name, r.Codec, r.Bitrate, r.Level))
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestLevelsOfHEVCAndAV1(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		size      Size
		rate      int64
		kbit      int
		hevc, av1 string
	}{
		{Size{426, 240}, 25, 500, "2.0", "2.0"},
		{Size{1280, 720}, 60, 3000, "4.0", "4.0"},
		{Size{1920, 1080}, 30, 3900, "4.0", "4.0"},
		{Size{1920, 1080}, 60, 5900, "4.1", "4.1"},
		{Size{1920, 1080}, 30, 7000, "4.1", "4.0"}, // two seconds of it fill the buffer of 4.0
		{Size{3840, 2160}, 30, 12000, "5.0", "5.0"},
		{Size{3840, 2160}, 60, 16000, "5.1", "5.1"},
		{Size{1080, 1920}, 30, 3900, "4.0", "4.0"},
		{Size{64, 4096}, 25, 500, "4.0", "5.0"}, // too high for less
	} {
		rate := Rational{test.rate, 1}
		if got := hevcLevel(test.size, rate, test.kbit); got != test.hevc {
			t.Errorf("%+v: HEVC level %s", test, got)
		}
		if got := av1Level(test.size, rate, test.kbit); got != test.av1 {
			t.Errorf("%+v: AV1 level %s", test, got)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	deep := VideoSource{BitDepth: 10}
	hdr := VideoSource{BitDepth: 10, Primaries: "bt2020", Transfer: "smpte2084", Matrix: "bt2020nc"}
	hlg, odd := hdr, hdr
	hlg.Transfer, odd.Primaries = "arib-std-b67", "smpte432"
	for _, test := range []struct {
		name   string
		source VideoSource
		codec  string
		depth  int
		keep   bool
		want   Format
	}{
		{"H.264 is 8 bit SDR", hdr, CodecH264, 10, true, Format{8, RangeSDR}},
		{"depth of the source", deep, CodecAV1, 0, true, Format{10, RangeSDR}},
		{"8 bit source", VideoSource{BitDepth: 8}, CodecHEVC, 0, true, Format{8, RangeSDR}},
		{"8 bit source, 10 wanted", VideoSource{BitDepth: 8}, CodecHEVC, 10, true, Format{10, RangeSDR}},
		{"HDR10", hdr, CodecHEVC, 0, true, Format{10, RangePQ}},
		{"HLG", hlg, CodecAV1, 10, true, Format{10, RangeHLG}},
		{"HDR never in 8 bits", hdr, CodecHEVC, 8, true, Format{8, RangeSDR}},
		{"SDR wanted", hdr, CodecHEVC, 0, false, Format{10, RangeSDR}},
		{"other primaries", odd, CodecHEVC, 0, true, Format{10, RangeSDR}},
	} {
		if got := PlanFormat(test.source, test.codec, test.depth, test.keep); got != test.want {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// TestThumbnailProperties holds for every video: tiles fit, are not closer than
// a second, not needlessly many, and all have a place.
func TestThumbnailProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		display := Size{rapid.IntRange(1, 8192).Draw(t, "width"), rapid.IntRange(1, 8192).Draw(t, "height")}
		rate := rapid.SampledFrom([]Rational{{1, 1}, {24000, 1001}, {25, 1}, {30000, 1001}, {60, 1}}).Draw(t, "rate")
		seconds := rapid.Float64Range(0.01, 86400).Draw(t, "duration")
		p := PlanThumbnails(display, rate, seconds)
		interval := float64(p.Every) / rate.Float()
		tiles := p.Count(int64(seconds * rate.Float()))
		switch {
		case p.Tile.Width > 240 || p.Tile.Height > 426 || p.Tile.Width%2 != 0 || p.Tile.Height%2 != 0 || p.Tile.Width < 2 || p.Tile.Height < 2:
			t.Fatalf("tile %+v", p)
		case interval < 1-1e-9 || tiles > mostTiles+1 || seconds > 400 && tiles < 90:
			t.Fatalf("%d tiles, %g s apart", tiles, interval)
		case p.Columns < 1 || p.Columns > 10 || p.Rows < 1 || p.Rows > 10 || tiles < 100 && p.Columns*p.Rows > tiles+10 && p.Rows > 1:
			t.Fatalf("%+v for %d tiles", p, tiles)
		case p.Sheets(tiles)*p.Columns*p.Rows < tiles:
			t.Fatalf("%d sheets of %+v for %d tiles", p.Sheets(tiles), p, tiles)
		}
	})
}
