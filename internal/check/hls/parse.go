package hls

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parser goes through a playlist line by line.
type parser struct {
	out *Playlist

	segment  Segment  // the next one, as far as its tags have been read
	extinf   bool     // it has an EXTINF
	variant  *Variant // EXT-X-STREAM-INF without its address yet
	current  *Map
	keys     []Key
	newKeys  bool // the next EXT-X-KEY replaces the ones before
	rangeEnd map[string]int64
	seen     map[string]bool
	media    bool // has a tag that only media playlists have
}

// Parse reads a playlist. It gives as much as can be made out, and all faults in
// Problems.
func Parse(text []byte) *Playlist {
	p := &parser{out: &Playlist{Version: 1}, rangeEnd: map[string]int64{}, seen: map[string]bool{}}
	if len(text) > MaxSize {
		p.problem(0, "", "it has %d bytes; at most %d are read", len(text), MaxSize)
		return p.out
	}
	if !utf8.Valid(text) || strings.HasPrefix(string(text), "\ufeff") {
		p.problem(0, "RFC 8216, 4.1", "it is not UTF-8, or has a byte order mark")
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if number == 1 && line != "#EXTM3U" {
			p.problem(1, "RFC 8216, 4.3.1.1", "the first line is not #EXTM3U")
		}
		p.line(number, line)
	}
	if number == 0 {
		p.problem(0, "RFC 8216, 4.3.1.1", "it is empty")
	}
	p.finish()
	return p.out
}

func (p *parser) problem(line int, clause, format string, args ...any) {
	if len(p.out.Problems) < maxProblems {
		p.out.Problems = append(p.out.Problems, Problem{line, clause, fmt.Sprintf(format, args...)})
	}
}

func (p *parser) line(number int, line string) {
	switch {
	case line == "":
	case strings.HasPrefix(line, "#EXT"):
		tag, value, _ := strings.Cut(line, ":")
		p.tag(number, tag, value)
	case strings.HasPrefix(line, "#"):
	default:
		p.address(number, line)
	}
}

// once tells of a tag that stands there a second time.
func (p *parser) once(line int, tag string) {
	if p.seen[tag] {
		p.problem(line, "RFC 8216, 4.3", "%s stands there twice", tag)
	}
	p.seen[tag] = true
}

func (p *parser) tag(line int, tag, value string) {
	switch tag {
	case "#EXT-X-VERSION":
		p.once(line, tag)
		p.out.Version = int(p.number(line, tag, value))
	case "#EXT-X-INDEPENDENT-SEGMENTS":
		p.out.Independent = true
	case "#EXT-X-MEDIA", "#EXT-X-STREAM-INF", "#EXT-X-I-FRAME-STREAM-INF", "#EXT-X-SESSION-KEY":
		p.out.Multivariant = true
		p.multivariant(line, tag, value)
	case "#EXT-X-TARGETDURATION", "#EXT-X-MEDIA-SEQUENCE", "#EXT-X-PLAYLIST-TYPE", "#EXT-X-I-FRAMES-ONLY":
		p.media = true
		p.once(line, tag)
		p.header(line, tag, value)
	case "#EXT-X-ENDLIST":
		p.media = true
		p.out.End = true
	case "#EXTINF", "#EXT-X-BYTERANGE", "#EXT-X-MAP", "#EXT-X-KEY", "#EXT-X-DISCONTINUITY", "#EXT-X-GAP":
		p.media = true
		p.segmentTag(line, tag, value)
	}
}

func (p *parser) multivariant(line int, tag, value string) {
	a := p.attributes(line, tag, value)
	switch tag {
	case "#EXT-X-MEDIA":
		p.addMedia(line, a)
	case "#EXT-X-STREAM-INF":
		v := p.newVariant(line, a)
		a.require("RFC 8216, 4.3.4.2", "BANDWIDTH")
		p.variant = &v
	case "#EXT-X-I-FRAME-STREAM-INF":
		a.require("RFC 8216, 4.3.4.3", "BANDWIDTH", "URI")
		v := p.newVariant(line, a)
		v.URI = a.quoted("URI")
		add(p, line, &p.out.IFrames, v)
	case "#EXT-X-SESSION-KEY":
		p.out.Keys = append(p.out.Keys, p.key(line, tag, a))
	}
}

func (p *parser) addMedia(line int, a attributes) {
	a.require("RFC 8216, 4.3.4.1", "TYPE", "GROUP-ID", "NAME")
	m := Media{
		Line: line, Type: a.plain("TYPE"), URI: a.quoted("URI"), Group: a.quoted("GROUP-ID"), Name: a.quoted("NAME"),
		Language: a.quoted("LANGUAGE"), Assoc: a.quoted("ASSOC-LANGUAGE"), HasLanguage: a.has("LANGUAGE"),
		Default: a.yes("DEFAULT"), Auto: a.yes("AUTOSELECT"), Forced: a.yes("FORCED"),
		Characteristics: a.quoted("CHARACTERISTICS"), Channels: a.quoted("CHANNELS"),
	}
	switch m.Type {
	case "AUDIO", "VIDEO":
	case "SUBTITLES":
		a.require("RFC 8216, 4.3.4.1", "URI")
	case "CLOSED-CAPTIONS":
		a.require("RFC 8216, 4.3.4.1", "INSTREAM-ID")
	default:
		p.problem(line, "RFC 8216, 4.3.4.1", "TYPE is %q", shorten(m.Type))
	}
	if m.Default && a.has("AUTOSELECT") && !m.Auto {
		p.problem(line, "RFC 8216, 4.3.4.1", "DEFAULT is YES, but AUTOSELECT is NO")
	}
	if a.has("FORCED") && m.Type != "SUBTITLES" {
		p.problem(line, "RFC 8216, 4.3.4.1", "FORCED belongs to subtitles alone")
	}
	add(p, line, &p.out.Media, m)
}

// add appends what a multivariant playlist lists, up to a number.
func add[T any](p *parser, line int, list *[]T, one T) {
	if len(*list) == maxEntries {
		p.problem(line, "", "there are more than %d entries of this kind", maxEntries)
		return
	}
	*list = append(*list, one)
}

func (p *parser) newVariant(line int, a attributes) Variant {
	v := Variant{
		Line: line, Bandwidth: a.integer("BANDWIDTH"), Average: a.integer("AVERAGE-BANDWIDTH"),
		FrameRate: a.float("FRAME-RATE"), VideoRange: a.plain("VIDEO-RANGE"),
		Audio: a.quoted("AUDIO"), Video: a.quoted("VIDEO"), Subtitles: a.quoted("SUBTITLES"),
	}
	v.Width, v.Height = a.resolution("RESOLUTION")
	for codec := range strings.SplitSeq(a.quoted("CODECS"), ",") {
		if codec = strings.TrimSpace(codec); codec != "" && len(v.Codecs) < 32 {
			v.Codecs = append(v.Codecs, codec)
		}
	}
	return v
}

func (p *parser) header(line int, tag, value string) {
	switch tag {
	case "#EXT-X-TARGETDURATION":
		p.out.TargetDuration = int(p.number(line, tag, value))
	case "#EXT-X-MEDIA-SEQUENCE":
		p.out.Sequence = p.number(line, tag, value)
	case "#EXT-X-I-FRAMES-ONLY":
		p.out.IFramesOnly = true
	case "#EXT-X-PLAYLIST-TYPE":
		p.out.Type = value
		if value != "VOD" && value != "EVENT" {
			p.problem(line, "RFC 8216, 4.3.3.5", "%s is %q", tag, shorten(value))
		}
	}
}

func (p *parser) number(line int, tag, value string) int64 {
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil || n < 0 {
		p.problem(line, "RFC 8216, 4.2", "%s is %q, no decimal integer", tag, shorten(value))
		return 0
	}
	return n
}

func (p *parser) finish() {
	if p.variant != nil {
		p.problem(p.variant.Line, "RFC 8216, 4.3.4.2", "no address follows EXT-X-STREAM-INF")
	}
	if p.extinf {
		p.problem(p.segment.Line, "RFC 8216, 4.3.2.1", "no address follows EXTINF")
	}
	if p.media && p.out.Multivariant {
		p.problem(0, "RFC 8216, 4.1", "it has tags of multivariant and of media playlists")
	}
	if !p.out.Multivariant && !p.seen["#EXT-X-TARGETDURATION"] {
		p.problem(0, "RFC 8216, 4.3.3.1", "EXT-X-TARGETDURATION is missing")
	}
}

// finite tells whether a duration can be reckoned with.
func finite(seconds float64) bool {
	return seconds >= 0 && seconds < 1e7 && !math.IsNaN(seconds)
}
