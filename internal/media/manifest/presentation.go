package manifest

import (
	"math"
	"slices"
	"strings"
)

// Presentation is what the manifests describe. Video tracks are renditions of
// one picture whose segments begin at the same times. There is at least one
// track. As JSON it is part of [Package].
type Presentation struct {
	Video []Track `json:"video"`
	// Audio tracks of the same name are the same sound in other codecs or
	// layouts. The first one is played by default.
	Audio []Track     `json:"audio"`
	Text  []TextTrack `json:"text"`
	// Thumbnails are the sheets for scrubbing; nil for none.
	Thumbnails *Thumbnails `json:"thumbnails"`
	// Protection says how the segments are encrypted; nil: in the clear.
	Protection *Protection `json:"protection"`
}

// TextTrack is a subtitle track in WebVTT.
type TextTrack struct {
	Folder          string `json:"folder"`          // its name, also the id in the DASH manifest
	Language        string `json:"language"`        // BCP 47, "und" if not known
	Name            string `json:"name"`            // for people, unique among text tracks
	Forced          bool   `json:"forced"`          // what everybody has to read, such as signs
	HearingImpaired bool   `json:"hearingImpaired"` // sounds are described, too
	Default         bool   `json:"default"`         // shown unless the viewer asks otherwise
	Size            int64  `json:"size"`            // bytes of the whole text
	// Segments are the durations of the HLS segments in seconds.
	Segments []float64 `json:"segments"`
}

// Thumbnails are sheets of small pictures in JPEG. Tile n, counted from 0, row
// by row and sheet by sheet, is the picture at n times Interval.
type Thumbnails struct {
	Sizes    []int64 `json:"sizes"` // bytes of each sheet
	Width    int     `json:"width"` // of a tile, in pixels
	Height   int     `json:"height"`
	Columns  int     `json:"columns"` // of a sheet
	Rows     int     `json:"rows"`
	Count    int     `json:"count"`    // of all tiles
	Interval float64 `json:"interval"` // seconds
}

// Track is one rendition of the picture or one audio track.
type Track struct {
	Folder    string    `json:"folder"`    // its name, also the id in the DASH manifest
	Codecs    string    `json:"codecs"`    // of RFC 6381
	Timescale uint32    `json:"timescale"` // units per second of segment times
	Frame     float64   `json:"frame"`     // mean duration of a frame in seconds
	Segments  []Segment `json:"segments"`

	// Of video tracks: coded size, sample aspect ratio and frames per second.
	Width     int  `json:"width,omitempty"`
	Height    int  `json:"height,omitempty"`
	SARNum    int  `json:"sarNum,omitempty"`
	SARDen    int  `json:"sarDen,omitempty"`
	FrameRate Rate `json:"frameRate,omitzero"`
	// VideoRange is media.RangeSDR, RangePQ or RangeHLG; empty if not known.
	VideoRange string `json:"videoRange,omitempty"`
	// Colour in the code points of ISO/IEC 23091-2; zeros if not known.
	Primaries int `json:"primaries,omitempty"`
	Transfer  int `json:"transfer,omitempty"`
	Matrix    int `json:"matrix,omitempty"`

	// Of audio tracks.
	Language             string `json:"language,omitempty"` // BCP 47, "und" if not known
	Name                 string `json:"name,omitempty"`     // for people, that of the sound
	Commentary           bool   `json:"commentary,omitempty"`
	Described            bool   `json:"described,omitempty"` // for those who cannot see
	Channels             int    `json:"channels,omitempty"`
	ChannelConfiguration int    `json:"channelConfiguration,omitempty"` // of ISO/IEC 23091-3, 0 if not known
	SampleRate           int    `json:"sampleRate,omitempty"`
}

// Segment is one CMAF segment. There may be many, so that their keys are short.
type Segment struct {
	Start    int64 `json:"t"` // presentation time, not negative
	Duration int64 `json:"d"` // of presentation
	Size     int64 `json:"s"` // bytes
	// FirstSample is the number of bytes up to the end of the first sample.
	FirstSample int64 `json:"f"`
}

// Rate is a rational number of frames per second.
type Rate struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

func (r Rate) float() float64 { return float64(r.Num) / float64(max(r.Den, 1)) }

// seconds is a time of the track in seconds.
func (t Track) seconds(units int64) float64 { return float64(units) / float64(t.Timescale) }

// end is where the track ends, in seconds.
func (t Track) end() float64 {
	last := t.Segments[len(t.Segments)-1]
	return t.seconds(last.Start + last.Duration)
}

// Tracks lists all tracks, video first.
func (p Presentation) Tracks() []Track { return slices.Concat(p.Video, p.Audio) }

// Duration is the end of the longest track, in seconds.
func (p Presentation) Duration() float64 {
	var longest float64
	for _, t := range p.Tracks() {
		longest = max(longest, t.end())
	}
	return longest
}

// longestSegment is the duration of the longest segment, in seconds.
func (p Presentation) longestSegment() float64 {
	var longest float64
	for _, t := range p.Tracks() {
		for _, s := range t.Segments {
			longest = max(longest, t.seconds(s.Duration))
		}
	}
	return longest
}

// targetDuration is EXT-X-TARGETDURATION of every media playlist: each EXTINF,
// as it is written with six decimals, rounded to the nearest integer, is at most
// that (RFC 8216, 4.3.3.1), and all playlists have the same (6.2.4).
func (p Presentation) targetDuration() int {
	const written = 1e6
	return max(1, int(math.Round(math.Round(p.longestSegment()*written)/written)))
}

// bitRates of a track, in bits per second, rounded up.
type bitRates struct{ peak, average int }

// rates measures the track. The peak follows RFC 8216, 4.1: the largest bit
// rate of any contiguous set of segments whose duration is between 0.5 and 1.5
// target durations. Where no set is that long, it is that of the whole track.
func (t Track) rates(target int) bitRates {
	size := func(s Segment) int64 { return s.Size }
	return bitRates{t.peak(target, size), t.average(size)}
}

// iframeRates is the same for the I-frame playlist.
func (t Track) iframeRates(target int) bitRates {
	size := func(s Segment) int64 { return s.FirstSample }
	return bitRates{t.peak(target, size), t.average(size)}
}

func (t Track) peak(target int, size func(Segment) int64) int {
	var peak float64
	for i := range t.Segments {
		var bytes, units int64
		for _, s := range t.Segments[i:] {
			bytes += size(s)
			units += s.Duration
			seconds := t.seconds(units)
			if seconds > 1.5*float64(target) {
				break
			}
			if seconds >= 0.5*float64(target) {
				peak = max(peak, float64(8*bytes)/seconds)
			}
		}
	}
	return max(int(math.Ceil(peak)), t.average(size))
}

func (t Track) average(size func(Segment) int64) int {
	var bytes, units int64
	for _, s := range t.Segments {
		bytes += size(s)
		units += s.Duration
	}
	if units == 0 {
		return 0
	}
	return int(math.Ceil(float64(8*bytes) / t.seconds(units)))
}

// displaySize is the size at which the picture wants to be shown: the coded
// height, and the width in square pixels.
func (t Track) displaySize() (width, height int) {
	return int(math.Round(float64(t.Width) * float64(t.SARNum) / float64(t.SARDen))), t.Height
}

// format is the first part of the codecs string, such as "avc1".
func (t Track) format() string {
	format, _, _ := strings.Cut(t.Codecs, ".")
	return format
}
