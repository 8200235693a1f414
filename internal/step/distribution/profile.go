package distribution

import (
	"encoding/json"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The step types that this package runs.
const (
	TypeCopy       = "COPY"
	TypeURLRewrite = "URL_REWRITE"
)

// CopyProfile is the own profile of a COPY step.
type CopyProfile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
	// SourceLocation is where the input filesets have to be. Without it they
	// may be at any location.
	SourceLocation *vod.Location `json:"sourceLocation,omitempty"`
	TargetLocation vod.Location  `json:"targetLocation"` // type file
}

// RewriteProfile is the own profile of a URL_REWRITE step.
type RewriteProfile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
	// SourceLocation is where the input addresses begin. Without it, it is each
	// fileset's own location.
	SourceLocation *vod.Location `json:"sourceLocation,omitempty"`
	TargetLocation vod.Location  `json:"targetLocation"` // type web
}

// parseProfile reads a step's own profile into p.
func parseProfile(text json.RawMessage, p any) error {
	if err := json.Unmarshal(text, p); err != nil {
		return &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig, Cause: err,
			Message: "The distribution profile cannot be read.",
		}
	}
	return nil
}
