package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// audioGroup holds the audio tracks that a variant can choose among: each sound
// once. All groups have the same sounds in the same order, as RFC 8216,
// 4.3.4.1.1 wants of groups that are encodings of the same media.
type audioGroup struct {
	id     string
	tracks []Track
}

// audioGroups makes a group for every codec and number of channels, the most
// compatible one first. A sound that is not there in that form is in the group
// in the form that is most like it.
func (p Presentation) audioGroups() []audioGroup {
	var groups []audioGroup
	for _, form := range p.audioForms() {
		g := audioGroup{id: fmt.Sprintf("%s-%d", strings.ReplaceAll(form.Codecs, ".", "-"), form.Channels)}
		for _, sound := range p.sounds() {
			g.tracks = append(g.tracks, nearest(sound, form))
		}
		if !slices.ContainsFunc(groups, g.same) {
			groups = append(groups, g)
		}
	}
	return groups
}

// audioForms gives a track of each codec and number of channels.
func (p Presentation) audioForms() []Track {
	var out []Track
	for _, t := range p.Audio {
		if !slices.ContainsFunc(out, t.sameForm) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b Track) int { return a.SoundRank() - b.SoundRank() })
	return out
}

// sounds are the audio tracks by name, in the order of their first ones.
func (p Presentation) sounds() [][]Track {
	var out [][]Track
	for _, t := range p.Audio {
		i := slices.IndexFunc(out, func(sound []Track) bool { return sound[0].Name == t.Name })
		if i < 0 {
			i = len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], t)
	}
	return out
}

// nearest chooses the encoding of a sound for a group: the same form, else the
// same codec, else the most compatible one.
func nearest(sound []Track, form Track) Track {
	cost := func(t Track) int {
		switch {
		case t.sameForm(form):
			return -2
		case t.Codecs == form.Codecs:
			return -1
		}
		return t.SoundRank()
	}
	return slices.MinFunc(sound, func(a, b Track) int { return cost(a) - cost(b) })
}

func (t Track) sameForm(other Track) bool {
	return t.Codecs == other.Codecs && t.Channels == other.Channels
}

// SoundRank is the lower the more players can play the track: AAC before all
// others, up to two channels before more.
func (t Track) SoundRank() int {
	rank := 0
	if t.format() != "mp4a" {
		rank += 2
	}
	if t.Channels > 2 {
		rank++
	}
	return rank
}

func (g audioGroup) same(other audioGroup) bool {
	return slices.EqualFunc(g.tracks, other.tracks, func(a, b Track) bool { return a.Folder == b.Folder })
}

// codecs lists those of all members, each once.
func (g audioGroup) codecs() []string {
	var out []string
	for _, t := range g.tracks {
		if !slices.Contains(out, t.Codecs) {
			out = append(out, t.Codecs)
		}
	}
	return out
}

// writeMedia writes EXT-X-MEDIA of the track with this number in the group.
// Where there is no video, the default track is the variant itself and has no
// URI (RFC 8216, 4.3.4.2.1).
func (g audioGroup) writeMedia(b *strings.Builder, number int, alone bool) {
	t, first := g.tracks[number], number == 0
	a := attributes{b: b}
	a.begin("#EXT-X-MEDIA:TYPE=AUDIO")
	a.quoted("GROUP-ID", g.id)
	a.quoted("NAME", t.Name)
	a.language(t.Language)
	a.plain("AUTOSELECT", yesNo(g.chosenByItself(number)))
	a.plain("DEFAULT", yesNo(first))
	if t.Described {
		a.quoted("CHARACTERISTICS", "public.accessibility.describes-video")
	}
	a.quoted("CHANNELS", strconv.Itoa(t.Channels))
	if !alone || !first {
		a.quoted("URI", t.Folder+"/"+PlaylistName)
	}
	a.end()
}

// chosenByItself tells whether a player may pick the track by its language: the
// default one, and the first of each language and purpose, as those with
// AUTOSELECT=YES should differ in that (RFC 8216, 4.3.4.1.1). Commentary is for
// those who ask for it.
func (g audioGroup) chosenByItself(number int) bool {
	t := g.tracks[number]
	if number == 0 || t.Commentary {
		return number == 0
	}
	return !slices.ContainsFunc(g.tracks[:number], func(before Track) bool {
		return before.Language == t.Language && before.Described == t.Described && !before.Commentary
	})
}

// rates are the largest of the group, since a variant's rates are those of its
// most demanding combination (RFC 8216, 4.3.4.2).
func (g audioGroup) rates(target int) bitRates {
	var out bitRates
	for _, t := range g.tracks {
		r := t.rates(target)
		out.peak, out.average = max(out.peak, r.peak), max(out.average, r.average)
	}
	return out
}
