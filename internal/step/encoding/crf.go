package encoding

import (
	"math"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// crfFor is the rate factor at which the encoder of a codec comes to about the
// SSIM that x264 has at crf with the preset veryfast: measured at 18 to 33 on
// phone video with grain and on a talking head, which lie 3 apart for x265 and
// 12 for SVT-AV1; the line keeps to the former, the harder, at the default of 23.
// SVT-AV1 takes whole numbers only.
func crfFor(codec string, crf float64) float64 {
	switch codec {
	case media.CodecHEVC:
		return math.Round((24.5+1.2*(crf-23))*10) / 10
	case media.CodecAV1:
		return math.Round(min(max(38+2.2*(crf-23), 1), 63))
	}
	return crf
}

// svtPreset is the preset of SVT-AV1, 0 (best) to 13 (fastest), for one of x264.
func svtPreset(preset string) int {
	return 12 - slices.Index(Presets(), preset)
}
