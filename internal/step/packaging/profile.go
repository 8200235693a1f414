package packaging

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Type is the step type of this package, as it stands in profiles.
const Type = "CMAF"

// Limits of Profile.SegmentDuration, in seconds. Below one second the request
// overhead eats what low latency would gain; Apple's HLS authoring
// specification asks for six seconds and players start late beyond ten.
const (
	MinSegmentDuration     = 1.0
	MaxSegmentDuration     = 30.0
	DefaultSegmentDuration = 4.0
)

// Profile is the step's own profile, `packagingProfile` in a profile document.
type Profile struct {
	Name      string `json:"name"`
	Type      string `json:"type"` // "CMAF"
	VersionID int64  `json:"versionId,omitempty"`
	// TargetLocation is where the folder with segments and manifests is made.
	TargetLocation vod.Location `json:"targetLocation"`
	// SegmentDuration is the nominal duration of a segment in seconds,
	// MinSegmentDuration to MaxSegmentDuration. 0, the default, takes the
	// interval between keyframes that encoding noted down, and
	// DefaultSegmentDuration where there is no note. Segments are cut at
	// keyframes only, so one can be longer, never shorter except the last.
	SegmentDuration float64 `json:"segmentDuration,omitempty"`
}

// ParseProfile reads and checks the step's own profile. Its error is a
// [vod.StepError] of class CONFIG.
func ParseProfile(document json.RawMessage) (Profile, error) {
	var p Profile
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Profile{}, configError("The packaging profile is not understood: %v.", err)
	}
	if p.Type != Type {
		return Profile{}, configError("The packaging profile has type %q; this step packages %q.", p.Type, Type)
	}
	d := p.SegmentDuration
	if d != 0 && !(d >= MinSegmentDuration && d <= MaxSegmentDuration) {
		return Profile{}, configError("segmentDuration is %g seconds; %g to %g are possible.",
			d, MinSegmentDuration, MaxSegmentDuration)
	}
	if p.TargetLocation.Type == vod.LocationWeb {
		return Profile{}, configError("targetLocation %q is of type web, which cannot be written to.", p.TargetLocation.Name)
	}
	return p, nil
}

func configError(format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig,
		Message: fmt.Sprintf(format, args...),
		Hint:    "Mend packagingProfile, apply the profile again and submit anew; a retry keeps the old profile.",
	}
}
