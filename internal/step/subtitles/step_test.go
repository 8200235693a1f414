package subtitles_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	srt  = "1\n00:00:01,000 --> 00:00:02,500\nHei <i>verden</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nTo & tre\n"
	vtt  = "WEBVTT\n\n00:01.000 --> 00:02.500 line:10%\nHello\n"
	ttml = `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="fr"><body><div><p begin="1s" end="2.5s">Bonjour<br/>le monde</p></div></body></tt>`
)

func TestPublishesFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := b.completed(t, nil,
		source{name: "film.nb.srt", text: srt},
		source{name: "film.vtt", text: vtt, language: "en-x-sdh"},
		source{name: "film.ttml", text: ttml},
		source{name: "film.en.forced.default.srt", text: srt},
	)
	wantTexts := []string{
		"00:00:01.000 --> 00:00:02.500\nHei <i>verden</i>\n\n00:00:03.000 --> 00:00:04.000\nTo &amp; tre\n",
		"00:00:01.000 --> 00:00:02.500 line:10%\nHello\n",
		"00:00:01.000 --> 00:00:02.500\nBonjour\nle monde\n",
		"00:00:01.000 --> 00:00:02.500\nHei <i>verden</i>\n\n00:00:03.000 --> 00:00:04.000\nTo &amp; tre\n",
	}
	if diff := cmp.Diff(wantTexts, out.texts); diff != "" {
		t.Error(diff)
	}
	wantNotes := media.SubtitleNotes{Tracks: []media.SubtitleTrack{
		{File: "subtitles_1_nb.vtt", Language: "nb", Name: "norsk bokmål", Cues: 2, End: 4},
		{File: "subtitles_2_en.vtt", Language: "en", Name: "English (SDH)", HearingImpaired: true, Cues: 1, End: 2.5},
		{File: "subtitles_3_fr.vtt", Language: "fr", Name: "français", Cues: 1, End: 2.5},
		{File: "subtitles_4_en.vtt", Language: "en", Name: "English (forced)", Forced: true, Default: true, Cues: 2, End: 4},
	}}
	if diff := cmp.Diff(wantNotes, out.notes); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(out.set.Labels, []string{"subtitles"}) || out.set.Location == nil || *out.set.Files[1].Language != "en" ||
		out.set.Files[1].MediaType != vod.MediaSubtitle || !strings.HasSuffix(out.set.Files[1].URI, "/1/subtitles_2_en.vtt") {
		t.Errorf("fileset %+v", out.set)
	}
	if len(out.remarks) != 0 {
		t.Errorf("remarks %q", out.remarks)
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	b := setup(t)
	hour := strings.ReplaceAll(srt, "00:00:0", "01:00:0")
	out := b.completed(t, map[string]any{"offset": -3601.5}, source{name: "film.nb.srt", text: hour})
	if want := "00:00:00.000 --> 00:00:01.000\nHei <i>verden</i>\n\n00:00:01.500 --> 00:00:02.500\nTo &amp; tre\n"; out.texts[0] != want {
		t.Errorf("got %q", out.texts[0])
	}
	se := b.failed(t, map[string]any{"offset": -3600}, source{name: "film.nb.srt", text: srt})
	if se.Class != vod.ClassMedia || se.Message != `The subtitle file "film.nb.srt" has no cue left after the profile's offset: all end before the video begins.` {
		t.Error(se)
	}
}

func TestNoSubtitles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := b.completed(t, nil, source{name: "film.mp4", path: generate(t, "film.mp4", nil)})
	if len(out.set.Files) > 0 || len(out.remarks) > 0 || len(files(t, b.store.Path)) != 2 {
		t.Errorf("%+v, %v", out, files(t, b.store.Path))
	}
	if b.traces != 0 {
		t.Error("ffmpeg was run for nothing")
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, tc := range []struct{ name, text, want string }{
		{"film.en.srt", srt + "\n3\n00:00:09,000 --> 00:00:08,000\nx\n", `The subtitle file "film.en.srt" is bad at line 10: the end 00:00:08,000 is before the start 00:00:09,000.`},
		{"film.ttml", "<tt>\n<body><p", `The subtitle file "film.ttml" is bad at line 2: no XML: unexpected EOF.`},
		{"film.vtt", "WEBVTT\n", `The subtitle file "film.vtt" is bad: the file has no cue with text that is ever shown.`},
		{"film.srt", "\x00\x01\x02\x03", `The subtitle file "film.srt" is bad: the file is not text.`},
		{"film.ass", "[Script Info]\n", `The subtitle file "film.ass" is bad at line 1: the file is SubStation Alpha; SRT, WebVTT and TTML are read.`},
	} {
		se := b.failed(t, nil, source{name: "good.srt", text: srt}, source{name: tc.name, text: tc.text})
		if se.Class != vod.ClassMedia || se.Reason != vod.ReasonBadMedia || se.Message != tc.want || se.Hint == "" {
			t.Errorf("%s: %+v", tc.name, se)
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := b.completed(t, nil, source{name: "film.srt", text: "00:00:01,000 --> 00:00:02,000\nBl\xE5b\xE6r\n\n00:00:01,000 --> 00:00:01,000\nx\n"})
	want := []string{
		"film.srt: Its language is not known; give it with the file, or in its name, such as film.en.srt.",
		"film.srt: The file is not in UTF-8; it was read as Windows-1252.",
		"film.srt: 1 cue was left out: with the end at the start.",
	}
	if diff := cmp.Diff(want, out.remarks); diff != "" {
		t.Error(diff)
	}
	if out.set.Files[0].Language != nil || out.notes.Tracks[0].File != "subtitles_1_und.vtt" || out.texts[0] != "00:00:01.000 --> 00:00:02.000\nBlåbær\n" {
		t.Errorf("%+v", out)
	}
}

func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := b.completed(t, nil, source{name: "a.en.srt", text: srt}, source{name: "b.en.srt", text: srt})
	if out.notes.Tracks[0].Name != "English" || out.notes.Tracks[1].Name != "English 2" {
		t.Errorf("%+v", out.notes)
	}
}

func TestBadProfile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for says, fields := range map[string]map[string]any{
		"offset is 90000 seconds": {"offset": 90000},
		"unknown field":           {"offsets": 1},
		`has type "SRT"`:          {"type": "SRT"},
	} {
		se := b.failed(t, fields, source{name: "film.srt", text: srt})
		if se.Class != vod.ClassConfig || !strings.Contains(se.Message, says) {
			t.Errorf("%v: %v", fields, se)
		}
	}
}

func TestForeignFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.job(t)
	job.Tenant, job.Inputs = "other", []vod.Fileset{b.retrieved(t, source{name: "film.srt", text: srt})}
	if _, err := b.runner.Run(context.Background(), job); vod.AsStepError(err).Reason != vod.ReasonForbidden {
		t.Errorf("error %v", err)
	}
}

// TestAnotherAttempt runs a task again whose first attempt was lost half-way.
func TestAnotherAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.job(t)
	job.Inputs = []vod.Fileset{b.retrieved(t, source{name: "film.en.srt", text: srt})}
	var texts []string
	for _, attempt := range []int{1, 1, 2} { // a lost attempt may have its number again
		job.Attempt = attempt
		result, err := b.runner.Run(context.Background(), job)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, b.read(t, result).texts...)
	}
	if len(texts) != 3 || texts[0] != texts[1] || texts[0] != texts[2] {
		t.Errorf("texts %q", texts)
	}
}

func TestCancelledBeforeWriting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.job(t)
	job.Inputs = []vod.Fileset{b.retrieved(t, source{name: "film.en.srt", text: srt})}
	before := files(t, b.store.Path)
	ctx, cancel := context.WithCancelCause(context.Background())
	job.Progress = func(float64) { cancel(vod.ErrCancelled) }
	if _, err := b.runner.Run(ctx, job); !errors.Is(err, vod.ErrCancelled) {
		t.Errorf("error %v", err)
	}
	if after := files(t, b.store.Path); !slices.Equal(before, after) {
		t.Errorf("files %v", after)
	}
}
