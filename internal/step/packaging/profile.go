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
	// Encryption of the segments; nil leaves them in the clear.
	Encryption *Encryption `json:"encryption,omitempty"`
}

// The encryption schemes of a profile.
const (
	SchemeAES128    = "AES-128"    // whole segments (RFC 8216, 4.3.2.4); HLS alone
	SchemeSampleAES = "SAMPLE-AES" // the same segments as CBCS; HLS alone
	SchemeCENC      = "CENC"       // cenc of ISO/IEC 23001-7, 10.1: AES-CTR
	SchemeCBCS      = "CBCS"       // cbcs of ISO/IEC 23001-7, 10.4: AES-CBC in a pattern
)

// Encryption says how segments are encrypted, and where the key comes from:
// KeyFile or KeyServer, one of the two.
type Encryption struct {
	Scheme string `json:"scheme"`
	// KeyFile is a reference to a JSON text with the key of each asset, "*" for
	// all others: {"4711": {"kid": …, "key": …}}, 32 hexadecimal digits each.
	KeyFile   string     `json:"keyFile,omitempty"`
	KeyServer *KeyServer `json:"keyServer,omitempty"`
	// KeyURI is where players get the key; {kid} stands for its id.
	KeyURI string `json:"keyUri,omitempty"`
}

// KeyServer is a key server that answers CPIX documents (DASH-IF CPIX 2.3), as
// SPEKE version 2 has it.
type KeyServer struct {
	URL           string   `json:"url"`
	Authorization string   `json:"authorization,omitempty"` // reference to the value of that header
	Systems       []string `json:"systems,omitempty"`       // WIDEVINE, PLAYREADY, FAIRPLAY
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
	return p, p.Encryption.check()
}

func configError(format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig,
		Message: fmt.Sprintf(format, args...),
		Hint:    "Mend packagingProfile, apply the profile again and submit anew; a retry keeps the old profile.",
	}
}
