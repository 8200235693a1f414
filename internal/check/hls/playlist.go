package hls

import "fmt"

// Limits against hostile playlists.
const (
	MaxSize     = 16 << 20 // bytes of a playlist
	maxSegments = 1 << 18
	maxEntries  = 2000 // each of media, variants and I-frame variants
	maxProblems = 50
)

// Playlist is a multivariant or a media playlist.
type Playlist struct {
	Multivariant bool
	Version      int // 1 where EXT-X-VERSION is missing
	Independent  bool
	Problems     []Problem

	// Of a multivariant playlist.
	Media    []Media
	Variants []Variant
	IFrames  []Variant // with the address in URI
	Keys     []Key     // of EXT-X-SESSION-KEY

	// Of a media playlist.
	TargetDuration int // 0 where it is missing
	Sequence       int64
	Type           string // VOD, EVENT or empty
	End            bool
	IFramesOnly    bool
	Segments       []Segment
	UsesMap        bool
	UsesByteRange  bool
	UsesFloat      bool // an EXTINF with decimals
}

// Problem is a fault of the text.
type Problem struct {
	Line   int // from 1; 0 for the playlist as a whole
	Clause string
	Text   string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Text)
}

// Media is EXT-X-MEDIA (RFC 8216, 4.3.4.1).
type Media struct {
	Line                   int
	Type, URI, Group, Name string
	Language, Assoc        string
	Default, Auto, Forced  bool
	Characteristics        string
	Channels               string
	HasLanguage            bool
}

// Variant is EXT-X-STREAM-INF or EXT-X-I-FRAME-STREAM-INF (RFC 8216, 4.3.4.2
// and 4.3.4.3).
type Variant struct {
	Line               int
	URI                string
	Bandwidth, Average int64 // 0 where missing
	Codecs             []string
	Width, Height      int     // 0 where missing
	FrameRate          float64 // 0 where missing
	VideoRange         string
	Audio, Video       string // groups
	Subtitles          string
}

// Key is EXT-X-KEY or EXT-X-SESSION-KEY (RFC 8216, 4.3.2.4).
type Key struct {
	Line                       int
	Method, URI, IV, KeyFormat string
	KeyID                      string // KEYID, as some packagers write it
}

// Range is a byte range; Length 0 means that there is none.
type Range struct{ Offset, Length int64 }

// Map is EXT-X-MAP (RFC 8216, 4.3.2.5).
type Map struct {
	URI   string
	Range Range
}

// Segment is a media segment.
type Segment struct {
	Line          int
	URI           string
	Duration      float64 // seconds
	Range         Range
	Map           *Map
	Keys          []Key // in force, METHOD NONE left out
	Discontinuity bool  // to the segment before
	Gap           bool
}
