package media

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func fullHD() Ladder {
	rate := Rational{25, 1}
	return PlanLadder(VideoSource{Width: 1920, Height: 1080, RealRate: rate, AverageRate: rate}, DefaultRungs(), 4)
}

func needsOf(l Ladder, kbit, ssim []float64) []Need {
	var needs []Need
	for i, r := range l.Renditions {
		needs = append(needs, Need{Size: r.Size, Kbit: kbit[i], Hardest: kbit[i], SSIM: ssim[i]})
	}
	return needs
}

func TestPerTitle(t *testing.T) {
	t.Parallel()
	l := fullHD()
	for name, test := range map[string]struct {
		kbit, ssim []float64
		want       []string
	}{
		"talking head": {
			[]float64{2140, 1100, 600, 400, 200},
			[]float64{0.985, 0.97, 0.95, 0.92, 0.85},
			[]string{
				"1080p: the samples need 2,140 kbit/s at CRF 23; capped at 3,000 instead of 6,000.",
				"720p: the samples need 1,100 kbit/s at CRF 23; capped at 1,540 instead of 3,540.",
				"480p: the samples need 600 kbit/s at CRF 23; capped at 840 instead of 2,090.",
				"360p: the samples need 400 kbit/s at CRF 23; capped at 560 instead of 1,440.",
				"240p: the samples need 200 kbit/s at CRF 23; capped at 280 instead of 850.",
			},
		},
		"flat drawing": {
			[]float64{300, 260, 240, 200, 100},
			[]float64{0.999, 0.998, 0.9978, 0.99, 0.98},
			[]string{
				"1080p: the samples need 300 kbit/s at CRF 23; capped at 420 instead of 6,000.",
				"720p was left out: it would need 260 kbit/s, and 1080p needs only 300.",
				"480p was left out: it would need 240 kbit/s, and 1080p needs only 300.",
				"360p: the samples need 200 kbit/s at CRF 23; capped at 280 instead of 1,440.",
				"240p: the samples need 100 kbit/s at CRF 23; capped at 140 instead of 850.",
			},
		},
		"blurred": {
			[]float64{2000, 1500, 900, 500, 250},
			[]float64{0.999, 0.998, 0.998, 0.99, 0.98},
			[]string{
				"1080p: the samples need 2,000 kbit/s at CRF 23; capped at 2,800 instead of 6,000.",
				"720p was left out: 480p scaled up looks as good (SSIM 0.9980 against 0.9980).",
				"480p: the samples need 900 kbit/s at CRF 23; capped at 1,260 instead of 2,090.",
				"360p: the samples need 500 kbit/s at CRF 23; capped at 700 instead of 1,440.",
				"240p: the samples need 250 kbit/s at CRF 23; capped at 350 instead of 850.",
			},
		},
		"noise": {
			[]float64{60000, 30000, 15000, 9000, 4000},
			[]float64{0.9, 0.6, 0.5, 0.4, 0.3},
			[]string{
				"1080p: the samples need 60,000 kbit/s at CRF 23; the cap stays at 6,000.",
				"720p: the samples need 30,000 kbit/s at CRF 23; the cap stays at 3,540.",
				"480p: the samples need 15,000 kbit/s at CRF 23; the cap stays at 2,090.",
				"360p: the samples need 9,000 kbit/s at CRF 23; the cap stays at 1,440.",
				"240p: the samples need 4,000 kbit/s at CRF 23; the cap stays at 850.",
			},
		},
	} {
		got, sentences := PerTitle(l, needsOf(l, test.kbit, test.ssim), 23)
		if d := cmp.Diff(test.want, sentences); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if left := strings.Count(strings.Join(sentences, ""), "left out"); len(got.Renditions) != len(l.Renditions)-left {
			t.Errorf("%s: %d renditions, %d left out", name, len(got.Renditions), left)
		}
	}
}

// The hardest sample lifts the cap where the average would cut it off.
func TestPerTitleLeavesRoomForTheHardestSample(t *testing.T) {
	t.Parallel()
	l := fullHD()
	got, _ := PerTitle(l, []Need{{Size: l.Renditions[0].Size, Kbit: 1000, Hardest: 3000, SSIM: 0.98}}, 23)
	if got.Renditions[0].Bitrate != 3000 {
		t.Errorf("capped at %d", got.Renditions[0].Bitrate)
	}
}

func TestPerTitleProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var rungs []Rung
		for _, codec := range rapid.SliceOfNDistinct(rapid.SampledFrom(VideoCodecs()), 1, 3, rapid.ID).Draw(t, "codecs") {
			for _, r := range DefaultRungs() {
				rungs = append(rungs, Rung{Short: r.Short, Codec: codec})
			}
		}
		l := PlanLadder(VideoSource{Width: 1920, Height: 1080, RealRate: Rational{25, 1}, AverageRate: Rational{25, 1}}, rungs, 4)
		var needs []Need
		for _, r := range l.Renditions {
			kbit := rapid.Float64Range(0, 20000).Draw(t, "kbit")
			needs = append(needs, Need{Size: r.Size, Kbit: kbit, Hardest: kbit * rapid.Float64Range(1, 3).Draw(t, "hardest"), SSIM: rapid.Float64Range(0, 1).Draw(t, "ssim")})
		}
		got, sentences := PerTitle(l, needs, 23)
		if len(sentences) != len(l.Renditions) {
			t.Fatalf("%d sentences", len(sentences))
		}
		caps := map[string]int{}
		for _, r := range l.Renditions {
			caps[r.Name] = r.Bitrate
		}
		for _, r := range got.Renditions {
			if r.Bitrate <= 0 || r.Bitrate > caps[r.Name] || r.Level == "" {
				t.Fatalf("%+v", r)
			}
		}
		for _, codec := range VideoCodecs() {
			before, after := ofCodec(l, codec), ofCodec(got, codec)
			if len(before) > 0 && (len(after) == 0 || after[0].Size != before[0].Size || after[len(after)-1].Size != before[len(before)-1].Size) {
				t.Fatalf("%s: %+v", codec, after)
			}
		}
	})
}

func ofCodec(l Ladder, codec string) []Rendition {
	var out []Rendition
	for _, r := range l.Renditions {
		if r.Codec == codec {
			out = append(out, r)
		}
	}
	return out
}
