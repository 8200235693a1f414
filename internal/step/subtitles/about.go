package subtitles

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
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

// mark takes a mark; ok tells that it is one.
func (a *about) mark(word string) (ok bool) {
	switch strings.ToLower(word) {
	case "forced":
		a.forced = true
	case "sdh", "hi", "cc":
		a.hearingImpaired = true
	case "default":
		a.standard = true
	default:
		return false
	}
	return true
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
	for _, word := range subtags[public:] {
		a.mark(word)
	}
	if tag := manifest.LanguageTag(strings.Join(subtags[:public], "-")); tag != manifest.Unknown {
		a.language = tag
	}
	return a
}

// copyNumber is what retrieval puts behind the name of a file when there is
// another one of the same name. Regions in language tags have two letters or
// three digits.
var copyNumber = regexp.MustCompile(`-\d{1,2}$`)

// ofName reads what stands between the last dots of a file name: marks, and
// before them a language. What stands before the first dot is the title.
func ofName(name string) about {
	a := about{language: manifest.Unknown}
	stem := copyNumber.ReplaceAllString(strings.TrimSuffix(name, path.Ext(name)), "")
	parts := strings.Split(stem, ".")
	for len(parts) > 1 {
		word := parts[len(parts)-1]
		before := parts[:len(parts)-1]
		if strings.EqualFold(word, "hi") && !follows(before) || !a.mark(word) {
			if tag := nameLanguage(word); tag != "" {
				a.language = tag
			}
			return a
		}
		parts = before
	}
	return a
}

// follows tells whether parts of a file's name end with a language or mark,
// behind which "hi" is hearing impaired. Elsewhere it is Hindi.
func follows(parts []string) bool {
	last := parts[len(parts)-1]
	return len(parts) > 1 && (nameLanguage(last) != "" || new(about).mark(last))
}

// languageForm is a language as it stands in names of files: of two letters, or
// three, with script and region.
var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|\d{3}))?$`)

// nameLanguage is the language that a part of a file's name surely is, or "".
// Nearly every word of three letters is the code of some language; those are
// taken that are another code of a language with two letters.
func nameLanguage(word string) string {
	if !languageForm.MatchString(word) {
		return ""
	}
	tag, err := language.Parse(strings.ReplaceAll(word, "_", "-"))
	if err != nil || tag.IsRoot() {
		return ""
	}
	base, _ := tag.Base()
	if len(base.String()) != 2 {
		return ""
	}
	return manifest.LanguageTag(tag.String())
}

// ofStream tells what an embedded track is, as its file marks it.
func ofStream(s ffmpeg.Stream) about {
	return about{
		language: manifest.LanguageTag(s.Language), forced: s.Forced,
		hearingImpaired: s.HearingImpair, standard: s.Default,
	}
}
