package plan

import (
	"encoding/json"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The codecs of an encodingProfile that not every machine encodes in. They are
// those of package media, which this package does not know.
const (
	codecHEVC = "HEVC"
	codecAV1  = "AV1"
)

// fullHD is the height of the largest picture that any machine encodes, and
// that of the top rung where a profile names none.
const fullHD = 1080

// encodingProfile is what is asked of a machine by the profile of an encoding
// step.
type encodingProfile struct {
	Codecs []string `json:"codecs"` // of every rung that names none
	Ladder []struct {
		Height int    `json:"height"` // pixels
		Codec  string `json:"codec"`
	} `json:"ladder"`
	Hardware bool `json:"hardware"`
}

// needs is what [Needs] gives of a step.
type needs struct{ must, rather []vod.Capability }

// Needs tells what whoever runs the step must be able to do, and what it would
// rather have, each in the order of [vod.Capabilities]. A profile that cannot
// be read needs nothing: the step itself says what is wrong with it.
func Needs(step vod.Step) (must, rather []vod.Capability) {
	if step.Stage != vod.Encoding {
		return nil, nil
	}
	var p encodingProfile
	if err := json.Unmarshal(step.Profile, &p); err != nil {
		return nil, nil
	}
	if p.encodes(codecHEVC) {
		must = append(must, vod.CanHEVC)
	}
	if p.encodes(codecAV1) {
		must = append(must, vod.CanAV1)
	}
	if p.tallest() > fullHD {
		must = append(must, vod.CanUHD)
	}
	if p.Hardware {
		rather = append(rather, vod.CanGPU)
	}
	return must, rather
}

// encodes tells whether a rung is made in the codec.
func (p encodingProfile) encodes(codec string) bool {
	open := len(p.Ladder) == 0 // Whether a rung leaves its codec to the profile.
	for _, rung := range p.Ladder {
		if rung.Codec == codec {
			return true
		}
		open = open || rung.Codec == ""
	}
	return open && slices.Contains(p.Codecs, codec)
}

func (p encodingProfile) tallest() int {
	if len(p.Ladder) == 0 {
		return fullHD
	}
	tallest := 0
	for _, rung := range p.Ladder {
		tallest = max(tallest, rung.Height)
	}
	return tallest
}
