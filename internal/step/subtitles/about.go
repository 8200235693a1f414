package subtitles

import (
	"cmp"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// about is what is known of a track beside its text.
type about struct {
	language        string // BCP 47, "und" if unknown
	forced          bool
	hearingImpaired bool
	standard        bool // shown unless the viewer asks otherwise
}

// sameKind tells whether viewers could not tell two tracks apart.
func (a about) sameKind(b about) bool {
	return a.language == b.language && a.forced == b.forced && a.hearingImpaired == b.hearingImpaired
}

// name is what people read in the menu of a player.
func (a about) name() string {
	return manifest.SubtitleName(a.language, a.forced, a.hearingImpaired)
}

// ofFile tells what a subtitle file is: its language as the fileset has it, with
// marks as private-use subtags (BCP 47, 2.2.7), "en-x-forced", or else what its
// name says, "film.en.forced.srt". Marks of both count.
func ofFile(file vod.File, name string) about {
	a := ofName(name)
	if file.Language == nil {
		return a
	}
	subtags := strings.Split(*file.Language, "-")
	public := slices.IndexFunc(subtags, func(s string) bool { return strings.EqualFold(s, "x") })
	if public < 0 {
		public = len(subtags)
	}
	marks := subtitle.Purpose{Forced: a.forced, HearingImpaired: a.hearingImpaired, Default: a.standard}
	for _, word := range subtags[public:] {
		marks.Mark(word)
	}
	a.forced, a.hearingImpaired, a.standard = marks.Forced, marks.HearingImpaired, marks.Default
	if tag := manifest.LanguageTag(strings.Join(subtags[:public], "-")); tag != manifest.Unknown {
		a.language = tag
	}
	return a
}

// ofName tells what the name of a file says.
func ofName(name string) about {
	p := subtitle.OfName(name)
	return about{
		language: cmp.Or(p.Language, manifest.Unknown), forced: p.Forced,
		hearingImpaired: p.HearingImpaired, standard: p.Default,
	}
}

// ofStream tells what an embedded track is, as its file marks it.
func ofStream(s ffmpeg.Stream) about {
	return about{
		language: manifest.LanguageTag(s.Language), forced: s.Forced,
		hearingImpaired: s.HearingImpair, standard: s.Default,
	}
}
