package submit

import (
	"slices"
	"strings"
	"unicode"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// File is a file that was chosen.
type File struct {
	Key  string // identifies it in the form
	Name string // without folders
	Kind string // media type, such as vod.MediaVideo
	// With is the key of the file that it is to go with; Alone for none, and empty
	// to have it found by its name.
	With string
}

// Alone is the value of File.With that keeps a file from being matched.
const Alone = "-"

// Group is what becomes one ingest.
type Group struct {
	// Lead is the key of the first file, which the others belong to.
	Lead  string
	Files []Matched
	// Late tells that there are but subtitles: they are added to an asset that is
	// there already.
	Late bool
}

// Matched is a file of a group.
type Matched struct {
	File
	// Tag is the language that its name tells behind the name of its lead, with
	// marks, such as en-x-forced; empty where it tells none.
	Tag string
}

// Match finds which files belong together: every video, sound or SMIL file makes
// a group, and subtitles belong to the file whose name theirs begins with, if
// nothing but a language and marks follow. Names that are nothing but those
// belong to the only file, where there is but one. All other subtitles are late
// ones, those of the same title together. Groups and files keep their order.
func Match(files []File) []Group {
	m := matcher{files: slices.Clone(files), leads: map[string]bool{}}
	for i := range m.files {
		f := &m.files[i]
		if f.With != Alone && m.order(f.With) < 0 { // A file that was removed.
			f.With = ""
		}
		m.leads[f.Key] = f.Kind != vod.MediaSubtitle && (f.With == "" || f.With == Alone || f.With == f.Key)
	}
	titles := map[string]string{} // of late subtitles: the key of the first
	for _, f := range m.files {
		lead, tag := m.lead(f)
		if lead == "" {
			title, ownTag := split(f.Name)
			lead, tag = f.Key, ownTag
			if first := titles[title]; first != "" && f.With != Alone {
				lead = first
			} else if f.With != Alone {
				titles[title] = f.Key
			}
		}
		m.put(lead, Matched{f, tag})
	}
	slices.SortStableFunc(m.groups, func(a, b Group) int { return m.order(a.Lead) - m.order(b.Lead) })
	for i := range m.groups {
		m.finish(&m.groups[i])
	}
	return m.groups
}

type matcher struct {
	files  []File
	leads  map[string]bool
	groups []Group
}

func (m *matcher) order(key string) int {
	return slices.IndexFunc(m.files, func(f File) bool { return f.Key == key })
}

func (m *matcher) put(lead string, f Matched) {
	i := slices.IndexFunc(m.groups, func(g Group) bool { return g.Lead == lead })
	if i < 0 {
		m.groups = append(m.groups, Group{Lead: lead})
		i = len(m.groups) - 1
	}
	m.groups[i].Files = append(m.groups[i].Files, f)
}

// finish puts the lead first.
func (m *matcher) finish(g *Group) {
	slices.SortStableFunc(g.Files, func(a, b Matched) int { return first(b.Key == g.Lead) - first(a.Key == g.Lead) })
	g.Late = !slices.ContainsFunc(g.Files, func(f Matched) bool { return f.Kind != vod.MediaSubtitle })
}

func first(is bool) int {
	if is {
		return 1
	}
	return 0
}

// lead is the key of the file that another belongs to, and the language that its
// name tells; "" if it belongs to none.
func (m *matcher) lead(f File) (key, tag string) {
	switch {
	case m.leads[f.Key]:
		return f.Key, subtitle.OfName(f.Name).Language
	case f.With != "" && m.leads[f.With]:
		_, tag = m.by(f, m.files[m.order(f.With)])
		if tag == "" {
			tag = subtitle.OfName(f.Name).Tag()
		}
		return f.With, tag
	case f.With == Alone:
		return "", ""
	}
	return m.find(f)
}

// find looks for the lead with the longest name that f's name begins with; of
// equal ones the first that is a video.
func (m *matcher) find(f File) (key, tag string) {
	length, only, leads := -1, "", 0
	video := false
	for _, lead := range m.files {
		if !m.leads[lead.Key] {
			continue
		}
		leads++
		only = lead.Key
		n := len(stem(lead.Name))
		better := n > length || n == length && lead.Kind == vod.MediaVideo && !video
		if ok, t := m.by(f, lead); ok && better {
			length, key, tag, video = n, lead.Key, t, lead.Kind == vod.MediaVideo
		}
	}
	if key != "" || leads != 1 {
		return key, tag
	}
	if p, ok := subtitle.OfWords(words(stem(f.Name))); ok {
		return only, p.Tag()
	}
	return "", ""
}

// by tells whether a file's name says that it belongs to the lead, and the
// language that it says then.
func (m *matcher) by(f, lead File) (ok bool, tag string) {
	name, title := strings.ToLower(stem(f.Name)), strings.ToLower(stem(lead.Name))
	rest, ok := strings.CutPrefix(name, title)
	if !ok || title == "" || rest != "" && !separates(rune(rest[0])) {
		return false, ""
	}
	p, ok := subtitle.OfWords(words(rest))
	return ok, p.Tag()
}

// separates tells whether a rune stands between the words of a name.
func separates(r rune) bool { return strings.ContainsRune("._ -()[]", r) }

// words are those of a part of a name, without the number of a copy: "film (1)".
func words(text string) []string {
	found := strings.FieldsFunc(text, separates)
	return joined(slices.DeleteFunc(found, func(w string) bool {
		return len(w) < 3 && strings.IndexFunc(w, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
	}))
}

// joined puts together what separates has taken apart, "pt" and "BR".
func joined(parts []string) []string {
	var out []string
	for _, p := range parts {
		if n := len(out); n > 0 && subtitle.NameLanguage(p) == "" || n > 0 && len(p) == 2 {
			whole := out[n-1] + "-" + p
			if subtitle.NameLanguage(out[n-1]) != "" && subtitle.NameLanguage(whole) != "" && !new(subtitle.Purpose).Mark(p) {
				out[n-1] = whole
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// split takes the title of a subtitle file apart from language and marks.
func split(name string) (title, tag string) {
	purpose := subtitle.OfName(name)
	parts := strings.Split(stem(name), ".")
	for len(parts) > 1 {
		if _, ok := subtitle.OfWords(words(parts[len(parts)-1])); !ok {
			break
		}
		parts = parts[:len(parts)-1]
	}
	return strings.ToLower(strings.Join(parts, ".")), purpose.Tag()
}
