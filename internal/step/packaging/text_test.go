package packaging

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// cues are the lines of a WebVTT file, given as times and text.
func cues(lines ...string) string {
	return "WEBVTT\n\n" + strings.Join(lines, "\n\n") + "\n"
}

func (b *bundle) writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.folder.Path(), name), []byte(text), fileMode); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) writeNotes(t *testing.T, name string, notes any) {
	t.Helper()
	text, err := json.Marshal(notes)
	if err != nil {
		t.Fatal(err)
	}
	b.writeFile(t, name, string(text))
}

// subtitles makes three tracks with notes.
func (b *bundle) subtitles(t *testing.T) [][2]string {
	t.Helper()
	b.writeFile(t, "s1.vtt", cues("00:00:01.000 --> 00:00:02.000\nHello", "00:00:05.500 --> 00:00:09.000\n<i>Bye</i>"))
	b.writeFile(t, "s2.vtt", cues("00:00:01.000 --> 00:00:02.000\nEXIT"))
	b.writeFile(t, "s3.vtt", cues("00:00:00.500 --> 00:00:02.000\n[door] Hei", "00:00:07.000 --> 00:00:08.000\nfor sent"))
	b.writeNotes(t, media.SubtitleNotesName, media.SubtitleNotes{Tracks: []media.SubtitleTrack{
		{File: "s1.vtt", Language: "en", Name: "English"},
		{File: "s2.vtt", Language: "en", Name: "English (forced)", Forced: true},
		{File: "s3.vtt", Language: "nb", Name: "norsk bokmål (SDH)", HearingImpaired: true, Default: true},
	}})
	return [][2]string{{"SUBTITLE", "s1.vtt"}, {"SUBTITLE", "s2.vtt"}, {"SUBTITLE", "s3.vtt"}}
}

func TestPackageSubtitles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 6)
	b.audio(t, "a.mp4", "eng", 48000, 6)
	files := append(b.subtitles(t), [2]string{"VIDEO", "v.mp4"}, [2]string{"AUDIO", "a.mp4"})
	r, err := b.run(t.Context(), b.job(t, 0), files...)
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	text := readText(t, filepath.Join(dir, "index.m3u8"))
	for _, want := range []string{
		`TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",LANGUAGE="en",AUTOSELECT=YES,DEFAULT=NO,FORCED=NO,URI="subtitles_en/playlist.m3u8"`,
		`NAME="English (forced)",LANGUAGE="en",AUTOSELECT=YES,DEFAULT=NO,FORCED=YES,URI="subtitles_en_forced/playlist.m3u8"`,
		`LANGUAGE="nb",AUTOSELECT=YES,DEFAULT=YES,FORCED=NO,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="subtitles_nb_sdh/playlist.m3u8"`,
		`SUBTITLES="subtitles"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("index.m3u8 lacks %s:\n%s", want, text)
		}
	}
	// The cue after the end is gone, that over the end is cut, and it is told.
	whole := parse(t, filepath.Join(dir, "subtitles_en", "subtitles.vtt"))
	if n := len(whole.Cues); n != 2 || whole.End().Seconds() > 6.03 {
		t.Errorf("%d cues to %s", n, whole.End())
	}
	if n := len(parse(t, filepath.Join(dir, "subtitles_nb_sdh", "subtitles.vtt")).Cues); n != 1 {
		t.Errorf("%d cues, want that within the video", n)
	}
	if segment := parse(t, filepath.Join(dir, "subtitles_en", "seg_00001.vtt")); segment.Map == nil || len(segment.Cues) != 2 {
		t.Errorf("segment: %+v", segment)
	}
	if r.Report == nil || len(r.Report.Remarks) != 1 || !strings.Contains(r.Report.Remarks[0], "s3.vtt go on after the video") {
		t.Errorf("report: %+v", r.Report)
	}
	if got := decodedText(t, dir, "0:s:0"); !strings.Contains(got, "Hello") || !strings.Contains(got, "Bye") {
		t.Errorf("ffmpeg reads of DASH: %q", got)
	}
	playable(t, dir)
}

func parse(t *testing.T, path string) subtitle.Track {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	track, err := subtitle.ParseWebVTT(f)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return track
}

// decodedText has ffmpeg, as a player that is not ours, read a text track of
// DASH; of HLS it reads none.
func decodedText(t *testing.T, dir, stream string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-allowed_extensions", "ALL",
		"-i", filepath.Join(dir, "manifest.mpd"), "-map", stream, "-f", "srt", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// Text of several segments: all but the last are equally long, and there is no
// tiny one at the end.
func TestTextSegments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 90, "1", 120.04)
	b.writeFile(t, "x.vtt", cues("00:00:59.000 --> 00:01:05.000\nacross", "00:01:59.000 --> 00:02:00.000\nlast"))
	norwegian := "nno-x-forced"
	job := b.job(t, 4)
	job.Inputs = []vod.Fileset{{Files: []vod.File{{MediaType: "SUBTITLE", Language: &norwegian, URI: b.folder.URI("x.vtt")}}}}
	r, err := b.run(t.Context(), job, [2]string{"VIDEO", "v.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(b.outputFolder(t, r), "subtitles_nn_forced")
	playlist := readText(t, filepath.Join(dir, "playlist.m3u8"))
	if n := strings.Count(playlist, "#EXTINF:60."); n != 2 || !strings.Contains(playlist, "TARGETDURATION:61") && !strings.Contains(playlist, "TARGETDURATION:60") {
		t.Error(playlist)
	}
	for i, name := range []string{"seg_00001.vtt", "seg_00002.vtt"} {
		if n := len(parse(t, filepath.Join(dir, name)).Cues); n != i+1 {
			t.Errorf("%s has %d cues", name, n)
		}
	}
}

func TestRefusesSubtitles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 2)
	files := b.subtitles(t)
	_, err := b.run(t.Context(), b.job(t, 0), [2]string{"VIDEO", "v.mp4"}, files[0], files[1])
	wantVerify(t, "missing subtitles", err, "s3.vtt was made, but is not among")
	b.writeFile(t, "bad.vtt", "WEBVTT\n\n00:00:05.000 --> 00:00:xx\nHello\n")
	_, err = b.run(t.Context(), b.job(t, 0), append(files, [2]string{"VIDEO", "v.mp4"}, [2]string{"SUBTITLE", "bad.vtt"})...)
	var se *vod.StepError
	if !errors.As(err, &se) || se.Class != vod.ClassMedia || !strings.Contains(se.Message, "bad.vtt cannot be packaged: line 3") {
		t.Errorf("%v", err)
	}
	b.writeFile(t, "x.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n")
	r, err := b.run(t.Context(), b.job(t, 0), append(files, [2]string{"VIDEO", "v.mp4"}, [2]string{"SUBTITLE", "x.srt"})...)
	if err != nil || !remarked(r, "x.srt is left out") {
		t.Errorf("%v, %+v", err, r.Report)
	}
}

func remarked(r step.Result, says string) bool {
	return r.Report != nil && slices.ContainsFunc(r.Report.Remarks, func(s string) bool { return strings.Contains(s, says) })
}

// All texts are in memory at once.
func TestTooMuchText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.vtt")
	if err := os.WriteFile(path, []byte(cues("00:01.000 --> 00:02.000\nHello")), fileMode); err != nil {
		t.Fatal(err)
	}
	in := inputs{textSize: subtitle.MaxTracks - 200}
	if err := in.openText(vod.File{}, path); err != nil {
		t.Fatal(err)
	}
	var se *vod.StepError
	if err := in.openText(vod.File{}, path); !errors.As(err, &se) || se.Class != vod.ClassMedia || len(in.texts) != 1 {
		t.Errorf("%v, %d texts", err, len(in.texts))
	}
}
