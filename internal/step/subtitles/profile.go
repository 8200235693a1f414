package subtitles

import "github.com/via-orchestrate/orchestrate/internal/vod"

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
