package packaging

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestPackageThumbnails(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 6)
	b.ffmpegRun(t, "-i", "v.mp4", "-frames:v", "1", "poster.jpg")
	b.ffmpegRun(t, "-i", "v.mp4", "-vf", "fps=1,scale=80:46,tile=2x2", "-q:v", "5", "sheet_%02d.jpg")
	notes := media.EncodingNotes{
		Video: []media.VideoNotes{{File: "v.mp4", Name: "180p", Duration: 6}},
		Thumbnails: &media.ThumbnailNotes{
			Files: []string{"sheet_01.jpg", "sheet_02.jpg"}, Width: 80, Height: 46, Columns: 2, Rows: 2, Count: 6, Interval: 1,
		},
	}
	b.writeNotes(t, media.NotesName, notes)
	files := [][2]string{{"VIDEO", "v.mp4"}, {"IMAGE", "sheet_01.jpg"}, {"IMAGE", "poster.jpg"}}
	r, err := b.run(t.Context(), b.job(t, 2), files...)
	if err != nil {
		t.Fatal(err)
	}
	for _, fs := range r.Outputs {
		if len(fs.Files) != 3 || !strings.HasSuffix(fs.Files[1].URI, "/poster.jpg") ||
			fs.Files[2].MediaType != vod.MediaThumbnails || !strings.HasSuffix(fs.Files[2].URI, "/thumbnails/thumbnails.vtt") {
			t.Errorf("files: %+v", fs.Files)
		}
	}
	dir := b.outputFolder(t, r)
	track := parse(t, filepath.Join(dir, "thumbnails", "thumbnails.vtt"))
	if n := len(track.Cues); n != 6 || track.Cues[5].Text != "thumbs_002.jpg#xywh=80,0,80,46" || track.Cues[5].End.Seconds() != 6 {
		t.Errorf("%d cues: %+v", n, track.Cues)
	}
	if dash := readText(t, filepath.Join(dir, "manifest.mpd")); !strings.Contains(dash, `"http://dashif.org/guidelines/thumbnail_tile" value="2x2"`) ||
		!strings.Contains(dash, `duration="4000" startNumber="1" endNumber="2"`) || !strings.Contains(dash, `width="160" height="92"`) {
		t.Error(dash)
	}
	notes.Thumbnails.Count = 60
	b.writeNotes(t, media.NotesName, notes)
	if _, err := b.run(t.Context(), b.job(t, 2), files...); err == nil || !strings.Contains(err.Error(), "encoding.json beside the files to package is damaged") {
		t.Errorf("more tiles than sheets hold: %v", err)
	}
}
