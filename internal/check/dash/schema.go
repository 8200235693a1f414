package dash

import "encoding/xml"

// The elements that are read, as they stand in the document.
type mpdXML struct {
	XMLName   xml.Name    `xml:"MPD"`
	Profiles  string      `xml:"profiles,attr"`
	Type      string      `xml:"type,attr"`
	Duration  string      `xml:"mediaPresentationDuration,attr"`
	MinBuffer string      `xml:"minBufferTime,attr"`
	BaseURL   []string    `xml:"BaseURL"`
	Periods   []periodXML `xml:"Period"`
}

type periodXML struct {
	ID       string   `xml:"id,attr"`
	Start    string   `xml:"start,attr"`
	Duration string   `xml:"duration,attr"`
	BaseURL  []string `xml:"BaseURL"`
	addressing
	Sets []setXML `xml:"AdaptationSet"`
}

// common are the attributes that a set hands down to its representations.
type common struct {
	MIMEType     string          `xml:"mimeType,attr"`
	Codecs       string          `xml:"codecs,attr"`
	Width        int             `xml:"width,attr"`
	Height       int             `xml:"height,attr"`
	SAR          string          `xml:"sar,attr"`
	FrameRate    string          `xml:"frameRate,attr"`
	SamplingRate string          `xml:"audioSamplingRate,attr"`
	Channels     []descriptorXML `xml:"AudioChannelConfiguration"`
	Protection   []protectionXML `xml:"ContentProtection"`
	Essential    []descriptorXML `xml:"EssentialProperty"`
	Supplemental []descriptorXML `xml:"SupplementalProperty"`
	BaseURL      []string        `xml:"BaseURL"`
	addressing
}

type setXML struct {
	ID          string `xml:"id,attr"`
	ContentType string `xml:"contentType,attr"`
	Lang        string `xml:"lang,attr"`
	Aligned     string `xml:"segmentAlignment,attr"`
	SubAligned  string `xml:"subsegmentAlignment,attr"`
	common
	Representations []representationXML `xml:"Representation"`
}

type representationXML struct {
	ID        string `xml:"id,attr"`
	Bandwidth int64  `xml:"bandwidth,attr"`
	common
}

type descriptorXML struct {
	Scheme string `xml:"schemeIdUri,attr"`
	Value  string `xml:"value,attr"`
}

type protectionXML struct {
	Scheme string `xml:"schemeIdUri,attr"`
	Value  string `xml:"value,attr"`
	KID    string `xml:"default_KID,attr"`
}

// addressing is one of the ways to name segments.
type addressing struct {
	Template *segmentXML `xml:"SegmentTemplate"`
	List     *segmentXML `xml:"SegmentList"`
	Base     *segmentXML `xml:"SegmentBase"`
}

// segmentXML is SegmentTemplate, SegmentList or SegmentBase. Attributes that are
// left out are inherited, so that they are pointers.
type segmentXML struct {
	Timescale   *uint32      `xml:"timescale,attr"`
	Duration    *int64       `xml:"duration,attr"`
	StartNumber *int64       `xml:"startNumber,attr"`
	EndNumber   *int64       `xml:"endNumber,attr"`
	Offset      *int64       `xml:"presentationTimeOffset,attr"`
	Media       *string      `xml:"media,attr"`
	Init        *string      `xml:"initialization,attr"`
	IndexRange  *string      `xml:"indexRange,attr"`
	InitElement *urlXML      `xml:"Initialization"`
	Timeline    *timelineXML `xml:"SegmentTimeline"`
	URLs        []urlXML     `xml:"SegmentURL"`
}

type urlXML struct {
	SourceURL  string `xml:"sourceURL,attr"`
	Range      string `xml:"range,attr"`
	Media      string `xml:"media,attr"`
	MediaRange string `xml:"mediaRange,attr"`
}

type timelineXML struct {
	S []struct {
		T *int64 `xml:"t,attr"`
		D int64  `xml:"d,attr"`
		R int64  `xml:"r,attr"`
	} `xml:"S"`
}

// inherit fills in what the element leaves out from the level above.
func inherit(above, own *segmentXML) *segmentXML {
	switch {
	case own == nil:
		return above
	case above == nil:
		return own
	}
	out := *own
	take(&out.Timescale, above.Timescale)
	take(&out.Duration, above.Duration)
	take(&out.StartNumber, above.StartNumber)
	take(&out.EndNumber, above.EndNumber)
	take(&out.Offset, above.Offset)
	take(&out.Media, above.Media)
	take(&out.Init, above.Init)
	take(&out.IndexRange, above.IndexRange)
	take(&out.InitElement, above.InitElement)
	take(&out.Timeline, above.Timeline)
	if len(out.URLs) == 0 {
		out.URLs = above.URLs
	}
	return &out
}

func take[T any](own **T, above *T) {
	if *own == nil {
		*own = above
	}
}

// inherit does it for every way of addressing.
func (a addressing) inherit(own addressing) addressing {
	return addressing{inherit(a.Template, own.Template), inherit(a.List, own.List), inherit(a.Base, own.Base)}
}

// inherit fills in what a representation leaves out.
func (c common) inherit(own common) common {
	text := func(own *string, above string) {
		if *own == "" {
			*own = above
		}
	}
	text(&own.MIMEType, c.MIMEType)
	text(&own.Codecs, c.Codecs)
	text(&own.SAR, c.SAR)
	text(&own.FrameRate, c.FrameRate)
	text(&own.SamplingRate, c.SamplingRate)
	if own.Width == 0 {
		own.Width, own.Height = c.Width, c.Height
	}
	if len(own.Channels) == 0 {
		own.Channels = c.Channels
	}
	own.Protection = append(own.Protection, c.Protection...)
	own.Essential = append(own.Essential, c.Essential...)
	own.addressing = c.addressing.inherit(own.addressing)
	return own
}
