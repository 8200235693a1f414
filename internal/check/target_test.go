package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
)

// What is no file, or lies outside, is not looked into.
func TestFindManifests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"outside.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n", "in/index.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n",
		"in/a.m3u8": "#EXTM3U\n", "in/manifest.mpd": "<MPD/>",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inside := filepath.Join(dir, "in")
	if err := os.Symlink("../outside.m3u8", filepath.Join(inside, "link.m3u8")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(inside, "pipe.m3u8"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := fetch.OpenFolder(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	names, err := check.FindManifests(folder.FS())
	if err != nil || !slices.Equal(names, []string{"index.m3u8", "manifest.mpd"}) {
		t.Errorf("%q, %v", names, err)
	}
	if _, err := folder.Open(t.Context(), "pipe.m3u8", 0); err == nil {
		t.Error("a named pipe was opened")
	}
}
