package manifest

import (
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Profiles that the manifest conforms to: segment templates in files of their
// own, and CMAF (ISO/IEC 23009-1, 8).
const mpdProfiles = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019"

// MPD writes the DASH manifest (ISO/IEC 23009-1, 5): static, one period.
func MPD(p Presentation) (string, error) {
	m := mpd{
		XMLNS: "urn:mpeg:dash:schema:mpd:2011", Profiles: mpdProfiles, Type: "static",
		Duration: isoDuration(p.Duration()), MaxSegment: isoDuration(p.longestSegment()),
		// With @bandwidth the highest rate of a segment, one segment ahead is
		// enough never to run dry (5.3.5).
		MinBuffer: isoDuration(p.longestSegment()),
		Period:    period{ID: "0", Start: "PT0S", Sets: slices.Concat(p.videoSets(), p.audioSets())},
	}
	for i := range m.Period.Sets {
		m.Period.Sets[i].ID = i + 1
		m.Period.Sets[i].hoistTemplate()
	}
	out, err := xml.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", fmt.Errorf("marshal DASH manifest: %w", err)
	}
	return xml.Header + string(out) + "\n", nil
}

// videoSets groups renditions that a player can switch between: those of the
// same codec.
func (p Presentation) videoSets() []adaptationSet {
	var sets []adaptationSet
	for _, t := range p.Video {
		i := slices.IndexFunc(sets, func(s adaptationSet) bool { return s.format == t.format() })
		if i < 0 {
			i = len(sets)
			sets = append(sets, newSet("video", t))
			sets[i].PAR = t.pictureAspect()
		}
		s := &sets[i]
		s.MaxWidth, s.MaxHeight = max(s.MaxWidth, t.Width), max(s.MaxHeight, t.Height)
		s.Representations = append(s.Representations, representation{
			ID: t.Folder, Codecs: t.Codecs, Bandwidth: t.highestRate(),
			Width: t.Width, Height: t.Height,
			SAR:       fmt.Sprintf("%d:%d", t.SARNum, t.SARDen),
			FrameRate: t.FrameRate.String(), Template: t.template(),
		})
	}
	return sets
}

// audioSets gives each audio track a set of its own: a player switches between
// languages, not between bit rates of one.
func (p Presentation) audioSets() []adaptationSet {
	var sets []adaptationSet
	for i, t := range p.Audio {
		s := newSet("audio", t)
		if t.Language != Unknown {
			s.Lang = t.Language
		}
		s.Channels = t.channelConfiguration()
		s.Label = t.Name
		if role := t.role(i == 0); role != "" {
			s.Role = &descriptor{"urn:mpeg:dash:role:2011", role}
		}
		s.Representations = []representation{{
			ID: t.Folder, Codecs: t.Codecs, Bandwidth: t.highestRate(),
			SamplingRate: t.SampleRate, Template: t.template(),
		}}
		sets = append(sets, s)
	}
	return sets
}

// role is the value of the role scheme (ISO/IEC 23009-1, 5.8.5.5). Of several
// sets that differ in language only, the main one is for those who did not
// choose (DASH-IF IOP).
func (t Track) role(first bool) string {
	switch {
	case t.Commentary:
		return "commentary"
	case t.Described:
		return "description"
	case first:
		return "main"
	}
	return ""
}

func newSet(contentType string, t Track) adaptationSet {
	// Every segment starts with a sync sample in presentation order: SAP type 1
	// (ISO/IEC 14496-12, annex I).
	return adaptationSet{
		ContentType: contentType, MIMEType: contentType + "/mp4",
		SegmentAlignment: true, StartWithSAP: 1, format: t.format(),
	}
}

// highestRate is the highest bit rate of any segment.
func (t Track) highestRate() int {
	var highest float64
	for _, s := range t.Segments {
		if s.Duration > 0 {
			highest = max(highest, float64(8*s.Size)/t.seconds(s.Duration))
		}
	}
	return int(math.Ceil(highest))
}

// template lists the segments' times run-length coded (ISO/IEC 23009-1, 5.3.9.6).
func (t Track) template() *segmentTemplate {
	out := &segmentTemplate{
		Timescale: t.Timescale, StartNumber: 1,
		Init: "$RepresentationID$/" + InitName, Media: "$RepresentationID$/seg_$Number%05d$.m4s",
	}
	next := int64(-1)
	for _, s := range t.Segments {
		if n := len(out.Timeline); n > 0 && s.Start == next && out.Timeline[n-1].Duration == s.Duration {
			out.Timeline[n-1].Repeat++
		} else {
			entry := timelineEntry{Duration: s.Duration}
			if s.Start != next {
				entry.Time = strconv.FormatInt(s.Start, 10)
			}
			out.Timeline = append(out.Timeline, entry)
		}
		next = s.Start + s.Duration
	}
	return out
}

// channelConfiguration names the layout in the scheme of ISO/IEC 23091-3, as
// DASH-IF's IOP asks for AAC, and where that is not known the number of
// channels in the older scheme of ISO/IEC 23003-3.
func (t Track) channelConfiguration() *descriptor {
	if t.ChannelConfiguration > 0 {
		return &descriptor{"urn:mpeg:mpegB:cicp:ChannelConfiguration", strconv.Itoa(t.ChannelConfiguration)}
	}
	return &descriptor{"urn:mpeg:dash:23003:3:audio_channel_configuration:2011", strconv.Itoa(t.Channels)}
}

// pictureAspect is @par, such as 16:9. Coded sizes are rounded to even numbers,
// so that the common ratios are tried before the exact fraction.
func (t Track) pictureAspect() string {
	w, h := t.Width*t.SARNum, t.Height*t.SARDen
	for _, known := range [][2]int{{16, 9}, {4, 3}, {9, 16}, {3, 4}, {1, 1}, {3, 2}, {2, 1}, {21, 9}} {
		if math.Abs(float64(w)*float64(known[1])/(float64(h)*float64(known[0]))-1) < 0.005 {
			return fmt.Sprintf("%d:%d", known[0], known[1])
		}
	}
	g := gcd(w, h)
	return fmt.Sprintf("%d:%d", w/g, h/g)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}

// String is the form of @frameRate: "25" or "30000/1001".
func (r Rate) String() string {
	if r.Den == 1 {
		return strconv.Itoa(r.Num)
	}
	return fmt.Sprintf("%d/%d", r.Num, r.Den)
}

// isoDuration writes seconds as a duration of ISO 8601, to the millisecond,
// rounded up: what ends later than the manifest says would be cut off.
func isoDuration(seconds float64) string {
	ms := int64(math.Ceil(seconds*1000 - 1e-6))
	text := fmt.Sprintf("%d.%03d", ms/1000, ms%1000)
	return "PT" + strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "S"
}
