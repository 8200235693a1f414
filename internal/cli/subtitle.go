package cli

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// languageTag is the form of BCP 47 tags, as far as file names have them.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// isSubtitle tells whether the name of a source is that of a subtitle file.
func isSubtitle(source string) bool {
	return slices.Contains([]string{".srt", ".vtt", ".ttml", ".dfxp", ".xml"}, strings.ToLower(path.Ext(sourceName(source))))
}

// sourceName is the last part of a source's path, without the query of a URL.
func sourceName(source string) string {
	if schemePattern.MatchString(source) {
		if u, err := url.Parse(source); err == nil {
			return path.Base(u.Path)
		}
	}
	return path.Base(source)
}

// nameLanguage is the language that the name of a subtitle file tells in the
// way of players and media servers, film.en.srt or film.en.forced.srt, with what
// it is for as a private part: en-x-forced. It is "" where the name tells none.
func nameLanguage(source string) string {
	parts := strings.Split(sourceName(source), ".")
	if len(parts) < 3 {
		return ""
	}
	parts = parts[1 : len(parts)-1]
	purpose := ""
	switch last := strings.ToLower(parts[len(parts)-1]); last {
	case "forced", "sdh":
		purpose = "-x-" + last
	case "cc", "hi":
		// "hi" alone is Hindi.
		if len(parts) > 1 && isLanguage(parts[len(parts)-2]) {
			purpose = "-x-sdh"
		}
	}
	if purpose != "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 || !isLanguage(parts[len(parts)-1]) {
		return ""
	}
	return parts[len(parts)-1] + purpose
}

// isLanguage tells whether part of a name is a language that has a code of two
// letters. Those of three alone are 7,000, and "the" is one of them.
func isLanguage(part string) bool {
	if !languageTag.MatchString(part) {
		return false
	}
	tag, err := language.Parse(part)
	if err != nil {
		return false
	}
	base, _ := tag.Base()
	return len(base.String()) == 2
}

// splitSubtitle takes apart PATH_OR_URL[=LANG]. The value of a query may end
// like a language: behind a query there is always a =LANG, or = for none.
func splitSubtitle(option string) (source, tag string, err error) {
	i := strings.LastIndexByte(option, '=')
	query := schemePattern.MatchString(option) && strings.Contains(option, "?")
	switch {
	case i > 0 && (languageTag.MatchString(option[i+1:]) || query && option[i+1:] == ""):
		return option[:i], option[i+1:], nil
	case query:
		return "", "", &usageError{
			"the language of a subtitle file whose address has a query is not clear",
			"end the address with =LANG, such as =en, or with = for an unknown language.",
		}
	}
	return option, nameLanguage(option), nil
}
