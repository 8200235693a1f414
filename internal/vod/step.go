package vod

import "encoding/json"

// Step is one entry of a stage in a profile snapshot. A snapshot's steps are
// numbered through all stages in the order of [Stages]; that number is the
// step's identity within the ingest.
type Step struct {
	Stage    Stage
	Filter   string          // label filter, such as "distributed AND HLS"
	Type     string          // the step type, such as "FFMPEG"
	Name     string          // the name of the step's own profile
	Profile  json.RawMessage // the step's own profile, as it stands in the snapshot
	LabelOut string          // label of the output filesets; empty for null

	// Kinds are the kind labels that this step type sets itself, one for each
	// fileset that it puts out. Empty: it only inherits.
	Kinds []string
	// Marks are further labels that this step type may add to an output
	// fileset, such as "skippedUpload". They are not inherited.
	Marks []string
}

// TypeCatalog is the PLAYOUT step type of the built-in register, which alone
// is taken back when an ingest is cancelled.
const TypeCatalog = "CATALOG"

// IsCatalog tells whether the step publishes in the built-in register.
func (s Step) IsCatalog() bool { return s.Stage == Playout && s.Type == TypeCatalog }
