package media

// SubtitleNotesName is the name of the file that holds [SubtitleNotes].
const SubtitleNotesName = "subtitles.json"

// SubtitleNotes stand as subtitles.json beside the WebVTT files that
// SUBTITLE_PUBLISHING put out. They tell packaging what each file is.
type SubtitleNotes struct {
	Tracks []SubtitleTrack `json:"tracks"` // in the order of the inputs
}

// SubtitleTrack are the facts of a WebVTT file.
type SubtitleTrack struct {
	File            string `json:"file"`     // such as "subtitles_1_en.vtt"
	Language        string `json:"language"` // BCP 47, "und" if unknown
	Name            string `json:"name"`     // for people, such as "English (forced)"
	Forced          bool   `json:"forced"`
	HearingImpaired bool   `json:"hearingImpaired"`
	Default         bool   `json:"default"` // as the source marks it
	Cues            int    `json:"cues"`
	// End is when the last cue ends, in seconds from the start of the
	// presentation.
	End float64 `json:"end"`
}
