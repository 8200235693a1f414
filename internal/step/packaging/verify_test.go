package packaging

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		{"video_360p", true, "avc1.4d401e", 9, 0.04},
		{"video_180p", true, "avc1.4d400c", 9, 0.04},
		{"audio_en", false, "mp4a.40.2", 9, 1024.0 / 48000},
	}
	for _, tc := range []struct {
		name, says string
		seed       func(dir string) error
	}{
		{"none", "", func(string) error { return nil }},
		{"segment removed", "Track video_180p: seg_00002.m4s is missing", func(dir string) error {
			return os.Remove(filepath.Join(dir, "video_180p", "seg_00002.m4s"))
		}},
		{"last segment removed", "Track video_180p lasts 8.000 s, but 9.000 s are expected", func(dir string) error {
			return os.Remove(filepath.Join(dir, "video_180p", "seg_00005.m4s"))
		}},
		{"segment truncated", "Track video_360p: seg_00003.m4s is broken", func(dir string) error {
			return os.Truncate(filepath.Join(dir, "video_360p", "seg_00003.m4s"), 5000)
		}},
		{"audio missing", "Track audio_en: init.mp4 is missing", func(dir string) error {
			return os.RemoveAll(filepath.Join(dir, "audio_en"))
		}},
		{"audio not in the playlist", "index.m3u8 does not name track audio_en", func(dir string) error {
			return edit(filepath.Join(dir, "index.m3u8"), `,URI="audio_en/playlist.m3u8"`, "")
		}},
		{"audio not in the manifest", "manifest.mpd does not name track audio_en", func(dir string) error {
			return edit(filepath.Join(dir, "manifest.mpd"), `id="audio_en"`, `id="video_180p"`)
		}},
		{"playlist names what is not there", "seg_00009.m4s, which is missing", func(dir string) error {
			return edit(filepath.Join(dir, "video_360p", "playlist.m3u8"), "seg_00005.m4s", "seg_00009.m4s")
		}},
		{"playlist leads outside", "outside of the package", func(dir string) error {
			return edit(filepath.Join(dir, "index.m3u8"), "\nvideo_360p/playlist.m3u8", "\n../../playlist.m3u8")
		}},
		{"rendition with other boundaries", "Track video_180p has 3 segments, but video_360p has 5", func(dir string) error {
			return replace(filepath.Join(dir, "video_180p"), filepath.Join(other, "video_180p"))
		}},
		{"segment of another time", "segment 2 starts at 2.000 s, but the one before ends at 4.000 s", func(dir string) error {
			return replaceFile(filepath.Join(dir, "video_360p", "seg_00001.m4s"), filepath.Join(other, "video_360p", "seg_00001.m4s"))
		}},
		{"header of another codec", "Track video_360p is coded as mp4a.40.2", func(dir string) error {
			return replaceFile(filepath.Join(dir, "video_360p", "init.mp4"), filepath.Join(dir, "audio_en", "init.mp4"))
		}},
		{"picture damaged", "Track video_360p: the first or last of its 5 segments does not decode", func(dir string) error {
			return damage(filepath.Join(dir, "video_360p", "seg_00005.m4s"))
		}},
		{"sound damaged", "Track audio_en: the first or last of its 5 segments does not decode", func(dir string) error {
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
			err := (&runner{tools: b.tools}).verify(t.Context(), b.job(t, 2), dir, tracks)
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

func TestBoundaries(t *testing.T) {
	t.Parallel()
	video := declared{folder: "video_720p", video: true, frame: 0.04}
	low := declared{folder: "video_240p", video: true, frame: 0.04}
	audio := declared{folder: "audio_en", frame: 0.021}
	for _, tc := range []struct {
		name, says string
		tracks     []measured
	}{
		{"equal", "", []measured{{video, []float64{0, 4, 8}, 9}, {low, []float64{0, 4.0004, 8}, 9}, {audio, []float64{0, 3.989, 8.01}, 9}}},
		{"audio ends early", "", []measured{{video, []float64{0, 4, 8}, 9}, {audio, []float64{0, 3.989}, 5}}},
		{"audio goes on after the video", "", []measured{{video, []float64{0, 4}, 8}, {audio, []float64{0, 4, 8}, 11}}},
		{
			"video shifted", "Segment 2 of track video_240p starts at 4.040 s, that of video_720p at 4.000 s",
			[]measured{{video, []float64{0, 4, 8}, 9}, {low, []float64{0, 4.04, 8}, 9}},
		},
		{
			"audio shifted", "Segment 2 of track audio_en starts at 3.950 s, more than a frame from that of video_720p at 4.000 s",
			[]measured{{audio, []float64{0, 3.95}, 8}, {video, []float64{0, 4}, 8}},
		},
		{
			"audio cut within the last segment of video", "Segment 3 of track audio_en starts at 8.000 s, where video_720p has no segment; it ends at 8.100 s",
			[]measured{{video, []float64{0, 4}, 8.1}, {audio, []float64{0, 4, 8}, 9}},
		},
	} {
		err := checkBoundaries(tc.tracks)
		if tc.says == "" {
			if err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			continue
		}
		wantVerify(t, tc.name, err, tc.says)
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
