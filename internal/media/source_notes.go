package media

// NotesName is the name of the file that holds [EncodingNotes].
const NotesName = "encoding.json"

// EncodingNotes stand as encoding.json beside the files that encoding put out.
// They tell packaging what each file is and how long it must be. All
// renditions have the same frame rate, the same number of frames and keyframes
// at the same places.
type EncodingNotes struct {
	Source Source `json:"source"`

	// FrameRate is constant, in frames per second; "0/0" without video.
	FrameRate Rational `json:"frameRate"`
	// SegmentFrames is the distance of keyframes, which are all IDR, in frames;
	// 0 without video.
	SegmentFrames int `json:"segmentFrames"`
	// SegmentDuration is the distance of keyframes in seconds, exactly
	// SegmentFrames divided by FrameRate. Without video it is the wish of the
	// profile.
	SegmentDuration Rational `json:"segmentDuration"`

	Video  []VideoNotes `json:"video"` // largest picture first
	Audio  []AudioNotes `json:"audio"` // in the order of the source
	Poster *PosterNotes `json:"poster"`
	// Remarks are sentences about what was done to the source beyond the usual.
	Remarks []string `json:"remarks"`
}

// VideoNotes are the facts of a rendition, as measured from the file.
type VideoNotes struct {
	File       string  `json:"file"` // such as "video_720p.mp4"
	Name       string  `json:"name"` // such as "720p"
	Width      int     `json:"width"`
	Height     int     `json:"height"` // sample aspect ratio is 1:1
	Frames     int64   `json:"frames"`
	Duration   float64 `json:"duration"`   // seconds, of presentation
	Bitrate    int64   `json:"bitrate"`    // bit/s, average
	MaxBitrate int64   `json:"maxBitrate"` // bit/s, cap that the encoder was given, over two seconds
}

// AudioNotes are the facts of an audio track, as measured from the file. It is
// AAC-LC in stereo.
type AudioNotes struct {
	File string `json:"file"` // such as "audio_1_eng.mp4"
	Name string `json:"name"` // for people, such as "English"
	// Language is BCP 47, such as "en"; null if unknown.
	Language       *string `json:"language"`
	Default        bool    `json:"default"` // at most one is
	Commentary     bool    `json:"commentary"`
	Described      bool    `json:"described"` // audio description
	SampleRate     int     `json:"sampleRate"`
	Channels       int     `json:"channels"`
	SourceChannels int     `json:"sourceChannels"` // before the downmix
	Duration       float64 `json:"duration"`       // seconds, of presentation
	Bitrate        int64   `json:"bitrate"`        // bit/s, average
}

// PosterNotes are the facts of the poster image.
type PosterNotes struct {
	File   string `json:"file"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}
