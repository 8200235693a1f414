package packaging

import (
	"path/filepath"
	"strings"
	"testing"
)

// A source that is the top rendition as it is gives a package that passes
// verification; that the segments last as long as its GOPs, and not as the
// profile asks, shows that it was passed through.
func TestPackagePassedThroughSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ffmpegRun(t, append(strings.Fields("-f lavfi -i color=gray:s=640x360:r=25:d=8,drawbox=x=mod(t*100\\,600):w=40:h=40:color=red:t=fill,format=yuv420p -f lavfi -i sine=d=8 "+
		"-c:v libx264 -preset veryfast -g 75 -keyint_min 75 -sc_threshold 0 -c:a aac -shortest"), "film.mp4")...)
	dir := b.outputFolder(t, b.encodeAndPackage(t, "film.mp4"))
	for _, folder := range []string{"video_360p", "video_240p"} {
		playlist := readText(t, filepath.Join(dir, folder, "playlist.m3u8"))
		if strings.Count(playlist, "#EXTINF:3.0") != 2 || strings.Count(playlist, "#EXTINF:") != 3 {
			t.Errorf("%s:\n%s", folder, playlist)
		}
	}
}
