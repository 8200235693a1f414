package subtitles

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Type is the step type under which profiles name this step.
const Type = "WEBVTT"

// Profile is the subtitlePublishingProfile of a WEBVTT step.
type Profile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
	// TargetLocation is where the WebVTT files are written.
	TargetLocation vod.Location `json:"targetLocation"`
	// Offset is by how many seconds the cues of subtitle files are shown later,
	// -86400 to 86400: -3600 for files whose times begin at 01:00:00. Embedded
	// tracks keep their times.
	Offset float64 `json:"offset,omitempty"`
	// Embedded takes the text tracks of video files, too; nil means true.
	Embedded *bool `json:"embedded,omitempty"`
}

// maxOffset bounds [Profile.Offset], in seconds.
const maxOffset = 86400

// ParseProfile reads and checks the step's own profile. Its error is a
// [vod.StepError] of class CONFIG.
func ParseProfile(document json.RawMessage) (Profile, error) {
	var p Profile
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return Profile{}, configError("The subtitle profile is not understood: %v.", err)
	}
	switch {
	case p.Type != Type:
		return Profile{}, configError("The subtitle profile has type %q; this step makes %q.", p.Type, Type)
	case !(p.Offset >= -maxOffset && p.Offset <= maxOffset):
		return Profile{}, configError("offset is %g seconds; %d to %d are possible.", p.Offset, -maxOffset, maxOffset)
	}
	return p, nil
}

// withEmbedded tells whether text tracks of video files are taken.
func (p Profile) withEmbedded() bool { return p.Embedded == nil || *p.Embedded }

// shift is by how much the cues of subtitle files are shown later.
func (p Profile) shift() time.Duration {
	return time.Duration(math.Round(p.Offset*1000)) * time.Millisecond
}

func configError(format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig,
		Message: fmt.Sprintf(format, args...),
		Hint:    "Mend subtitlePublishingProfile, apply the profile again and submit anew; a retry keeps the old profile.",
	}
}
