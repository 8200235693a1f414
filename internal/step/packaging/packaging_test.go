package packaging

import (
	"path/filepath"
	"testing"
)

func TestPackagePlainFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v720.mp4", 720, "25", 10.3)
	b.video(t, "v360.mp4", 360, "25", 10.3)
	b.audio(t, "eng.mp4", "eng", 48000, 10.3)
	b.audio(t, "nor.mp4", "nor", 44100, 10.3)
	r, err := b.run(t.Context(), b.job(t, 0),
		[2]string{"VIDEO", "v720.mp4"}, [2]string{"VIDEO", "v360.mp4"}, [2]string{"AUDIO", "eng.mp4"}, [2]string{"AUDIO", "nor.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	for _, name := range []string{"index.m3u8", "manifest.mpd", "video_720p/playlist.m3u8", "video_720p/iframes.m3u8", "audio_en/playlist.m3u8"} {
		t.Log(name + "\n" + readText(t, filepath.Join(dir, name)))
	}
}
