package media

// NotesName is the name of the file that holds [EncodingNotes].
const NotesName = "encoding.json"

// EncodingNotes stand as encoding.json beside the files that encoding put out.
// They tell packaging what each file is and how long it must be. All
// renditions have the same frame rate and the same number of frames, and
// keyframes at the same places; one that was passed through may have more.
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
	// Thumbnails are the sheets for scrubbing; null without video.
	Thumbnails *ThumbnailNotes `json:"thumbnails"`
	// Remarks are sentences about what was done to the source beyond the usual.
	Remarks []string `json:"remarks"`
}

// VideoNotes are the facts of a rendition, as measured from the file.
type VideoNotes struct {
	File       string  `json:"file"`       // such as "video_720p.mp4"
	Name       string  `json:"name"`       // such as "720p", "720p_hevc"
	Codec      string  `json:"codec"`      // CodecH264, CodecHEVC or CodecAV1
	BitDepth   int     `json:"bitDepth"`   // 8 or 10
	VideoRange string  `json:"videoRange"` // RangeSDR, RangePQ or RangeHLG
	Encoder    string  `json:"encoder"`    // ffmpeg's name, or "copy" for a rendition that was passed through
	Width      int     `json:"width"`
	Height     int     `json:"height"` // sample aspect ratio is 1:1
	Frames     int64   `json:"frames"`
	Duration   float64 `json:"duration"`   // seconds, of presentation
	Bitrate    int64   `json:"bitrate"`    // bit/s, average
	MaxBitrate int64   `json:"maxBitrate"` // bit/s, cap that the encoder was given, over two seconds
}

// AudioNotes are the facts of an audio file, as measured. Files that hold the
// same sound in different codecs or layouts have the same Track.
type AudioNotes struct {
	File  string `json:"file"`  // such as "audio_1_eng.mp4"
	Track int    `json:"track"` // number of the source's audio track, from 0
	Codec string `json:"codec"` // CodecAAC or CodecOpus
	Name  string `json:"name"`  // for people, such as "English"
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

// ThumbnailNotes are the facts of the thumbnail sheets. Tile n, counted from 0,
// row by row and sheet by sheet, shows the picture at n times Interval; the
// last sheet may be filled only in part.
type ThumbnailNotes struct {
	Files    []string `json:"files"` // JPEG, in order
	Width    int      `json:"width"` // of one tile, in pixels
	Height   int      `json:"height"`
	Columns  int      `json:"columns"` // of a full sheet
	Rows     int      `json:"rows"`
	Count    int      `json:"count"`    // of all tiles
	Interval float64  `json:"interval"` // seconds
}
