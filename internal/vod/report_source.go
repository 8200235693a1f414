package vod

// SourceReport are the facts of the files that an ENCODING started from, as
// ffprobe tells them. Texts are ffmpeg's names; empty or zero means unknown.
type SourceReport struct {
	Container string `json:"container"` // such as "mp4"; of several files joined by " + "
	Duration  int64  `json:"duration"`  // milliseconds
	Size      int64  `json:"size"`      // bytes, of all files
	// Video is the stream that was taken; nil for sound alone.
	Video     *SourceVideo     `json:"video"`
	Audio     []SourceAudio    `json:"audio"`
	Subtitles []SourceSubtitle `json:"subtitles"` // embedded ones
}

// SourceVideo are the facts of a video stream.
type SourceVideo struct {
	Codec       string `json:"codec"`
	Profile     string `json:"profile"`
	Level       string `json:"level"` // as its standard writes it, such as "4.1"
	Width       int    `json:"width"` // as coded
	Height      int    `json:"height"`
	Aspect      string `json:"aspect"`      // as it is shown, such as "16:9"
	FrameRate   string `json:"frameRate"`   // exact, such as "30000/1001"; the average of a variable one
	Variable    bool   `json:"variable"`    // frames are suspected not to be equally long
	Interlaced  bool   `json:"interlaced"`  // frames hold two fields
	Rotation    int    `json:"rotation"`    // degrees, counter-clockwise positive
	BitDepth    int    `json:"bitDepth"`    // of a sample
	PixelFormat string `json:"pixelFormat"` // such as "yuv420p10le"
	VideoRange  string `json:"videoRange"`  // SDR, PQ or HLG
	Primaries   string `json:"primaries"`
	Transfer    string `json:"transfer"`
	Matrix      string `json:"matrix"`
	Bitrate     int64  `json:"bitrate"` // bit/s
}

// SourceAudio are the facts of an audio track.
type SourceAudio struct {
	Codec      string `json:"codec"`
	Profile    string `json:"profile"`
	Channels   int    `json:"channels"`
	Layout     string `json:"layout"`     // such as "5.1(side)"
	SampleRate int    `json:"sampleRate"` // Hz
	Language   string `json:"language"`   // as tagged, or as it was submitted
	Title      string `json:"title"`
	Bitrate    int64  `json:"bitrate"` // bit/s
}

// SourceSubtitle are the facts of an embedded subtitle stream.
type SourceSubtitle struct {
	Codec    string `json:"codec"`
	Language string `json:"language"`
	Title    string `json:"title"`
	Forced   bool   `json:"forced"`
	SDH      bool   `json:"sdh"` // for people who are hard of hearing
}
