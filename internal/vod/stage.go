package vod

// Stage is one of the six stages of a pipeline. The stages are a vocabulary,
// not an order: what runs after what follows from the label filters.
type Stage string

// The stages, spelled as the task names of the Status API.
const (
	Retrieval          Stage = "RETRIEVAL"
	Encoding           Stage = "ENCODING"
	Packaging          Stage = "PACKAGING"
	SubtitlePublishing Stage = "SUBTITLE_PUBLISHING"
	Distribution       Stage = "DISTRIBUTION"
	Playout            Stage = "PLAYOUT"
)

// Stages lists every stage in the order in which profiles are written and
// steps are numbered.
func Stages() []Stage {
	return []Stage{Retrieval, Encoding, SubtitlePublishing, Packaging, Distribution, Playout}
}

// Key is the stage's key in a profile document, such as "subtitlePublishing".
// It is empty for an unknown stage.
func (s Stage) Key() string {
	switch s {
	case Retrieval:
		return "retrieval"
	case Encoding:
		return "encoding"
	case Packaging:
		return "packaging"
	case SubtitlePublishing:
		return "subtitlePublishing"
	case Distribution:
		return "distribution"
	case Playout:
		return "playout"
	}
	return ""
}

// ProfileKey is the key under which a step of this stage keeps its own
// profile, such as "encodingProfile".
func (s Stage) ProfileKey() string { return s.Key() + "Profile" }
