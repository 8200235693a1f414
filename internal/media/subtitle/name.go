package subtitle

import (
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/language"
)

// Purpose is what the name of a subtitle file tells of it (ADR 11).
type Purpose struct {
	Language        string // BCP 47; "" where nothing tells
	Forced          bool
	HearingImpaired bool
	Default         bool // shown unless the viewer asks otherwise
}

// Mark takes a mark, such as "forced"; ok tells that it is one.
func (p *Purpose) Mark(word string) (ok bool) {
	switch strings.ToLower(word) {
	case "forced":
		p.Forced = true
	case "sdh", "hi", "cc":
		p.HearingImpaired = true
	case "default":
		p.Default = true
	default:
		return false
	}
	return true
}

// copyNumber is what retrieval puts behind the name of a file when there is
// another one of the same name. Regions in language tags have two letters or
// three digits.
var copyNumber = regexp.MustCompile(`-\d{1,2}$`)

// OfName reads what stands between the last dots of a file name: marks, and
// before them a language. What stands before the first dot is the title.
func OfName(name string) Purpose {
	var p Purpose
	stem := copyNumber.ReplaceAllString(strings.TrimSuffix(name, path.Ext(name)), "")
	parts := strings.Split(stem, ".")
	for len(parts) > 1 {
		word := parts[len(parts)-1]
		before := parts[:len(parts)-1]
		if strings.EqualFold(word, "hi") && !follows(before) || !p.Mark(word) {
			p.Language = NameLanguage(word)
			return p
		}
		parts = before
	}
	return p
}

// OfWords reads words that stand behind the title in a file's name: marks in
// any order, and one language. ok tells that there is nothing else.
func OfWords(words []string) (p Purpose, ok bool) {
	for i, word := range words {
		hindi := strings.EqualFold(word, "hi") && p.Language == "" && i == 0
		if !hindi && p.Mark(word) {
			continue
		}
		if p.Language != "" {
			return Purpose{}, false
		}
		if p.Language = NameLanguage(word); p.Language == "" {
			return Purpose{}, false
		}
	}
	return p, true
}

// Tag is the language with the marks as private-use subtags (RFC 5646, 2.2.7),
// such as "en-x-forced"; "" where nothing is known.
func (p Purpose) Tag() string {
	var marks []string
	for _, m := range []struct {
		set  bool
		name string
	}{{p.Forced, "forced"}, {p.HearingImpaired, "sdh"}, {p.Default, "default"}} {
		if m.set {
			marks = append(marks, m.name)
		}
	}
	if len(marks) == 0 {
		return p.Language
	}
	return strings.TrimPrefix(p.Language+"-x-"+strings.Join(marks, "-"), "-")
}

// follows tells whether parts of a file's name end with a language or mark,
// behind which "hi" is hearing impaired. Elsewhere it is Hindi.
func follows(parts []string) bool {
	last := parts[len(parts)-1]
	return len(parts) > 1 && (NameLanguage(last) != "" || new(Purpose).Mark(last))
}

// languageForm is a language as it stands in names of files: of two letters, or
// three, with script and region.
var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|\d{3}))?$`)

// NameLanguage is the language that a part of a file's name surely is, as BCP
// 47, or "". Nearly every word of three letters is the code of some language;
// those are taken that are another code of a language with two letters.
func NameLanguage(word string) string {
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
	return tag.String()
}
