package manifest

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Names of files.
const (
	MultivariantName = "index.m3u8"
	MPDName          = "manifest.mpd"
	InitName         = "init.mp4"
	PlaylistName     = "playlist.m3u8"
	IFramesName      = "iframes.m3u8"
)

// SegmentName is the name of a segment in its track's folder; numbers start at 1.
func SegmentName(number int) string { return fmt.Sprintf("seg_%05d.m4s", number) }

// Presentation is what the manifests describe. Video tracks are renditions of
// one picture whose segments begin at the same times. There is at least one
// track.
type Presentation struct {
	Video []Track
	Audio []Track // the first one is played by default
	Text  []TextTrack
	// Thumbnails are the sheets for scrubbing; nil for none.
	Thumbnails *Thumbnails
	// Protection says how the segments are encrypted; nil: in the clear.
	Protection *Protection
}

// TextTrack is a subtitle track in WebVTT.
type TextTrack struct {
	Folder          string // name of its folder, also the id in the DASH manifest
	Language        string // BCP 47, "und" if not known
	Name            string // for people, unique among text tracks
	Forced          bool   // what everybody has to read, such as signs
	HearingImpaired bool   // sounds are described, too
	Default         bool   // shown unless the viewer asks otherwise
	Size            int64  // bytes of the whole text
	// Segments are the durations of the HLS segments in seconds.
	Segments []float64
}

// Thumbnails are sheets of small pictures. Tile n, counted from 0, row by row
// and sheet by sheet, is the picture at n times Interval.
type Thumbnails struct {
	Folder        string
	Files         []string // names in the folder
	Sizes         []int64  // bytes of each file
	Width, Height int      // of a tile, in pixels
	Columns, Rows int      // of a sheet
	Count         int      // of all tiles
	Interval      float64  // seconds
}

// Track is one rendition of the picture or one audio track.
type Track struct {
	Folder    string // name of its folder, also the id in the DASH manifest
	Codecs    string // of RFC 6381
	Timescale uint32 // units per second of segment times
	Segments  []Segment

	// Of video tracks: coded size, sample aspect ratio and frames per second.
	Width, Height  int
	SARNum, SARDen int
	FrameRate      Rate
	VideoRange     string // media.RangeSDR, RangePQ or RangeHLG

	// Of audio tracks.
	Language             string // BCP 47, "und" if not known
	Name                 string // for people, unique among tracks of its group
	Commentary           bool
	Described            bool // for those who cannot see
	Channels             int
	ChannelConfiguration int // of ISO/IEC 23091-3, 0 if not known
	SampleRate           int
}

// Segment is one CMAF segment.
type Segment struct {
	Start    int64 // presentation time, not negative
	Duration int64 // of presentation
	Size     int64 // bytes
	// FirstSample is the number of bytes up to the end of the first sample.
	FirstSample int64
}

// Rate is a rational number of frames per second.
type Rate struct{ Num, Den int }

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
