package manifest

import (
	"encoding/xml"
	"reflect"
)

// The elements of a DASH manifest, in the order of the schema.
type mpd struct {
	XMLName    xml.Name `xml:"MPD"`
	XMLNS      string   `xml:"xmlns,attr"`
	CENC       string   `xml:"xmlns:cenc,attr,omitempty"`
	PlayReady  string   `xml:"xmlns:mspr,attr,omitempty"`
	DASHIF     string   `xml:"xmlns:dashif,attr,omitempty"`
	Profiles   string   `xml:"profiles,attr"`
	Type       string   `xml:"type,attr"`
	Duration   string   `xml:"mediaPresentationDuration,attr"`
	MaxSegment string   `xml:"maxSegmentDuration,attr"`
	MinBuffer  string   `xml:"minBufferTime,attr"`
	Period     period
}

type period struct {
	ID    string          `xml:"id,attr"`
	Start string          `xml:"start,attr"`
	Sets  []adaptationSet `xml:"AdaptationSet"`
}

type adaptationSet struct {
	ID               int                 `xml:"id,attr"`
	ContentType      string              `xml:"contentType,attr"`
	MIMEType         string              `xml:"mimeType,attr"`
	Lang             string              `xml:"lang,attr,omitempty"`
	PAR              string              `xml:"par,attr,omitempty"`
	MaxWidth         int                 `xml:"maxWidth,attr,omitempty"`
	MaxHeight        int                 `xml:"maxHeight,attr,omitempty"`
	SegmentAlignment bool                `xml:"segmentAlignment,attr,omitempty"`
	StartWithSAP     int                 `xml:"startWithSAP,attr,omitempty"`
	Channels         *descriptor         `xml:"AudioChannelConfiguration"`
	Protection       []contentProtection `xml:"ContentProtection"`
	Essential        []descriptor        `xml:"EssentialProperty"`
	Label            string              `xml:"Label,omitempty"`
	Accessibility    *descriptor         `xml:"Accessibility"`
	Role             *descriptor         `xml:"Role"`
	Template         *segmentTemplate    `xml:"SegmentTemplate"`
	Representations  []representation    `xml:"Representation"`

	kind string // of video: what its representations have in common
}

type descriptor struct {
	Scheme string `xml:"schemeIdUri,attr"`
	Value  string `xml:"value,attr"`
}

type representation struct {
	ID           string           `xml:"id,attr"`
	Codecs       string           `xml:"codecs,attr,omitempty"`
	Bandwidth    int              `xml:"bandwidth,attr"`
	Width        int              `xml:"width,attr,omitempty"`
	Height       int              `xml:"height,attr,omitempty"`
	SAR          string           `xml:"sar,attr,omitempty"`
	FrameRate    string           `xml:"frameRate,attr,omitempty"`
	SamplingRate int              `xml:"audioSamplingRate,attr,omitempty"`
	Essential    []descriptor     `xml:"EssentialProperty"`
	BaseURL      string           `xml:"BaseURL,omitempty"`
	Template     *segmentTemplate `xml:"SegmentTemplate"`
}

// segmentTemplate has a timeline, or segments that all last Duration and end
// with EndNumber.
type segmentTemplate struct {
	Timescale   uint32    `xml:"timescale,attr"`
	Duration    int64     `xml:"duration,attr,omitempty"`
	StartNumber int       `xml:"startNumber,attr"`
	EndNumber   int       `xml:"endNumber,attr,omitempty"`
	Init        string    `xml:"initialization,attr,omitempty"`
	Media       string    `xml:"media,attr"`
	Timeline    *timeline `xml:"SegmentTimeline"`
}

type timeline struct {
	Entries []timelineEntry `xml:"S"`
}

type timelineEntry struct {
	Time     string `xml:"t,attr,omitempty"` // left out where the one before ends
	Duration int64  `xml:"d,attr"`
	Repeat   int    `xml:"r,attr,omitempty"`
}

// hoistTemplate moves the segment template from the representations to the set
// where all have the same, which keeps manifests of long videos small.
func (s *adaptationSet) hoistTemplate() {
	first := s.Representations[0].Template
	if first == nil {
		return
	}
	for _, r := range s.Representations[1:] {
		if !reflect.DeepEqual(first, r.Template) {
			return
		}
	}
	s.Template = first
	for i := range s.Representations {
		s.Representations[i].Template = nil
	}
}
