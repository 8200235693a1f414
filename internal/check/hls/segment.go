package hls

import (
	"strconv"
	"strings"
)

func (p *parser) segmentTag(line int, tag, value string) {
	switch tag {
	case "#EXTINF":
		p.duration(line, value)
	case "#EXT-X-BYTERANGE":
		p.segment.Range = p.byteRange(line, value)
		p.out.UsesByteRange = true
	case "#EXT-X-DISCONTINUITY":
		p.segment.Discontinuity = true
	case "#EXT-X-GAP":
		p.segment.Gap = true
	case "#EXT-X-MAP":
		a := p.attributes(line, tag, value)
		a.require("RFC 8216, 4.3.2.5", "URI")
		p.current = &Map{URI: a.quoted("URI")}
		if text := a.quoted("BYTERANGE"); text != "" {
			p.current.Range = p.byteRange(line, text)
		}
		if p.current.Range.Offset < 0 {
			p.problem(line, "RFC 8216, 4.3.2.5", "BYTERANGE has no offset")
			p.current.Range.Offset = 0
		}
		p.out.UsesMap = true
	case "#EXT-X-KEY":
		k := p.key(line, tag, p.attributes(line, tag, value))
		// Several keys in a row are one key in several formats.
		if p.newKeys {
			p.keys, p.newKeys = nil, false
		}
		if k.Method != "NONE" && len(p.keys) < 16 {
			p.keys = append(p.keys[:len(p.keys):len(p.keys)], k)
		}
	}
}

func (p *parser) duration(line int, value string) {
	text, _, comma := strings.Cut(value, ",")
	seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !finite(seconds) {
		p.problem(line, "RFC 8216, 4.3.2.1", "EXTINF has the duration %q", shorten(text))
		seconds = 0
	}
	if !comma {
		p.problem(line, "RFC 8216, 4.3.2.1", "EXTINF has no comma after the duration")
	}
	if strings.Contains(text, ".") {
		p.out.UsesFloat = true
	}
	p.segment.Duration, p.segment.Line, p.extinf = seconds, line, true
}

// byteRange reads n[@o] (RFC 8216, 4.3.2.2). The offset is -1 where it is left
// out.
func (p *parser) byteRange(line int, value string) Range {
	length, offset, has := strings.Cut(strings.Trim(value, `"`), "@")
	n, err := strconv.ParseInt(length, 10, 64)
	o := int64(-1)
	if err == nil && has {
		o, err = strconv.ParseInt(offset, 10, 64)
		if o < 0 {
			o, n = 0, 0
		}
	}
	if err != nil || n <= 0 || n > 1<<48 || o > 1<<48 {
		p.problem(line, "RFC 8216, 4.3.2.2", "%q is no byte range", shorten(value))
		return Range{}
	}
	return Range{Offset: o, Length: n}
}

func (p *parser) key(line int, tag string, a attributes) Key {
	k := Key{
		Line: line, Method: a.plain("METHOD"), URI: a.quoted("URI"), IV: a.plain("IV"),
		KeyFormat: a.quoted("KEYFORMAT"), KeyID: a.values["KEYID"].text,
	}
	switch k.Method {
	case "NONE":
		if tag == "#EXT-X-SESSION-KEY" {
			p.problem(line, "RFC 8216, 4.3.4.5", "METHOD of EXT-X-SESSION-KEY is NONE")
		}
		if k.URI != "" || k.IV != "" {
			p.problem(line, "RFC 8216, 4.3.2.4", "METHOD is NONE, but there are other attributes")
		}
	case "AES-128", "SAMPLE-AES", "SAMPLE-AES-CTR":
		a.require("RFC 8216, 4.3.2.4", "URI")
	default:
		p.problem(line, "RFC 8216, 4.3.2.4", "METHOD is %q", shorten(k.Method))
	}
	return k
}

// address takes the address of a variant or of a segment.
func (p *parser) address(line int, uri string) {
	if p.variant != nil {
		p.variant.URI = uri
		add(p, line, &p.out.Variants, *p.variant)
		p.variant = nil
		return
	}
	if p.out.Multivariant {
		p.problem(line, "RFC 8216, 4.3.4.2", "an address without EXT-X-STREAM-INF")
		return
	}
	if !p.extinf {
		p.problem(line, "RFC 8216, 4.3.2.1", "a segment without EXTINF")
	}
	if len(p.out.Segments) == maxSegments {
		p.problem(line, "", "there are more than %d segments", maxSegments)
		p.segment, p.extinf = Segment{}, false
		return
	}
	s := p.segment
	s.Line, s.URI, s.Map, s.Keys = line, uri, p.current, p.keys
	p.place(&s)
	p.out.Segments = append(p.out.Segments, s)
	p.segment, p.extinf, p.newKeys = Segment{}, false, true
}

// place fills in the offset of a range that follows the one before.
func (p *parser) place(s *Segment) {
	if s.Range.Length == 0 {
		return
	}
	if s.Range.Offset < 0 {
		end, ok := p.rangeEnd[s.URI]
		if !ok {
			p.problem(s.Line, "RFC 8216, 4.3.2.2", "a byte range without offset follows no other one of that file")
		}
		s.Range.Offset = end
	}
	p.rangeEnd[s.URI] = s.Range.Offset + s.Range.Length
}
