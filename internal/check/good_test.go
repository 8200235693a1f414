package check_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
)

// What is good gives neither errors nor warnings: our own packages, from a
// folder and over HTTP, and what Shaka Packager makes of the same renditions.
func TestGoodPresentations(t *testing.T) {
	t.Parallel()
	c := newClips(t)
	c.standard(t)
	whole := c.packaged(t, 2, "v360.mp4", "v180.mp4", "h180.mp4", "eng.mp4", "nor.mp4")
	wantClean(t, "all", c.checked(t, whole, func(o *check.Options) { o.Deep = true }), 5)
	wantClean(t, "long segments", c.checked(t, c.packaged(t, 4, "v360.mp4", "eng.mp4"), nil), 2)
	wantClean(t, "sound alone", c.checked(t, c.packaged(t, 2, "eng.mp4", "nor.mp4"), nil), 2)
	wantClean(t, "no sound", c.checked(t, c.packaged(t, 2, "v180.mp4"), nil), 1)

	server := httptest.NewServer(http.FileServerFS(os.DirFS(whole)))
	t.Cleanup(server.Close)
	for _, manifest := range []string{"/index.m3u8", "/manifest.mpd?token=secret"} {
		r := c.checked(t, whole, func(o *check.Options) {
			o.Source, o.Manifests = &fetch.Web{Client: fetch.NewClient(server.Client().Transport)}, []string{server.URL + manifest}
		})
		wantClean(t, manifest, r, 5)
	}

	for _, form := range []string{"segments", "files"} {
		wantClean(t, "Shaka Packager, "+form, c.checked(t, c.shaka(t, form), func(o *check.Options) { o.Deep = true }), 5)
	}
}

// shaka has Shaka Packager make HLS and DASH, in segments or in one file for
// each track. It is installed by scripts/setup.sh test.
func (c *clips) shaka(t *testing.T, form string) string {
	t.Helper()
	out := t.TempDir()
	var args []string
	for _, name := range []string{"v180", "v360", "h180", "eng", "nor"} {
		stream, lists := "video", ",iframe_playlist_name="+name+"_iframes.m3u8"
		if name == "eng" || name == "nor" {
			stream, lists = "audio", ",hls_group_id=audio,hls_name="+name
		}
		arg := "in=" + filepath.Join(c.dir.Path(), name+".mp4") + ",stream=" + stream + ",playlist_name=" + name + ".m3u8" + lists
		if form == "segments" {
			arg += ",init_segment=" + filepath.Join(out, name, "init.mp4") + ",segment_template=" + filepath.Join(out, name, "seg_$Number$.m4s")
		} else {
			arg += ",output=" + filepath.Join(out, name+".mp4")
		}
		args = append(args, arg)
	}
	args = append(args, "--segment_duration", "2", "--hls_master_playlist_output", filepath.Join(out, "index.m3u8"),
		"--mpd_output", filepath.Join(out, "manifest.mpd"), "--generate_static_live_mpd="+map[bool]string{true: "true", false: "false"}[form == "segments"])
	program := filepath.Join("..", "..", ".cache", "shaka", "node_modules", "shaka-packager", "bin", shakaName())
	if text, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Fatalf("Shaka Packager, which scripts/setup.sh test installs: %v\n%s", err, text)
	}
	return out
}
