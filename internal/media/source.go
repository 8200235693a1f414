package media

import "time"

// Source is what an encode starts from: the chosen video stream and all audio
// tracks of one or several files. Times count from the start of the earliest
// stream of each file.
type Source struct {
	Video     *VideoSource     `json:"video"` // nil: sound only
	Audio     []AudioSource    `json:"audio"`
	Subtitles []SubtitleSource `json:"subtitles"` // embedded ones; they are not encoded

	// Duration is when the last of video and audio ends; 0 if unknown.
	Duration time.Duration `json:"duration"`
	// Tolerance is how far a track may fall short of its declared end before the
	// source counts as cut off. 0: ends are estimates, not declared.
	Tolerance time.Duration `json:"tolerance"`
}

// StreamRef says where a stream is.
type StreamRef struct {
	Input  int `json:"input"`  // number of the input file, from 0
	Stream int `json:"stream"` // number of the stream within the file, from 0
}

// VideoSource are the facts of the video stream. Texts are ffmpeg's names;
// empty or zero means unknown.
type VideoSource struct {
	StreamRef
	Codec       string   `json:"codec"`
	PixelFormat string   `json:"pixelFormat"`
	BitDepth    int      `json:"bitDepth"`
	Width       int      `json:"width"` // as coded
	Height      int      `json:"height"`
	SAR         Rational `json:"sampleAspectRatio"`
	// Rotation is in degrees, counter-clockwise positive.
	Rotation    float64  `json:"rotation"`
	FieldOrder  string   `json:"fieldOrder"`
	RealRate    Rational `json:"realRate"` // lowest in which all times can be told
	AverageRate Rational `json:"averageRate"`
	Variable    bool     `json:"variableRate"` // suspected
	Primaries   string   `json:"primaries"`
	Transfer    string   `json:"transfer"`
	Matrix      string   `json:"matrix"`
	Range       string   `json:"range"`
	// Mastering is what HDR10 says about its display and light; nil if nothing.
	Mastering *Mastering `json:"mastering,omitempty"`
	// End is when the last frame ends; 0 if unknown.
	End time.Duration `json:"end"`
}

// Mastering are the metadata of HDR10: SMPTE ST 2086 and CTA-861.3. Numbers are
// not rounded more than x265 and SVT-AV1 do.
type Mastering struct {
	// Red, Green, Blue and White are CIE 1931 chromaticities in units of 0.00002,
	// 0 to 50000; all zero if unknown.
	Red   [2]int `json:"red"`
	Green [2]int `json:"green"`
	Blue  [2]int `json:"blue"`
	White [2]int `json:"white"`
	// MinLuminance and MaxLuminance are in units of 0.0001 cd/m².
	MinLuminance int `json:"minLuminance"`
	MaxLuminance int `json:"maxLuminance"`
	// MaxContent and MaxAverage light levels are in cd/m²; 0 if unknown.
	MaxContent int `json:"maxContent"`
	MaxAverage int `json:"maxAverage"`
}

// Display tells whether the mastering display is known.
func (m Mastering) Display() bool { return m.MaxLuminance > 0 }

// Light tells whether the light levels are known.
func (m Mastering) Light() bool { return m.MaxContent > 0 }

// AudioSource are the facts of an audio track.
type AudioSource struct {
	StreamRef
	Codec      string `json:"codec"`
	SampleRate int    `json:"sampleRate"`
	Channels   int    `json:"channels"`
	Layout     string `json:"layout"`
	Language   string `json:"language"` // as tagged, such as "eng"; "" if unknown
	Title      string `json:"title"`
	Default    bool   `json:"default"`
	Commentary bool   `json:"commentary"`
	Described  bool   `json:"described"` // audio description
	// Start is when the first sample begins; 0 if unknown.
	Start time.Duration `json:"start"`
	// End is when the last sample ends; 0 if unknown.
	End time.Duration `json:"end"`
}

// SubtitleSource are the facts of an embedded subtitle stream.
type SubtitleSource struct {
	StreamRef
	Codec    string `json:"codec"`
	Language string `json:"language"`
	Title    string `json:"title"`
	Forced   bool   `json:"forced"`
}

// Interlaced tells whether frames hold two fields of different times.
func (v VideoSource) Interlaced() bool {
	switch v.FieldOrder {
	case "tt", "bb", "tb", "bt":
		return true
	}
	return false
}

// HDR tells whether the pictures are in high dynamic range (Rec. ITU-R BT.2100,
// PQ or HLG).
func (v VideoSource) HDR() bool {
	return v.Transfer == "smpte2084" || v.Transfer == "arib-std-b67"
}
