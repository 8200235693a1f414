package check

import (
	"maps"
	"slices"

	"golang.org/x/text/language"
)

// judgeTag wants a tag of BCP 47.
func (r *run) judgeTag(tag, where string) {
	if _, err := language.Parse(tag); err != nil {
		r.add(ruleLanguageTag, shown(where), "%s is no language tag of BCP 47", printable(tag))
	}
}

// judgeLanguages compares what the manifests and the header say of a track.
func (r *run) judgeLanguages() {
	for _, t := range r.tracks {
		if t.kind == kindVideo {
			continue
		}
		type said struct{ by, tag string }
		var all []said
		if l := t.header.ExtendedLanguage; l != "" {
			all = append(all, said{"its header (elng)", l})
		} else if l := t.header.Language; l != "und" {
			all = append(all, said{"its header (mdhd)", l})
		}
		for _, x := range r.renditions {
			if x.track == t && x.language != "" && x.language != "und" {
				all = append(all, said{shown(x.manifest), x.language})
			}
		}
		for i := 1; i < len(all); i++ {
			if !sameLanguage(all[0].tag, all[i].tag) {
				r.add(ruleLanguageSame, t.name, "%s says %s, but %s says %s", all[0].by, printable(all[0].tag), all[i].by, printable(all[i].tag))
			}
		}
	}
	r.judgeTextLanguages()
}

// judgeTextLanguages compares the languages of subtitles in HLS and DASH, whose
// files need not be the same.
func (r *run) judgeTextLanguages() {
	offered := map[string]map[string]int{FormatHLS: {}, FormatDASH: {}}
	sources := map[string]bool{}
	for _, x := range r.renditions {
		sources[x.from] = true
		if x.kind == kindText {
			offered[x.from][base(x.language)]++
		}
	}
	if !sources[FormatHLS] || !sources[FormatDASH] {
		return
	}
	for _, pair := range [][2]string{{FormatHLS, FormatDASH}, {FormatDASH, FormatHLS}} {
		from, to := offered[pair[0]], offered[pair[1]]
		for _, tag := range slices.Sorted(maps.Keys(from)) {
			if to[tag] < from[tag] {
				r.add(ruleSameTracks, "subtitles", "%s has %d tracks of language %s, %s has %d", pair[0], from[tag], printable(tag), pair[1], to[tag])
			}
		}
	}
}

// sameLanguage compares the language alone: headers have no script or region.
// Macro languages count as those that they hold.
func sameLanguage(a, b string) bool {
	return a == b || base(a) == base(b) || macro(a) == macro(b)
}

func base(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	b, _ := parsed.Base()
	return b.ISO3()
}

func macro(tag string) string {
	parsed, err := language.Macro.Parse(tag)
	if err != nil {
		return tag
	}
	b, _ := parsed.Base()
	if b.ISO3() == "nob" { // which the library takes for all of Norwegian
		return "nor"
	}
	return b.ISO3()
}
