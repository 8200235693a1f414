package packaging

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding"
	"github.com/via-orchestrate/orchestrate/internal/step/subtitles"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// What the encoding step puts out of awkward sources is packaged, passes
// verification and lasts as long as the source.
func TestPackageWhatEncodingPutsOut(t *testing.T) {
	t.Parallel()
	const x264 = " -c:v libx264 -preset ultrafast -pix_fmt yuv420p "
	for _, tc := range []struct {
		name, file, args string
		seconds          float64
		audio            string // languages of the audio playlists
	}{
		{"two languages, 29.97", "s.mkv", "-f lavfi -i testsrc2=s=640x360:r=30000/1001:d=7 -f lavfi -i sine=d=7 -f lavfi -i sine=d=7 -map 0 -map 1 -map 2" +
			x264 + "-c:a aac -metadata:s:a:0 language=eng -metadata:s:a:1 language=nor", 7, "en no"},
		{"variable frame rate", "s.mp4", "-f lavfi -i testsrc2=s=320x240:r=30:d=7 -f lavfi -i sine=d=7 -vf select=not(between(t\\,1\\,5)*mod(n\\,3)) -fps_mode vfr" +
			x264 + "-c:a aac", 7, "und"},
		{"interlaced", "s.ts", "-f lavfi -i testsrc2=s=720x576:r=50:d=6 -f lavfi -i sine=d=6 -vf tinterlace=interleave_top,setfield=tff -c:v mpeg2video -flags +ildct+ilme -c:a mp2", 6, "und"},
		{"sound starts late", "s.ts", "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -itsoffset 0.7 -f lavfi -i sine=d=5" + x264 + "-c:a aac", 6, "und"},
		{"5.1", "s.mp4", "-f lavfi -i testsrc2=s=320x180:r=25:d=5 -f lavfi -i anoisesrc=d=5" + x264 + "-c:a ac3 -ac 6 -metadata:s:a:0 language=ger", 5, "de"},
		{"sound alone", "s.flac", "-f lavfi -i sine=d=9", 9, "und"},
		{"one frame", "s.mp4", "-f lavfi -i testsrc2=s=320x180:r=25:d=0.04" + x264, 0.04, ""},
		{"portrait", "s.mp4", "-f lavfi -i testsrc2=s=360x640:r=24000/1001:d=5" + x264, 5, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.ffmpegRun(t, append(strings.Fields(tc.args), tc.file)...)
			r := b.encodeAndPackage(t, tc.file)
			dir := b.outputFolder(t, r)
			var languages []string
			playlists, err := filepath.Glob(filepath.Join(dir, "*", "playlist.m3u8"))
			if err != nil {
				t.Fatal(err)
			}
			for _, playlist := range playlists {
				folder := filepath.Base(filepath.Dir(playlist))
				if language, ok := strings.CutPrefix(folder, "audio_"); ok {
					languages = append(languages, language)
				}
				if got := duration(t, playlist); math.Abs(got-tc.seconds) > 0.1 {
					t.Errorf("%s lasts %.3f s instead of %g s", folder, got, tc.seconds)
				}
			}
			if strings.Join(languages, " ") != tc.audio {
				t.Errorf("languages %q, want %s", languages, tc.audio)
			}
		})
	}
}

// What the subtitle step puts out of embedded and sidecar tracks goes with what
// the encoding step makes of the same file.
func TestPackageWhatSubtitlesPutOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.writeFile(t, "in.srt", "1\n00:00:01,000 --> 00:00:02,000\nEmbedded\n")
	b.writeFile(t, "film.de.forced.srt", "1\n00:00:01,500 --> 00:00:02,500\nSCHILD\n")
	b.ffmpegRun(t, "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-f", "lavfi", "-i", "sine=d=4", "-i", "in.srt",
		"-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "srt",
		"-metadata:s:s:0", "language=eng", "-disposition:s:0", "hearing_impaired", "film.mkv")
	inputs := []vod.Fileset{{Labels: []string{"retrieved"}, Files: []vod.File{
		{MediaType: vod.MediaVideo, URI: b.folder.URI("film.mkv")}, {MediaType: vod.MediaSubtitle, URI: b.folder.URI("film.de.forced.srt")},
	}}}
	job := b.job(t, 0)
	job.Inputs, job.Profile = inputs, b.profile(t, map[string]any{"type": encoding.Type, "preset": "ultrafast", "segmentDuration": 2})
	encoded, err := encoding.New(b.tools, b.set).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	job = b.job(t, 0)
	job.Inputs, job.Profile = inputs, b.profile(t, map[string]any{"type": subtitles.Type})
	texts, err := subtitles.New(b.tools, b.set).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	job = b.job(t, 0)
	job.Inputs = append(encoded.Outputs, texts.Outputs...)
	r, err := b.run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	for folder, says := range map[string]string{"subtitles_en_sdh": "Embedded", "subtitles_de_forced": "SCHILD"} {
		track := parse(t, filepath.Join(dir, folder, "subtitles.vtt"))
		if len(track.Cues) != 1 || track.Cues[0].Text != says {
			t.Errorf("%s: %+v", folder, track.Cues)
		}
	}
	if sheet, err := filepath.Glob(filepath.Join(dir, "thumbnails", "thumbs_001.jpg")); len(sheet) != 1 || err != nil {
		t.Errorf("no thumbnails: %v", err)
	}
	playable(t, dir)
}

// profile is a step's own profile.
func (b *bundle) profile(t *testing.T, keys map[string]any) json.RawMessage {
	t.Helper()
	keys["name"], keys["targetLocation"] = "p", b.media
	text, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// encodeAndPackage runs both steps on a file in the folder.
func (b *bundle) encodeAndPackage(t *testing.T, file string) step.Result {
	t.Helper()
	job := b.job(t, 0)
	job.Profile = b.profile(t, map[string]any{"type": encoding.Type, "preset": "ultrafast", "segmentDuration": 2})
	job.Inputs = []vod.Fileset{{Labels: []string{"retrieved"}, Files: []vod.File{{MediaType: vod.MediaVideo, URI: b.folder.URI(file)}}}}
	encoded, err := encoding.New(b.tools, b.set).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	job = b.job(t, 0)
	job.Inputs = encoded.Outputs
	packaged, err := New(b.tools, b.set, nil).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return packaged
}

// duration asks ffprobe.
func duration(t *testing.T, path string) float64 {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatal(err)
	}
	return seconds
}
