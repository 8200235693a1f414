package encoding

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Type is the step type under which profiles name this step.
const Type = "FFMPEG"

// Profile is the encodingProfile of an FFMPEG step. Every field but
// TargetLocation may be left out; zero means the default that the field names.
type Profile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
	// TargetLocation is where the renditions are written.
	TargetLocation vod.Location `json:"targetLocation"`

	// SegmentDuration is the distance of keyframes in seconds, 1 to 10, default
	// 4. It is rounded to whole frames.
	SegmentDuration float64 `json:"segmentDuration,omitempty"`
	// Preset is the x264 preset, "ultrafast" to "veryslow", default "veryfast".
	Preset string `json:"preset,omitempty"`
	// CRF is the x264 rate factor, 10 (best) to 40, default 23. The bit rate
	// that it leads to is capped by each rendition's VideoBitrate.
	CRF float64 `json:"crf,omitempty"`
	// Ladder lists the renditions to make, default 1080, 720, 480, 360 and 240.
	// Those larger than the source are left out.
	Ladder []Rung `json:"ladder,omitempty"`
	// AudioBitrate is the bit rate of each stereo track in kbit/s, 32 to 320,
	// default 128.
	AudioBitrate int `json:"audioBitrate,omitempty"`
	// Threads limits the threads of each encoder, 1 to 64, default as many as
	// the encoder finds useful on the machine.
	Threads int `json:"threads,omitempty"`
}

// Rung is one entry of a profile's ladder.
type Rung struct {
	// Height is the size of the picture's short side in pixels, 16 to 4320, even:
	// 720 is 1280x720, or 720x1280 for a portrait source.
	Height int `json:"height"`
	// VideoBitrate is the highest bit rate in kbit/s at up to 30 frames per
	// second, 16 to 100000. 0: the default for the height.
	VideoBitrate int `json:"videoBitrate,omitempty"`
}

// Presets lists the accepted values of [Profile.Preset], fastest first.
func Presets() []string {
	return []string{
		"ultrafast", "superfast", "veryfast", "faster", "fast",
		"medium", "slow", "slower", "veryslow",
	}
}

// ParseProfile reads an encodingProfile and checks its values. Keys that it
// does not know are left alone: profile documents are checked as a whole when
// they are applied.
func ParseProfile(raw json.RawMessage) (Profile, error) {
	var p Profile
	if err := json.Unmarshal(raw, &p); err != nil {
		return Profile{}, fmt.Errorf("encoding profile: %w", err)
	}
	return p, p.check()
}

func (p Profile) check() error {
	if p.SegmentDuration != 0 && !(p.SegmentDuration >= 1 && p.SegmentDuration <= 10) {
		return fmt.Errorf("segmentDuration is %g, but must be 1 to 10 seconds", p.SegmentDuration)
	}
	if p.Preset != "" && !slices.Contains(Presets(), p.Preset) {
		return fmt.Errorf("preset %q is not one of x264's: %v", p.Preset, Presets())
	}
	if p.CRF != 0 && !(p.CRF >= 10 && p.CRF <= 40) {
		return fmt.Errorf("crf is %g, but must be 10 to 40", p.CRF)
	}
	if p.AudioBitrate != 0 && (p.AudioBitrate < 32 || p.AudioBitrate > 320) {
		return fmt.Errorf("audioBitrate is %d, but must be 32 to 320 kbit/s", p.AudioBitrate)
	}
	if p.Threads < 0 || p.Threads > 64 {
		return fmt.Errorf("threads is %d, but must be 1 to 64", p.Threads)
	}
	seen := map[int]bool{}
	for i, r := range p.Ladder {
		if err := r.check(); err != nil {
			return fmt.Errorf("ladder entry %d: %w", i+1, err)
		}
		if seen[r.Height] {
			return fmt.Errorf("ladder entry %d: height %d is listed twice", i+1, r.Height)
		}
		seen[r.Height] = true
	}
	return nil
}

func (r Rung) check() error {
	if r.Height < 16 || r.Height > 4320 || r.Height%2 != 0 {
		return fmt.Errorf("height is %d, but must be an even number from 16 to 4320", r.Height)
	}
	if r.VideoBitrate != 0 && (r.VideoBitrate < 16 || r.VideoBitrate > 100000) {
		return fmt.Errorf("videoBitrate is %d, but must be 16 to 100000 kbit/s", r.VideoBitrate)
	}
	return nil
}
