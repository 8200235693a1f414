package manifest

import (
	"cmp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Unknown is the language tag of what has no known language.
const Unknown = "und"

// LanguageTag turns a language code of any age (ISO 639-1, 639-2, BCP 47) into
// the shortest BCP 47 tag, which both HLS (RFC 8216, 4.3.4.1) and DASH ask for.
// What is no language gives Unknown.
func LanguageTag(code string) string {
	tag, err := language.Parse(code)
	if err != nil || tag.IsRoot() {
		return Unknown
	}
	return tag.String()
}

// LanguageCode3 is the ISO 639-2/T code that an MP4 header holds for the tag.
func LanguageCode3(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return Unknown
	}
	base, confidence := parsed.Base()
	if confidence != language.Exact {
		return Unknown
	}
	return base.ISO3()
}

// LanguageName is the language's name in its own words, such as "norsk bokmål",
// or empty if it is not known.
func LanguageName(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil || parsed.IsRoot() {
		return ""
	}
	if tag == "no" { // which the library takes for one of its two written forms
		return "norsk"
	}
	return display.Self.Name(parsed)
}

// SubtitleName is what people read in the menu of a player: the language in its
// own words, and the marks, such as "English (forced, SDH)".
func SubtitleName(tag string, forced, hearingImpaired bool) string {
	name := cmp.Or(LanguageName(tag), "Subtitles")
	var marks []string
	if forced {
		marks = append(marks, "forced")
	}
	if hearingImpaired {
		marks = append(marks, "SDH")
	}
	if len(marks) > 0 {
		name += " (" + strings.Join(marks, ", ") + ")"
	}
	return name
}
