package manifest

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
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
		Period: period{ID: "0", Start: "PT0S", Sets: slices.Concat(
			p.videoSets(), p.audioSets(), p.textSets(), p.thumbnailSets(),
		)},
	}
	m.declare(p.Protection)
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
// same codec and dynamic range.
func (p Presentation) videoSets() []adaptationSet {
	var sets []adaptationSet
	for _, t := range p.Video {
		kind := t.format() + " " + t.VideoRange
		i := slices.IndexFunc(sets, func(s adaptationSet) bool { return s.kind == kind })
		if i < 0 {
			i = len(sets)
			sets = append(sets, newSet("video"))
			sets[i].PAR, sets[i].kind = t.pictureAspect(), kind
			sets[i].Essential = t.colourProperties()
			sets[i].Protection = p.Protection.contentProtections()
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

// colourProperties say what a player has to be able to show: nothing beyond
// its duty for SDR, the colours of HDR otherwise (ISO/IEC 23009-1, 5.8.4.8 with
// the code points of ISO/IEC 23091-2, as DASH-IF's IOP has it for HDR10).
func (t Track) colourProperties() []descriptor {
	if !t.isHDR() {
		return nil
	}
	transfer := map[string]int{media.RangePQ: transferPQ, media.RangeHLG: transferHLG}[t.VideoRange]
	var out []descriptor
	for _, property := range []struct {
		name  string
		value int
	}{
		{"ColourPrimaries", cmp.Or(t.Primaries, primariesBT2020)},
		{"MatrixCoefficients", cmp.Or(t.Matrix, matrixBT2020)},
		{"TransferCharacteristics", transfer},
	} {
		out = append(out, descriptor{"urn:mpeg:mpegB:cicp:" + property.name, strconv.Itoa(property.value)})
	}
	return out
}

// Code points of ISO/IEC 23091-2.
const (
	primariesBT2020 = 9
	matrixBT2020    = 9 // with non-constant luminance
	transferPQ      = 16
	transferHLG     = 18
)

// audioSets gives each audio track a set of its own: a player switches between
// languages, codecs and layouts by the viewer's choice and its own abilities,
// not between bit rates of one.
func (p Presentation) audioSets() []adaptationSet {
	var sets []adaptationSet
	for i, t := range p.Audio {
		s := newSet("audio")
		s.setLanguage(t.Language)
		s.Channels = t.channelConfiguration()
		s.Protection = p.Protection.contentProtections()
		s.Label = p.audioLabel(i)
		if role := t.role(i == 0); role != "" {
			s.Role = &descriptor{roleScheme, role}
		}
		if t.Described {
			s.Accessibility = &descriptor{purposeScheme, purposeVisuallyImpaired}
		}
		s.Representations = []representation{{
			ID: t.Folder, Codecs: t.Codecs, Bandwidth: t.highestRate(),
			SamplingRate: t.SampleRate, Template: t.template(),
		}}
		sets = append(sets, s)
	}
	return sets
}

// audioLabel is the name of the sound, and for all encodings of it but the first
// what is different from that.
func (p Presentation) audioLabel(number int) string {
	t := p.Audio[number]
	first := p.Audio[slices.IndexFunc(p.Audio, func(other Track) bool { return other.Name == t.Name })]
	var differs []string
	if t.format() != first.format() {
		differs = append(differs, codecName(t.format()))
	}
	if t.Channels != first.Channels {
		differs = append(differs, layoutName(t.Channels))
	}
	if len(differs) == 0 {
		return t.Name
	}
	return t.Name + " (" + strings.Join(differs, " ") + ")"
}

func codecName(format string) string {
	switch format {
	case "mp4a":
		return "AAC"
	case "opus", "Opus":
		return "Opus"
	case "ac-3":
		return "Dolby Digital"
	case "ec-3":
		return "Dolby Digital Plus"
	}
	return format
}

func layoutName(channels int) string {
	switch channels {
	case 1:
		return "mono"
	case 2:
		return "stereo"
	case 6:
		return "5.1"
	case 8:
		return "7.1"
	}
	return fmt.Sprintf("%d channels", channels)
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

// newSet begins a set of segmented media. Every segment starts with a sync
// sample in presentation order: SAP type 1 (ISO/IEC 14496-12, annex I).
func newSet(contentType string) adaptationSet {
	return adaptationSet{
		ContentType: contentType, MIMEType: contentType + "/mp4", SegmentAlignment: true, StartWithSAP: 1,
	}
}

func (s *adaptationSet) setLanguage(tag string) {
	if tag != Unknown {
		s.Lang = tag
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
	list := []timelineEntry{}
	next := int64(-1)
	for _, s := range t.Segments {
		if n := len(list); n > 0 && s.Start == next && list[n-1].Duration == s.Duration {
			list[n-1].Repeat++
		} else {
			entry := timelineEntry{Duration: s.Duration}
			if s.Start != next {
				entry.Time = strconv.FormatInt(s.Start, 10)
			}
			list = append(list, entry)
		}
		next = s.Start + s.Duration
	}
	out.Timeline = &timeline{list}
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
