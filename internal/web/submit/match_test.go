package submit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/submit"
)

// chosen makes files of names; "name>key" goes with the file of that key. Keys
// are the places in the list. Subtitles are told by their extensions.
func chosen(names ...string) []submit.File {
	var files []submit.File
	for i, name := range names {
		name, with, _ := strings.Cut(name, ">")
		kind := vod.MediaVideo
		switch {
		case strings.HasSuffix(name, ".srt"), strings.HasSuffix(name, ".vtt"):
			kind = vod.MediaSubtitle
		case strings.HasSuffix(name, ".m4a"):
			kind = vod.MediaAudio
		}
		files = append(files, submit.File{Key: fmt.Sprint(i), Name: name, Kind: kind, With: with})
	}
	return files
}

// shown writes groups as "film.mp4 + film.en.srt=en".
func shown(groups []submit.Group) []string {
	var all []string
	for _, g := range groups {
		var files []string
		for _, f := range g.Files {
			text := f.Name
			if f.Tag != "" {
				text += "=" + f.Tag
			}
			files = append(files, text)
		}
		text := strings.Join(files, " + ")
		if g.Late {
			text = "late: " + text
		}
		all = append(all, text)
	}
	return all
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ files, want []string }{
		{nil, nil},
		{[]string{"film.mp4"}, []string{"film.mp4"}},
		{[]string{"film.mp4", "film.en.srt"}, []string{"film.mp4 + film.en.srt=en"}},
		{[]string{"film.en.srt", "film.mp4"}, []string{"film.mp4 + film.en.srt=en"}},
		{[]string{"film.mp4", "film.no.forced.vtt", "film_sdh.en.vtt"}, []string{"film.mp4 + film.no.forced.vtt=no-x-forced + film_sdh.en.vtt=en-x-sdh"}},
		{[]string{"Film.MP4", "film.srt"}, []string{"Film.MP4 + film.srt"}},
		{[]string{"film.mp4", "film_de.srt", "film-pt-BR.srt", "film pt_BR forced.srt"}, []string{
			"film.mp4 + film_de.srt=de + film-pt-BR.srt=pt-BR + film pt_BR forced.srt=pt-BR-x-forced",
		}},
		{[]string{"film.mp4", "film (1).srt", "film.en-2.srt"}, []string{"film.mp4 + film (1).srt + film.en-2.srt=en"}},
		{[]string{"film.mp4", "film2.mp4", "film2.en.srt", "film.en.srt"}, []string{"film.mp4 + film.en.srt=en", "film2.mp4 + film2.en.srt=en"}},
		{[]string{"film.mp4", "film.en.mp4", "film.en.srt"}, []string{"film.mp4", "film.en.mp4=en + film.en.srt"}},
		{[]string{"film.mp4", "films.en.srt"}, []string{"film.mp4", "late: films.en.srt=en"}},
		{[]string{"film.mp4", "film.trailer.en.srt"}, []string{"film.mp4", "late: film.trailer.en.srt=en"}},
		{[]string{"film.mp4", "en.srt", "forced.no.vtt"}, []string{"film.mp4 + en.srt=en + forced.no.vtt=no-x-forced"}},
		{[]string{"a.mp4", "b.mp4", "en.srt"}, []string{"a.mp4", "b.mp4", "late: en.srt"}},
		{[]string{"film.m4a", "film.mp4", "film.en.srt"}, []string{"film.m4a", "film.mp4 + film.en.srt=en"}},
		{[]string{"talk.m4a", "talk.hi.srt", "talk.en.hi.srt"}, []string{"talk.m4a + talk.hi.srt=hi + talk.en.hi.srt=en-x-sdh"}},
		{[]string{"old.en.srt", "old.no.sdh.srt", "other.srt"}, []string{"late: old.en.srt=en + old.no.sdh.srt=no-x-sdh", "late: other.srt"}},
		// By hand.
		{[]string{"a.mp4", "b.mp4", "b.en.srt>0"}, []string{"a.mp4 + b.en.srt=en", "b.mp4"}},
		{[]string{"a.mp4", "a.en.srt>-"}, []string{"a.mp4", "late: a.en.srt=en"}},
		{[]string{"a.mp4", "b.m4a>0"}, []string{"a.mp4 + b.m4a"}},
		{[]string{"a.mp4", "a.srt>9"}, []string{"a.mp4 + a.srt"}}, // of a file that was removed
		{[]string{"a.mp4>1", "b.mp4>0"}, []string{"a.mp4", "b.mp4"}},
	} {
		if d := cmp.Diff(tc.want, shown(submit.Match(chosen(tc.files...)))); d != "" {
			t.Errorf("%q (-want +got):\n%s", tc.files, d)
		}
	}
}

// TestMatchKeepsEveryFile: whatever the names and the choices, each file is in
// one group, the group's lead in it first, and only subtitles are late.
func TestMatchKeepsEveryFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := []string{vod.MediaVideo, vod.MediaAudio, vod.MediaSubtitle, vod.MediaSMIL}
		var files []submit.File
		for i := range rapid.IntRange(0, 12).Draw(t, "files") {
			files = append(files, submit.File{
				Key:  fmt.Sprint(i),
				Name: rapid.StringMatching(`(film|a|)[._ -]?(en|hi|no|sdh|forced|x)?([._ -](en|cc|2))?(\.(mp4|srt))?`).Draw(t, "name"),
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				With: rapid.SampledFrom([]string{"", "", "", submit.Alone, "0", "1", "2", "99"}).Draw(t, "with"),
			})
		}
		var keys []string
		for _, g := range submit.Match(files) {
			if g.Files[0].Key != g.Lead {
				t.Fatalf("the group of %s begins with %s", g.Lead, g.Files[0].Key)
			}
			for _, f := range g.Files {
				keys = append(keys, f.Key)
				if g.Late && f.Kind != vod.MediaSubtitle {
					t.Fatalf("%s is no late subtitle", f.Name)
				}
			}
		}
		slices.Sort(keys)
		var all []string
		for _, f := range files {
			all = append(all, f.Key)
		}
		slices.Sort(all)
		if !slices.Equal(keys, all) {
			t.Fatalf("files %v became %v", all, keys)
		}
	})
}
