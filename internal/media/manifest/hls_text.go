package manifest

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// textGroup is the GROUP-ID of all subtitles.
const textGroup = "subtitles"

// Characteristics of subtitles for those who cannot hear (Apple's HLS authoring
// specification, which wants both).
const sdhCharacteristics = "public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"

// writeTextMedia writes EXT-X-MEDIA of every text track (RFC 8216, 4.3.4.1).
func (p Presentation) writeTextMedia(b *strings.Builder) {
	if len(p.Text) > 0 {
		b.WriteByte('\n')
	}
	shown := slices.IndexFunc(p.Text, func(t TextTrack) bool { return t.Default })
	for i, t := range p.Text {
		a := attributes{b: b}
		a.begin("#EXT-X-MEDIA:TYPE=SUBTITLES")
		a.quoted("GROUP-ID", textGroup)
		a.quoted("NAME", t.Name)
		a.language(t.Language)
		a.plain("AUTOSELECT", yesNo(i == shown || p.textByItself(i, shown)))
		a.plain("DEFAULT", yesNo(i == shown))
		a.plain("FORCED", yesNo(t.Forced))
		if t.HearingImpaired {
			a.quoted("CHARACTERISTICS", sdhCharacteristics)
		}
		a.quoted("URI", t.Folder+"/"+PlaylistName)
		a.end()
	}
}

// textByItself tells whether a player may pick the track by the viewer's
// settings: the default one and the first of each other language and purpose,
// as those with AUTOSELECT=YES should differ in that (RFC 8216, 4.3.4.1.1).
func (p Presentation) textByItself(number, shown int) bool {
	t := p.Text[number]
	if shown >= 0 && p.Text[shown].SamePurpose(t) {
		return false
	}
	return !slices.ContainsFunc(p.Text[:number], t.SamePurpose)
}

// SamePurpose tells whether two text tracks are for the same viewers: they have
// the same language and marks.
func (t TextTrack) SamePurpose(other TextTrack) bool {
	return t.Language == other.Language && t.Forced == other.Forced && t.HearingImpaired == other.HearingImpaired
}

// namesText writes which subtitles a variant can be shown with.
func (p Presentation) namesText(a attributes) {
	if len(p.Text) > 0 {
		a.quoted("SUBTITLES", textGroup)
	}
}

// TextPlaylist writes the media playlist of a text track. Its target duration
// is its own, as RFC 8216, 6.2.4 allows for subtitles of type VOD.
func TextPlaylist(t TextTrack) string {
	var b strings.Builder
	target := 1.0
	for _, seconds := range t.Segments {
		target = max(target, math.Round(seconds))
	}
	writeMediaHead(&b, int(target))
	for i, seconds := range t.Segments {
		fmt.Fprintf(&b, "#EXTINF:%.6f,\n%s\n", seconds, TextSegmentName(i+1))
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.String()
}
