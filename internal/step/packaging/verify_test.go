package packaging

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
)

// Every fault is seeded into a copy of a good package, which is then verified.
func TestVerifyFindsFaults(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v360.mp4", 360, "25", 9)
	b.video(t, "v180.mp4", 180, "25", 9)
	b.audio(t, "a.mp4", "eng", 48000, 9)
	files := [][2]string{{"VIDEO", "v360.mp4"}, {"VIDEO", "v180.mp4"}, {"AUDIO", "a.mp4"}}
	good := b.packaged(t, 2, files...)
	other := b.packaged(t, 4, files...)
	tracks := []declared{
		{"video_360p", true, "avc1.4d401e", 9, 0},
		{"video_180p", true, "avc1.4d400c", 9, 0},
		{"audio_en", false, "mp4a.40.2", 9, 0},
	}
	for _, tc := range []struct {
		name, says string
		seed       func(dir string) error
	}{
		{"none", "", func(string) error { return nil }},
		{"segment removed", "video_180p/seg_00002.m4s: not found", func(dir string) error {
			return os.Remove(filepath.Join(dir, "video_180p", "seg_00002.m4s"))
		}},
		{"last segment removed", "video_180p/seg_00005.m4s: not found", func(dir string) error {
			return os.Remove(filepath.Join(dir, "video_180p", "seg_00005.m4s"))
		}},
		{"segment truncated", `video_360p/seg_00003.m4s: malformed MP4: box "mdat"`, func(dir string) error {
			return os.Truncate(filepath.Join(dir, "video_360p", "seg_00003.m4s"), 5000)
		}},
		{"audio missing", "audio_en/playlist.m3u8 is not found", func(dir string) error {
			return os.RemoveAll(filepath.Join(dir, "audio_en"))
		}},
		{"audio not in the playlist", "audio_en: HLS does not name the track", func(dir string) error {
			return edit(filepath.Join(dir, "index.m3u8"), `,URI="audio_en/playlist.m3u8"`, "")
		}},
		{"audio not in the manifest", "audio_en: DASH does not name the track", func(dir string) error {
			return edit(filepath.Join(dir, "manifest.mpd"), `id="audio_en"`, `id="video_180p"`)
		}},
		{"playlist names what is not there", "seg_00009.m4s: not found", func(dir string) error {
			return edit(filepath.Join(dir, "video_360p", "playlist.m3u8"), "seg_00005.m4s", "seg_00009.m4s")
		}},
		{"playlist leads outside", "leads outside of the folder", func(dir string) error {
			return edit(filepath.Join(dir, "index.m3u8"), "\nvideo_360p/playlist.m3u8", "\n../../playlist.m3u8")
		}},
		{"rendition with other boundaries", "video_180p/seg_00004.m4s: not found", func(dir string) error {
			return replace(filepath.Join(dir, "video_180p"), filepath.Join(other, "video_180p"))
		}},
		{"segment of another time", "segment 2 starts at 1.960 s, but the one before ends at 3.960 s (decode times)", func(dir string) error {
			return replaceFile(filepath.Join(dir, "video_360p", "seg_00001.m4s"), filepath.Join(other, "video_360p", "seg_00001.m4s"))
		}},
		{"header of another codec", "video_360p: it holds audio instead of video", func(dir string) error {
			return replaceFile(filepath.Join(dir, "video_360p", "init.mp4"), filepath.Join(dir, "audio_en", "init.mp4"))
		}},
		{"picture damaged", "video_360p: segments 1, 5 of 5 do not decode", func(dir string) error {
			return damage(filepath.Join(dir, "video_360p", "seg_00005.m4s"))
		}},
		{"sound damaged", "audio_en: segments 1, 3, 5 of 5 do not decode", func(dir string) error {
			return damage(filepath.Join(dir, "audio_en", "seg_00001.m4s"))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "copy")
			if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			if err := tc.seed(dir); err != nil {
				t.Fatal(err)
			}
			_, err := (&runner{tools: b.tools}).verify(t.Context(), b.job(t, 2), dir, tracks, manifest.Presentation{}, nil)
			if tc.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantVerify(t, tc.name, err, tc.says)
		})
	}
}

// packaged runs the step and gives the folder.
func (b *bundle) packaged(t *testing.T, segment float64, files ...[2]string) string {
	t.Helper()
	r, err := b.run(t.Context(), b.job(t, segment), files...)
	if err != nil {
		t.Fatal(err)
	}
	return b.outputFolder(t, r)
}

func edit(path, old, with string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !strings.Contains(string(text), old) {
		return fmt.Errorf("%s does not hold %q", path, old)
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, with)), fileMode)
}

func replace(dir, with string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.CopyFS(dir, os.DirFS(with))
}

func replaceFile(path, with string) error {
	data, err := os.ReadFile(with)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, fileMode)
}

// damage overwrites the coded frames from a third of the file on.
func damage(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i := len(data) / 3; i < len(data); i++ {
		data[i] ^= byte(i*7 + 13)
	}
	return os.WriteFile(path, data, fileMode)
}

// segmentCount is the number of segments in the folder of a track.
func segmentCount(dir string) (int, error) {
	names, err := filepath.Glob(filepath.Join(dir, "seg_*"))
	return len(names), err
}
