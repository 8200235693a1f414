package dash

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Limits against hostile manifests.
const (
	MaxSize            = 16 << 20 // bytes
	maxSegments        = 1 << 20  // of the whole manifest: a day of 4 s in 48 renditions
	maxRepresentations = 500
	maxDepth           = 64
	maxProblems        = 50
)

// MPD is a manifest with everything inherited filled in.
type MPD struct {
	Type      string  // "static" or "dynamic"
	Duration  float64 // seconds; 0 where it is missing
	MinBuffer float64 // seconds
	Periods   []Period
	Problems  []Problem
}

// Problem is a fault of the document.
type Problem struct{ Where, Text string }

// Period is one period.
type Period struct {
	Start, Duration float64 // seconds; Duration 0 where it is not known
	Sets            []Set
}

// Set is an adaptation set.
type Set struct {
	ID, ContentType string // ContentType from the MIME type where it is left out
	Lang            string
	Aligned         bool
	Representations []Representation
}

// Representation is one rendition.
type Representation struct {
	ID            string
	Bandwidth     int64
	MIMEType      string
	Codecs        string
	Width, Height int
	SAR           string
	FrameRate     float64 // 0 where it is left out or broken
	SamplingRate  int
	Channels      Descriptor
	Protected     bool
	Scheme        string // "cenc" or "cbcs", of mp4protection
	KIDs          []string
	Tiles         [2]int // columns and rows of thumbnails; 0 for none

	BaseURLs []string // to resolve one after the other, from the manifest down
	Offset   float64  // presentationTimeOffset in seconds
	Init     *Part    // nil where there is none
	Index    *Range   // of sidx, which lists the segments
	Segments []Part
	Whole    bool // the file at the base address is the only segment
}

// Descriptor is a scheme and a value.
type Descriptor struct{ Scheme, Value string }

// Range is a byte range; Length 0 means that there is none.
type Range struct{ Offset, Length int64 }

// Part is a header or a segment.
type Part struct {
	URL      string // relative to the base address; empty for that itself
	Range    Range
	Start    float64 // seconds, of presentation in the period
	Duration float64 // seconds; 0 where it is not known
	Exact    bool    // Start is from a timeline, not a multiple of a nominal duration
}

// Parse reads a manifest. Its error is about a document that is none; other
// faults are among Problems.
func Parse(text []byte) (*MPD, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", len(text), MaxSize)
	}
	if err := checkDepth(text); err != nil {
		return nil, err
	}
	var doc mpdXML
	if err := xml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("it is no MPD: %w", err)
	}
	b := &builder{out: &MPD{Type: doc.Type}}
	b.build(doc)
	return b.out, nil
}

// checkDepth keeps the decoder from recursing without end.
func checkDepth(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for depth := 0; ; {
		token, err := d.RawToken()
		if err != nil {
			return nil //nolint:nilerr // The decoder itself tells what is wrong, or that it is the end.
		}
		switch token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return fmt.Errorf("elements are nested more than %d deep", maxDepth)
			}
		case xml.EndElement:
			depth--
		}
	}
}

// builder turns the document into an MPD.
type builder struct {
	out      *MPD
	segments int
	count    int
}

func (b *builder) problem(where, format string, args ...any) {
	if len(b.out.Problems) < maxProblems {
		b.out.Problems = append(b.out.Problems, Problem{where, fmt.Sprintf(format, args...)})
	}
}

func (b *builder) build(doc mpdXML) {
	b.require("MPD", "profiles", doc.Profiles)
	b.require("MPD", "minBufferTime", doc.MinBuffer)
	if doc.Type == "" {
		b.out.Type = "static"
	}
	b.out.Duration = b.duration("MPD@mediaPresentationDuration", doc.Duration)
	b.out.MinBuffer = b.duration("MPD@minBufferTime", doc.MinBuffer)
	if len(doc.Periods) == 0 {
		b.problem("MPD", "there is no Period")
	}
	next := 0.0
	for i, p := range doc.Periods {
		period := Period{Start: next, Duration: b.duration("Period@duration", p.Duration)}
		if p.Start != "" {
			period.Start = b.duration("Period@start", p.Start)
		}
		if period.Duration == 0 && i == len(doc.Periods)-1 {
			period.Duration = max(0, b.out.Duration-period.Start)
		}
		next = period.Start + period.Duration
		for n, s := range p.Sets {
			set := b.set(s, n, p, period, doc.BaseURL)
			period.Sets = append(period.Sets, set)
		}
		b.out.Periods = append(b.out.Periods, period)
	}
}

func (b *builder) require(element, name, value string) {
	if value == "" {
		b.problem(element, "@%s is missing", name)
	}
}

func (b *builder) set(s setXML, n int, p periodXML, period Period, base []string) Set {
	out := Set{
		ID: s.ID, ContentType: s.ContentType, Lang: s.Lang,
		Aligned: yes(s.Aligned) || yes(s.SubAligned),
	}
	where := fmt.Sprintf("AdaptationSet %d", n+1)
	if len(s.Representations) == 0 {
		b.problem(where, "there is no Representation")
	}
	above := s.common
	above.addressing = p.addressing.inherit(s.addressing)
	for _, r := range s.Representations {
		if b.count++; b.count > maxRepresentations {
			b.problem(where, "there are more than %d representations", maxRepresentations)
			break
		}
		bases := firsts(base, p.BaseURL, s.BaseURL, r.BaseURL)
		out.Representations = append(out.Representations, b.representation(r, above, period, bases))
	}
	if out.ContentType == "" && len(out.Representations) > 0 {
		out.ContentType, _, _ = strings.Cut(out.Representations[0].MIMEType, "/")
		if out.ContentType == "application" {
			out.ContentType = "text"
		}
	}
	return out
}

// firsts takes the first base address of each level: the others are copies
// (ISO/IEC 23009-1, 5.6).
func firsts(levels ...[]string) []string {
	var out []string
	for _, level := range levels {
		if len(level) > 0 {
			out = append(out, strings.TrimSpace(level[0]))
		}
	}
	return out
}

func (b *builder) representation(r representationXML, above common, period Period, bases []string) Representation {
	where := fmt.Sprintf("Representation %q", shorten(r.ID))
	c := above.inherit(r.common)
	out := Representation{
		ID: r.ID, Bandwidth: r.Bandwidth, MIMEType: c.MIMEType, Codecs: c.Codecs,
		Width: c.Width, Height: c.Height, SAR: c.SAR, FrameRate: b.rate(where, c.FrameRate), BaseURLs: bases,
	}
	b.require(where, "id", r.ID)
	b.require(where, "mimeType", c.MIMEType)
	if r.Bandwidth <= 0 {
		b.problem(where, "@bandwidth is missing")
	}
	out.SamplingRate, _ = strconv.Atoi(c.SamplingRate)
	if len(c.Channels) > 0 {
		out.Channels = Descriptor(c.Channels[0])
	}
	for _, p := range c.Protection {
		out.Protected = true
		if p.Scheme == "urn:mpeg:dash:mp4protection:2011" {
			out.Scheme = p.Value
		}
		if p.KID != "" {
			out.KIDs = append(out.KIDs, p.KID)
		}
	}
	for _, p := range append(c.Essential, c.Supplemental...) {
		if strings.HasSuffix(p.Scheme, "/thumbnail_tile") {
			if n, err := fmt.Sscanf(p.Value, "%dx%d", &out.Tiles[0], &out.Tiles[1]); n != 2 || err != nil || out.Tiles[0] <= 0 || out.Tiles[1] <= 0 {
				b.problem(where, "the tiles are %q, not such as 5x5", shorten(p.Value))
				out.Tiles = [2]int{}
			}
		}
	}
	b.address(where, &out, c.addressing, period)
	return out
}

func (b *builder) rate(where, text string) float64 {
	if text == "" {
		return 0
	}
	num, den, fraction := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(num, 64)
	d := 1.0
	if err == nil && fraction {
		d, err = strconv.ParseFloat(den, 64)
	}
	if err != nil || !(n > 0 && d > 0 && n/d < 1e6) {
		b.problem(where, "@frameRate is %q", shorten(text))
		return 0
	}
	return n / d
}

func yes(text string) bool { return text != "" && text != "false" && text != "0" }

var isoDuration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// duration reads a duration of ISO 8601 in seconds, without years and months.
func (b *builder) duration(where, text string) float64 {
	if text == "" {
		return 0
	}
	m := isoDuration.FindStringSubmatch(text)
	if m == nil {
		b.problem(where, "%q is no duration", shorten(text))
		return 0
	}
	total := 0.0
	for i, unit := range []float64{86400, 3600, 60, 1} {
		if n, err := strconv.ParseFloat(m[i+1], 64); err == nil {
			total += n * unit
		}
	}
	if math.IsInf(total, 0) || total > 1e9 {
		b.problem(where, "%q is out of range", shorten(text))
		return 0
	}
	return total
}

// shorten keeps hostile text out of messages.
func shorten(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
