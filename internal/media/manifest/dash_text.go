package manifest

import (
	"fmt"
	"math"
)

// Schemes of descriptors (ISO/IEC 23009-1, 5.8.5.5; ETSI TS 102 822-3-1,
// AudioPurposeCS, which DASH-IF's IOP takes for accessibility).
const (
	roleScheme              = "urn:mpeg:dash:role:2011"
	purposeScheme           = "urn:tva:metadata:cs:AudioPurposeCS:2007"
	purposeVisuallyImpaired = "1"
	purposeHardOfHearing    = "2"

	tileScheme = "http://dashif.org/guidelines/thumbnail_tile"
)

// textSets gives each text track a set of its own, with the whole text as one
// file: WebVTT beside the segments is what all players read.
func (p Presentation) textSets() []adaptationSet {
	var sets []adaptationSet
	for _, t := range p.Text {
		s := adaptationSet{ContentType: "text", MIMEType: "text/vtt", Label: t.Name}
		s.setLanguage(t.Language)
		s.Role = &descriptor{roleScheme, t.role()}
		if t.HearingImpaired {
			s.Accessibility = &descriptor{purposeScheme, purposeHardOfHearing}
		}
		bandwidth := math.Ceil(float64(8*t.Size) / max(p.Duration(), 1))
		s.Representations = []representation{{
			ID: t.Folder, Bandwidth: max(int(bandwidth), 1), BaseURL: t.Folder + "/" + SubtitlesName,
		}}
		sets = append(sets, s)
	}
	return sets
}

// role is the value of the role scheme (ISO/IEC 23009-1, 5.8.5.5).
func (t TextTrack) role() string {
	switch {
	case t.Forced:
		return "forced-subtitle"
	case t.HearingImpaired:
		return "caption"
	}
	return "subtitle"
}

// thumbnailSets describes the sheets as DASH-IF's IOP, 6.2.6, has them: an image
// for each segment, with the tiles that it holds in a property that a player
// has to understand. @endNumber says how many there are, where sound that goes
// on after the picture would ask for more.
func (p Presentation) thumbnailSets() []adaptationSet {
	if p.Thumbnails == nil {
		return nil
	}
	t := *p.Thumbnails
	var largest int64
	for _, size := range t.Sizes {
		largest = max(largest, size)
	}
	seconds := t.Interval * float64(t.Columns*t.Rows)
	return []adaptationSet{{
		ContentType: "image", MIMEType: "image/jpeg",
		Representations: []representation{{
			ID: ThumbnailsFolder, Bandwidth: int(math.Ceil(float64(8*largest) / seconds)),
			Width: t.Columns * t.Width, Height: t.Rows * t.Height,
			Essential: []descriptor{{tileScheme, fmt.Sprintf("%dx%d", t.Columns, t.Rows)}},
			Template: &segmentTemplate{
				Timescale: 1000, Duration: int64(math.Round(1000 * seconds)), StartNumber: 1,
				EndNumber: len(t.Sizes), Media: "$RepresentationID$/thumbs_$Number%03d$.jpg",
			},
		}},
	}}
}
