package plan

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestNeeds(t *testing.T) {
	t.Parallel()
	hevc, av1, uhd, gpu := vod.CanHEVC, vod.CanAV1, vod.CanUHD, vod.CanGPU
	for profile, want := range map[string][2][]vod.Capability{
		`{}`:                                 {},
		`{"codecs":["H264"]}`:                {},
		`{"codecs":["AV1","HEVC"]}`:          {{hevc, av1}},
		`{"hardware":true}`:                  {nil, {gpu}},
		`{"ladder":[{"height":1080}]}`:       {},
		`{"ladder":[{"height":1082}]}`:       {{uhd}},
		`{"ladder":"none"}`:                  {},
		`{"codecs":["HEVC"],"hardware":"x"}`: {},
		`nonsense`:                           {},
		`{"ladder":[{"height":720,"codec":"HEVC"},{"height":2160,"codec":"AV1"}],"hardware":true}`: {{hevc, av1, uhd}, {gpu}},
		// The profile's codecs are those of the rungs that name none.
		`{"codecs":["AV1"],"ladder":[{"height":720,"codec":"H264"}]}`:                 {},
		`{"codecs":["AV1"],"ladder":[{"height":720,"codec":"H264"},{"height":1080}]}`: {{av1}},
	} {
		s := vod.Step{Stage: vod.Encoding, Profile: json.RawMessage(profile)}
		var got [2][]vod.Capability
		got[0], got[1] = Needs(s)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", profile, d)
		}
		s.Stage = vod.Packaging
		if needs, wants := Needs(s); needs != nil || wants != nil {
			t.Errorf("packaging %s needs %v, wants %v", profile, needs, wants)
		}
	}
}

// TestNeedsOfAnyProfile: what is needed is what some rung needs.
func TestNeedsOfAnyProfile(t *testing.T) {
	t.Parallel()
	type rung struct {
		Height int    `json:"height"`
		Codec  string `json:"codec,omitempty"`
	}
	type profile struct {
		Codecs   []string `json:"codecs,omitempty"`
		Ladder   []rung   `json:"ladder,omitempty"`
		Hardware bool     `json:"hardware,omitempty"`
	}
	codecs := map[string]vod.Capability{codecHEVC: vod.CanHEVC, codecAV1: vod.CanAV1}
	names := []string{"H264", codecHEVC, codecAV1}
	needsOf := func(t *rapid.T, p profile) map[vod.Capability]bool {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		found := map[vod.Capability]bool{}
		must, rather := Needs(vod.Step{Stage: vod.Encoding, Profile: text})
		for _, c := range append(must, rather...) {
			found[c] = true
		}
		return found
	}
	rapid.Check(t, func(t *rapid.T) {
		p := profile{
			Codecs: rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID).Draw(t, "codecs"),
			Ladder: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rung {
				return rung{2 * rapid.IntRange(8, 2160).Draw(t, "height"), rapid.SampledFrom(append(names, "")).Draw(t, "codec")}
			}), 0, 5).Draw(t, "ladder"),
			Hardware: rapid.Bool().Draw(t, "hardware"),
		}
		want := map[vod.Capability]bool{}
		rungs := p.Ladder
		if len(rungs) == 0 {
			rungs = []rung{{Height: 1080}}
		}
		for _, r := range rungs {
			of := []string{r.Codec}
			if r.Codec == "" {
				of = p.Codecs
			}
			for _, codec := range of {
				if c, ok := codecs[codec]; ok {
					want[c] = true
				}
			}
			if r.Height > 1080 {
				want[vod.CanUHD] = true
			}
		}
		if p.Hardware {
			want[vod.CanGPU] = true
		}
		if d := cmp.Diff(want, needsOf(t, p)); d != "" {
			t.Fatalf("%+v (-want +got):\n%s", p, d)
		}
	})
}
