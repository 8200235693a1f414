package packaging

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// film packages a video with sound, subtitles and a poster.
func (b *bundle) film(t *testing.T) step.Result {
	t.Helper()
	b.video(t, "v.mp4", 180, "25", 6)
	b.audio(t, "a.mp4", "eng", 48000, 6)
	b.ffmpegRun(t, "-i", "v.mp4", "-frames:v", "1", "poster.jpg")
	files := append(b.subtitles(t), [2]string{"VIDEO", "v.mp4"}, [2]string{"AUDIO", "a.mp4"}, [2]string{"IMAGE", "poster.jpg"})
	r, err := b.run(t.Context(), b.job(t, 0), files...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lateJob is an attempt with nothing but subtitles, of an asset that is played
// from the result.
func (b *bundle) lateJob(t *testing.T, published step.Result) step.Job {
	t.Helper()
	job := b.job(t, 0)
	job.AssetID = "4711"
	job.Published = &step.Published{IngestID: uuid.NewString(), Packaged: published.Outputs}
	// Subtitles of another ingest stand in another folder.
	folder, err := b.set.Create(t.Context(), job, b.media)
	if err != nil {
		t.Fatal(err)
	}
	b.folder = folder
	b.writeFile(t, "late.vtt", cues("00:00:02.000 --> 00:00:03.000\nSpät"))
	b.writeFile(t, "new.vtt", cues("00:00:02.000 --> 00:00:03.000\nMended"))
	b.writeNotes(t, media.SubtitleNotesName, media.SubtitleNotes{Tracks: []media.SubtitleTrack{
		{File: "late.vtt", Language: "de", Name: "Deutsch", Default: true}, {File: "new.vtt", Language: "en", Name: "English"},
	}})
	job.TaskID = uuid.NewString()
	return job
}

func TestLateSubtitles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.film(t)
	old := b.outputFolder(t, before)
	after, err := b.run(t.Context(), b.lateJob(t, before), [2]string{"SUBTITLE", "late.vtt"}, [2]string{"SUBTITLE", "new.vtt"})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, after)
	if dir == old {
		t.Fatal("the package was written into the earlier one")
	}
	media, err := filepath.Glob(filepath.Join(old, "*", "*.m*"))
	if err != nil || len(media) < 8 {
		t.Fatalf("%d files: %v", len(media), err)
	}
	for _, path := range append(media, filepath.Join(old, "poster.jpg"), filepath.Join(old, "subtitles_nb_sdh", "subtitles.vtt")) {
		name := strings.TrimPrefix(path, old)
		if strings.HasPrefix(name, "/subtitles_en/") {
			continue
		}
		if !sameFile(t, path, filepath.Join(dir, name)) {
			t.Errorf("%s is not the same file", name)
		}
	}
	hls, dash := readText(t, filepath.Join(dir, "index.m3u8")), readText(t, filepath.Join(dir, "manifest.mpd"))
	for _, folder := range []string{"subtitles_en", "subtitles_en_forced", "subtitles_nb_sdh", "subtitles_de"} {
		if strings.Count(hls, `"`+folder+"/playlist.m3u8") != 1 || strings.Count(dash, `"`+folder+`"`) != 1 {
			t.Errorf("%s is not named once:\n%s", folder, hls)
		}
	}
	if strings.Count(hls, "DEFAULT=YES,FORCED") != 1 || !strings.Contains(hls, `LANGUAGE="de",AUTOSELECT=YES,DEFAULT=YES`) {
		t.Errorf("the new default:\n%s", hls)
	}
	if got := readText(t, filepath.Join(dir, "subtitles_en", "subtitles.vtt")); !strings.Contains(got, "Mended") || strings.Contains(got, "Hello") {
		t.Errorf("not replaced: %s", got)
	}
	if !remarked(after, `The subtitles "English" were replaced`) {
		t.Errorf("report: %+v", after.Report)
	}
	if len(after.Outputs) != 2 || len(after.Outputs[0].Files) != 2 {
		t.Errorf("outputs: %+v", after.Outputs)
	}
	// The earlier folder goes, and the new one still plays.
	if err := os.RemoveAll(old); err != nil {
		t.Fatal(err)
	}
	if !b.set.Exists(t.Context(), "acme", after.Outputs) {
		t.Error("the new package is not complete")
	}
	playable(t, dir)
	if got := decodedText(t, dir, "0:s:2"); !strings.Contains(got, "Spät") {
		t.Errorf("ffmpeg reads %q", got)
	}
	// It is a package like any other: more can be added.
	again, err := b.run(t.Context(), b.lateJob(t, after), [2]string{"SUBTITLE", "late.vtt"}, [2]string{"SUBTITLE", "new.vtt"})
	if err != nil || !remarked(again, `"Deutsch" were replaced`) {
		t.Errorf("%v, %+v", err, again.Report)
	}
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	one, err := os.Stat(a)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func TestLateSubtitlesRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.film(t)
	old := b.outputFolder(t, before)
	files := [][2]string{{"SUBTITLE", "late.vtt"}, {"SUBTITLE", "new.vtt"}}
	refused := func(name string, job step.Job, class vod.Class, says string) {
		t.Helper()
		_, err := b.run(t.Context(), job, files...)
		var se *vod.StepError
		if !errors.As(err, &se) || se.Class != class || !strings.Contains(se.Message, says) {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := filepath.Glob(filepath.Join(b.media.Path, "*", job.IngestID, job.TaskID)); len(left) != 0 || err != nil {
			t.Errorf("%s: left behind: %q, %v", name, left, err)
		}
	}
	job := b.lateJob(t, before)
	job.Published = nil
	refused("nothing published", job, vod.ClassMedia, "Asset 4711 has no published video that these subtitles could be added to")

	if err := edit(filepath.Join(old, "audio_en", "seg_00002.m4s"), "moof", "boof"); err != nil {
		t.Fatal(err)
	}
	refused("damaged segment", b.lateJob(t, before), vod.ClassInfra, "audio_en/seg_00002.m4s of the published package is not as it was")

	if err := os.Remove(filepath.Join(old, "package.json")); err != nil {
		t.Fatal(err)
	}
	refused("an earlier release", b.lateJob(t, before), vod.ClassMedia, "made by an earlier release")

	if err := os.Remove(filepath.Join(old, location.InventoryName)); err != nil {
		t.Fatal(err)
	}
	refused("gone", b.lateJob(t, before), vod.ClassMedia, "its files are gone")
}

// What is published meanwhile must not get lost.
func TestLateTextsWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.lateJob(t, step.Result{})
	job.Ahead = uuid.NewString()
	_, err := b.run(t.Context(), job, b.subtitles(t)...)
	var se *vod.StepError
	if !errors.As(err, &se) || !se.Class.Retryable() || !strings.Contains(se.Message, job.Ahead) {
		t.Errorf("%v", err)
	}
}
