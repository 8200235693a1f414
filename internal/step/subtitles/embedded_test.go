package subtitles_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const ass = `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,&H00000000,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,1,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\an8}Top {\i1}slant{\i0}\Nline two
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\p1}m 0 0 l 10 10 20 20{\p0}
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\c&H0000FFFF&}Yellow
`

// twoTracks is an MP4 file with a Norwegian track and an English one for people
// who are hard of hearing.
func twoTracks(t *testing.T) string {
	t.Helper()
	return generate(t, "film.mp4", []string{file(t, "a.srt", srt), file(t, "b.vtt", vtt)},
		"-map", "2", "-map", "3", "-c:s", "mov_text", "-metadata:s:s:0", "language=nob", "-metadata:s:s:1", "language=eng",
		"-disposition:s:0", "default", "-disposition:s:1", "hearing_impaired+forced")
}

func TestTracksOfMP4(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := b.completed(t, map[string]any{"offset": 100}, source{name: "film.mp4", path: twoTracks(t)})
	wantTexts := []string{
		"00:00:01.000 --> 00:00:02.500\nHei <i>verden</i>\n\n00:00:03.000 --> 00:00:04.000\nTo &amp; tre\n",
		"00:00:01.000 --> 00:00:02.500\nHello\n",
	}
	if diff := cmp.Diff(wantTexts, out.texts); diff != "" {
		t.Error(diff)
	}
	wantNotes := media.SubtitleNotes{Tracks: []media.SubtitleTrack{
		{File: "subtitles_1_nb.vtt", Language: "nb", Name: "norsk bokmål", Default: true, Cues: 2, End: 4},
		{File: "subtitles_2_en.vtt", Language: "en", Name: "English (forced, SDH)", Forced: true, HearingImpaired: true, Cues: 1, End: 2.5},
	}}
	if diff := cmp.Diff(wantNotes, out.notes); diff != "" {
		t.Error(diff)
	}
	if b.traces != 2 { // at the start and at the end of one run
		t.Errorf("ffmpeg was traced %d times", b.traces)
	}
}

func TestTracksOfMatroska(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pgs := "PG\x00\x01\x5F\x90\x00\x00\x00\x00\x80\x00\x00" // the end of a picture, at one second
	film := generate(t, "film.mkv",
		[]string{file(t, "a.srt", srt), file(t, "b.ass", ass), file(t, "c.vtt", vtt), file(t, "d.sup", pgs), file(t, "e.srt", "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Latin \xE6\n")},
		"-map", "2", "-map", "3", "-map", "4", "-map", "5", "-map", "6",
		"-c:a", "pcm_s16le", "-c:s", "copy", // AAC in Matroska would make the file begin before 0
		"-metadata:s:s:0", "language=nor", "-metadata:s:s:1", "language=eng", "-metadata:s:s:3", "language=ger")
	out := b.completed(t, nil, source{name: "film.mkv", path: film}, source{name: "film.no.srt", text: srt})
	want := "00:00:01.000 --> 00:00:02.500 line:5%\nTop <i>slant</i>\nline two\n\n00:00:03.000 --> 00:00:04.000\n<c.yellow>Yellow</c>\n---\n" +
		"00:00:01.000 --> 00:00:02.500 line:10%\nHello\n---\n" +
		"00:00:01.000 --> 00:00:02.000 line:5%\nLatin æ\n---\n" +
		"00:00:01.000 --> 00:00:02.500\nHei <i>verden</i>\n\n00:00:03.000 --> 00:00:04.000\nTo &amp; tre\n"
	if diff := cmp.Diff(want, strings.Join(out.texts, "---\n")); diff != "" {
		t.Error(diff)
	}
	wantRemarks := []string{
		"stream 5 of film.mkv: It was left out: only text is read, not hdmv_pgs_subtitle.",
		"stream 6 of film.mkv: The file is not in UTF-8; it was read as Windows-1252.",
		"stream 2 of film.mkv: It was left out: film.no.srt is in the same language, for the same purpose.",
	}
	if diff := cmp.Diff(wantRemarks, out.remarks); diff != "" {
		t.Error(diff)
	}
}

func TestTTMLInMP4(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := generate(t, "film.mp4", []string{file(t, "a.srt", srt)}, "-map", "2", "-c:s", "ttml", "-metadata:s:s:0", "language=nob")
	out := b.completed(t, nil, source{name: "film.mp4", path: film})
	if want := "00:00:01.000 --> 00:00:02.500\nHei verden\n\n00:00:03.000 --> 00:00:04.000\nTo &amp; tre\n"; len(out.texts) != 1 || out.texts[0] != want {
		t.Errorf("%q, %q", out.texts, out.remarks)
	}
	if out.notes.Tracks[0].Language != "nb" {
		t.Errorf("%+v", out.notes)
	}
}

func TestNotEmbedded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if out := b.completed(t, map[string]any{"embedded": false}, source{name: "film.mp4", path: twoTracks(t)}); len(out.texts) > 0 || b.traces > 0 {
		t.Errorf("%+v", out)
	}
}

func TestBadVideo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	se := b.failed(t, nil, source{name: "film.mp4", path: file(t, "film.mp4", "this is no film")})
	if se.Class != vod.ClassMedia || !strings.Contains(se.Message, `"film.mp4" is text`) {
		t.Error(se)
	}
}

// TestPackedTrack has a track that says the same for longer than is taken.
func TestPackedTrack(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	line := strings.Repeat("x", 4000)
	for i := range 5000 {
		at := time.Duration(i) * time.Millisecond
		fmt.Fprintf(&b, "%d\n00:00:%02d,%03d --> 00:00:06,000\n%s\n\n", i+1, int(at.Seconds()), at.Milliseconds()%1000, line)
	}
	film := generate(t, "film.mkv", []string{file(t, "a.srt", b.String())}, "-map", "2", "-c:s", "copy")
	se := setup(t).failed(t, nil, source{name: "film.mkv", path: film})
	if se.Class != vod.ClassMedia || !strings.Contains(se.Message, "of more than 16 MiB") {
		t.Error(se)
	}
}

// slowFFmpeg answers as ffmpeg does, but once it has begun to write it never ends.
const slowFFmpeg = `#!/bin/sh
case "$*" in
*-progress*) echo out_time_us=1000; echo progress=continue; sleep 600 ;;
*) exec ffmpeg "$@" ;;
esac
`

// TestCancelLeavesNothing cancels while ffmpeg takes out a track.
func TestCancelLeavesNothing(t *testing.T) {
	t.Parallel()
	program := file(t, "ffmpeg", slowFFmpeg)
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	b := setupWith(t, ffmpeg.Config{FFmpeg: program})
	job := b.job(t)
	job.Inputs = []vod.Fileset{b.retrieved(t, source{name: "film.mp4", path: twoTracks(t)})}
	before := files(t, b.store.Path)
	ctx, cancel := context.WithCancelCause(context.Background())
	var asked time.Time
	job.Progress = func(share float64) {
		if share > 0 && asked.IsZero() {
			asked = time.Now()
			cancel(vod.ErrCancelled)
		}
	}
	_, err := b.runner.Run(ctx, job)
	if took := time.Since(asked); asked.IsZero() || took > 1900*time.Millisecond {
		t.Errorf("took %v to stop", took)
	}
	if !errors.Is(err, vod.ErrCancelled) {
		t.Errorf("error %v", err)
	}
	if after := files(t, b.store.Path); !slices.Equal(before, after) {
		t.Errorf("files %v, before %v", after, before)
	}
}

// TestNothingOutsideScratch holds that a run writes to its scratch and target
// folders alone, and that no text of a file is a name.
func TestNothingOutsideScratch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	film := generate(t, "film.mkv", []string{file(t, "a.srt", srt)}, "-map", "2", "-c:s", "copy", "-metadata:s:s:0", "language=../", "-metadata:s:s:0", "title=../../x")
	job := b.job(t)
	job.Inputs = []vod.Fileset{b.retrieved(t, source{name: "film.mkv", path: film})}
	result, err := b.runner.Run(context.Background(), job)
	if err != nil {
		t.Fatal(err)
	}
	if out := b.read(t, result); out.notes.Tracks[0].File != "subtitles_1_und.vtt" || out.notes.Tracks[0].Name != "Subtitles" {
		t.Errorf("%+v", out.notes)
	}
	entries, err := os.ReadDir(filepath.Dir(job.Scratch))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside scratch: %v, %v", entries, err)
	}
}
