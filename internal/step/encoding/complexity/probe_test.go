package complexity

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding/quality"
)

func TestSamplesAreSpread(t *testing.T) {
	t.Parallel()
	for frames, want := range map[int64][]quality.Window{
		0:   nil,
		20:  {{Source: 0, Rendition: 0, Count: 20}},
		500: {{Source: 225, Rendition: 0, Count: 50}},
		800: {{Source: 175, Rendition: 0, Count: 50}, {Source: 575, Rendition: 50, Count: 50}},
		90000: {
			{Source: 8975, Rendition: 0, Count: 50},
			{Source: 26975, Rendition: 50, Count: 50},
			{Source: 44975, Rendition: 100, Count: 50},
			{Source: 62975, Rendition: 150, Count: 50},
			{Source: 80975, Rendition: 200, Count: 50},
		},
	} {
		if d := cmp.Diff(want, Title{Rate: media.Rational{Num: 25, Den: 1}, Frames: frames}.samples()); d != "" {
			t.Errorf("%d frames: %s", frames, d)
		}
	}
}
