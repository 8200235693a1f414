package encoding

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// TestEncodesEverySource runs every kind of source that must work through the
// real ffmpeg, and looks at size, duration and likeness of what comes out.
func TestEncodesEverySource(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		file          string
		args          []string
		width, height int
		duration      time.Duration
		audio         int
		filter        string // makes the source's picture the expected one
	}{
		{
			name: "plain with names that need care", file: `-ø "q' #1 %d %20 日本.mp4`,
			args:  cat(pattern("640x360", "30000/1001", "2"), tone(440, "2"), x264("-c:a", "aac")),
			width: 640, height: 360, duration: 2 * time.Second, audio: 1,
		},
		{
			name: "variable frame rate", file: "vfr.mp4",
			args: cat(pattern("320x240", "30", "3"), tone(440, "3"),
				[]string{"-vf", "select='not(between(t,1,2)*mod(n,3))'", "-vsync", "vfr"}, x264("-c:a", "aac")),
			width: 320, height: 240, duration: 3 * time.Second, audio: 1,
		},
		{
			name: "interlaced MPEG-2 TS", file: "interlaced.ts",
			args: cat(pattern("720x576", "50", "2"), tone(440, "2"),
				[]string{"-vf", "tinterlace=interleave_top,setfield=tff,setsar=64/45", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "8M", "-c:a", "mp2"}),
			width: 1024, height: 576, duration: 2 * time.Second, audio: 1, filter: "bwdif=mode=send_frame",
		},
		{
			name: "10-bit HEVC", file: "hevc.mp4",
			args:  cat(pattern("320x180", "25", "2"), []string{"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-pix_fmt", "yuv420p10le"}),
			width: 320, height: 180, duration: 2 * time.Second,
		},
		{
			name: "odd size", file: "odd.mkv",
			args:  cat(pattern("321x181", "25", "2"), x264("-pix_fmt", "yuv444p")),
			width: 320, height: 180, duration: 2 * time.Second,
		},
		{
			name: "4:4:4", file: "444.mp4",
			args:  cat(pattern("320x180", "25", "2"), x264("-pix_fmt", "yuv444p")),
			width: 320, height: 180, duration: 2 * time.Second,
		},
		{
			name: "RGB in full range", file: "rgb.mkv",
			args:  cat(pattern("320x180", "25", "2"), []string{"-c:v", "ffv1", "-pix_fmt", "bgr0"}),
			width: 320, height: 180, duration: 2 * time.Second,
		},
		{
			name: "ProRes", file: "prores.mov",
			args:  cat(pattern("320x180", "24000/1001", "2"), tone(440, "2"), []string{"-c:v", "prores_ks", "-c:a", "pcm_s16le"}),
			width: 320, height: 180, duration: 2002 * time.Millisecond, audio: 1,
		},
		{
			name: "VP9", file: "vp9.webm",
			args:  cat(pattern("320x180", "25", "2"), tone(440, "2"), []string{"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-c:a", "libopus"}),
			width: 320, height: 180, duration: 2 * time.Second, audio: 1,
		},
		{
			name: "one frame", file: "single.mp4",
			args:  cat(pattern("320x180", "25", "1"), []string{"-frames:v", "1"}, x264()),
			width: 320, height: 180, duration: 40 * time.Millisecond,
		},
		{
			name: "one frame with long sound", file: "still.mp4",
			args:  cat(pattern("320x180", "25", "0.04"), tone(440, "3"), x264("-c:a", "aac")),
			width: 320, height: 180, duration: 3 * time.Second, audio: 1, filter: "tpad=stop_mode=clone:stop_duration=3",
		},
		{
			name: "sound shorter than picture", file: "short.mp4",
			args:  cat(pattern("320x180", "25", "3"), tone(440, "1"), x264("-c:a", "aac")),
			width: 320, height: 180, duration: 3 * time.Second, audio: 1,
		},
		{
			name: "120 frames per second", file: "fast.mp4",
			args:  cat(pattern("160x120", "120", "2"), x264()),
			width: 160, height: 120, duration: 2 * time.Second,
		},
		{
			name: "tiny", file: "tiny.mkv",
			args:  cat(pattern("64x48", "25", "1"), []string{"-vf", "scale=2:2", "-c:v", "ffv1"}),
			width: 2, height: 2, duration: time.Second,
		},
		{
			name: "sound begins late", file: "late.mkv",
			args:  cat(pattern("320x180", "25", "2"), []string{"-itsoffset", "0.5"}, tone(440, "1.5"), []string{"-map", "0", "-map", "1"}, x264("-c:a", "flac")),
			width: 320, height: 180, duration: 2 * time.Second, audio: 1,
		},
		{
			name: "picture begins late", file: "late.mp4",
			args: cat([]string{"-itsoffset", "0.48"}, pattern("320x180", "25", "1.52"), tone(440, "2"), []string{"-map", "0", "-map", "1"}, x264("-c:a", "aac")),
			// The first frame stands until the picture begins.
			width: 320, height: 180, duration: 2 * time.Second, audio: 1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			source := generate(t, test.file, test.args...)
			out := b.completed(t, nil, source)
			out.sized(t, test.width, test.height)
			out.lasts(t, test.duration)
			if len(out.notes.Audio) != test.audio {
				t.Errorf("audio %+v", out.notes.Audio)
			}
			if test.width > 2 { // too small for a window of SSIM
				out.similar(t, source, test.filter)
			}
		})
	}
}

func TestTurnsPhoneVideoUpright(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	upright := generate(t, "upright.mp4", cat(pattern("180x320", "30", "2"), x264())...)
	lying := generate(t, "lying.mp4", cat([]string{"-i", upright, "-vf", "transpose=cclock"}, x264())...)
	phone := generate(t, "phone.mp4", "-i", lying, "-c", "copy", "-metadata:s:v:0", "rotate=270")
	out := b.completed(t, nil, phone)
	if got := out.notes.Source.Video; got.Width != 320 || got.Rotation != -90 {
		t.Fatalf("source %+v", got)
	}
	out.sized(t, 180, 320)
	out.similar(t, upright, "")
	if p := out.notes.Poster; p.Width != 180 || p.Height != 320 {
		t.Errorf("poster %+v", p)
	}
}
