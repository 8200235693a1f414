package retrieval

import (
	"encoding/json"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Type is the step type that this package runs.
const Type = "vimond_file_retriever"

// Profile is the step's own profile.
type Profile struct {
	Name           string       `json:"name"`
	Type           string       `json:"type"`
	VersionID      int64        `json:"versionId,omitempty"`
	TargetLocation vod.Location `json:"targetLocation"`
	// SkipOnMD5 ends the ingest as SKIPPED when its files are those of the
	// asset's current ingest under the same profile version.
	SkipOnMD5 bool `json:"skipOnMD5,omitempty"`
}

func parseProfile(text json.RawMessage) (Profile, error) {
	var p Profile
	if err := json.Unmarshal(text, &p); err != nil {
		return Profile{}, &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig, Cause: err,
			Message: "The retrieval profile cannot be read.",
		}
	}
	return p, nil
}
