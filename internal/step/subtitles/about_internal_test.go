package subtitles

import (
	"errors"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestOfFile(t *testing.T) {
	t.Parallel()
	none := ""
	for _, tc := range []struct {
		name, language string
		want           about
		people         string
	}{
		{"film.srt", none, about{language: "und"}, "Subtitles"},
		{"film.en.srt", none, about{language: "en"}, "English"},
		{"film.EN.srt", none, about{language: "en"}, "English"},
		{"film.eng.srt", none, about{language: "en"}, "English"},
		{"film.nb-NO.sdh.vtt", none, about{language: "nb-NO", hearingImpaired: true}, "norsk bokmål (SDH)"},
		{"film.pt_BR.forced.srt", none, about{language: "pt-BR", forced: true}, "português (forced)"},
		{"film.zh-Hans.ttml", none, about{language: "zh-Hans"}, "简体中文"},
		{"film.es-419.srt", none, about{language: "es-419"}, "español latinoamericano"},
		{"film.en.forced.sdh.default.srt", none, about{language: "en", forced: true, hearingImpaired: true, standard: true}, "English (forced, SDH)"},
		{"film.en.hi.srt", none, about{language: "en", hearingImpaired: true}, "English (SDH)"},
		{"film.forced.hi.srt", none, about{language: "und", forced: true, hearingImpaired: true}, "Subtitles (forced, SDH)"},
		{"film.hi.srt", none, about{language: "hi"}, "हिन्दी"},
		{"my.film.hi.forced.srt", none, about{language: "hi", forced: true}, "हिन्दी (forced)"},
		{"film.cc.srt", none, about{language: "und", hearingImpaired: true}, "Subtitles (SDH)"},
		{"film_de.srt", none, about{language: "und"}, "Subtitles"},
		{"de.srt", none, about{language: "und"}, "Subtitles"},
		{"forced.srt", none, about{language: "und"}, "Subtitles"},
		{"film.the.srt", none, about{language: "und"}, "Subtitles"},
		{"film.hd.srt", none, about{language: "und"}, "Subtitles"},
		{"film.2024.srt", none, about{language: "und"}, "Subtitles"},
		{"film.en.1080p.srt", none, about{language: "und"}, "Subtitles"},
		{"film.en-2.srt", none, about{language: "en"}, "English"},
		{"film.en.forced-12.srt", none, about{language: "en", forced: true}, "English (forced)"},
		{"film", none, about{language: "und"}, "Subtitles"},
		{".srt", none, about{language: "und"}, "Subtitles"},
		{"..en..srt", none, about{language: "und"}, "Subtitles"},

		{"film.de.forced.srt", "nb", about{language: "nb", forced: true}, "norsk bokmål (forced)"},
		{"film.srt", "en-x-forced", about{language: "en", forced: true}, "English (forced)"},
		{"film.srt", "en-GB-X-SDH-default", about{language: "en-GB", hearingImpaired: true, standard: true}, "British English (SDH)"},
		{"film.de.srt", "x-forced", about{language: "de", forced: true}, "Deutsch (forced)"},
		{"film.srt", "nor", about{language: "no"}, "norsk"},
		{"film.srt", "zz-something", about{language: "und"}, "Subtitles"},
		{"film.srt", "", about{language: "und"}, "Subtitles"},
	} {
		file := vod.File{MediaType: vod.MediaSubtitle}
		if tc.language != none {
			file.Language = &tc.language
		}
		got := ofFile(file, tc.name)
		if got != tc.want || got.name() != tc.people {
			t.Errorf("%s, %q: %+v %q, want %+v %q", tc.name, tc.language, got, got.name(), tc.want, tc.people)
		}
	}
}

func FuzzOfFile(f *testing.F) {
	f.Add("film.en.forced-2.srt", "en-x-sdh")
	f.Add("..hi.hi.", "x-x-x")
	f.Fuzz(func(t *testing.T, name, language string) {
		a := ofFile(vod.File{Language: &language}, name)
		for _, r := range a.language {
			if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
				t.Errorf("language %q", a.language)
			}
		}
		if a.language == "" || a.name() == "" || len(a.language) > 100 {
			t.Errorf("%+v %q", a, a.name())
		}
	})
}

// All tracks are in memory at once.
func TestTooMuchText(t *testing.T) {
	t.Parallel()
	one := track{source: "b.srt", Track: subtitle.Track{Cues: []subtitle.Cue{{End: 1, Text: "Hello"}}}}
	w := work{size: subtitle.MaxTracks - 2*one.Size()}
	for range 2 {
		if err := w.add(one); err != nil {
			t.Fatal(err)
		}
	}
	var se *vod.StepError
	if err := w.add(one); !errors.As(err, &se) || se.Class != vod.ClassMedia || len(w.tracks) != 2 {
		t.Errorf("%v, %d tracks", err, len(w.tracks))
	}
}
