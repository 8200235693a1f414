package encoding

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// flashes is a white flash and a beep at every even second.
func flashes(size, options string) []string {
	const now = `lt(mod(t\,2)\,0.12)`
	return cat([]string{
		"-f", "lavfi", "-i", "color=black:s=" + size + ":r=25:d=6,drawbox=c=white:t=fill:enable='" + now + "'",
		"-f", "lavfi", "-i", "aevalsrc='if(" + now + ",0.8*sin(2*PI*1000*t),0)':s=48000:d=6",
	}, x264("-bf", "2"), strings.Fields(options))
}

// joined is one transport stream after the other, the second one 6 s later.
func joined(t *testing.T, first, second []string) string {
	t.Helper()
	a := generate(t, "a.ts", first...)
	b := generate(t, "b.ts", append(second, "-output_ts_offset", "6")...)
	path := filepath.Join(t.TempDir(), "joined.ts")
	if err := os.WriteFile(path, append(read(t, a), read(t, b)...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	pictureAgain = regexp.MustCompile(`black_end:([0-9.]+)`)
	soundAgain   = regexp.MustCompile(`silence_end: ([0-9.]+)`)
)

// TestFlashAndBeepStayTogether measures sources that change midway, and one
// whose sound has a gap after its first frame.
func TestFlashAndBeepStayTogether(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(t *testing.T) string{
		"sound changes from stereo to 5.1": func(t *testing.T) string {
			return joined(t, flashes("320x240", "-c:a ac3 -ac 2"), flashes("320x240", "-c:a ac3 -ac 6"))
		},
		"picture changes its size": func(t *testing.T) string {
			return joined(t, flashes("320x240", "-c:a ac3"), flashes("160x120", "-c:a ac3"))
		},
		"interlaced picture changes its size": func(t *testing.T) string {
			return joined(t, flashes("320x240", "-c:v mpeg2video -bf 0 -flags +ilme+ildct -top 1 -c:a ac3"),
				flashes("160x120", "-c:v mpeg2video -bf 0 -flags +ilme+ildct -top 1 -c:a ac3"))
		},
		"gap of 60 ms": func(t *testing.T) string {
			return generate(t, "gap.mp4", flashes("320x240", "-c:a aac -movflags frag_keyframe+empty_moov+default_base_moof")...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			out := b.completed(t, nil, make(t))
			picture := times(t, out, out.notes.Video[0].File, pictureAgain, "-vf", "blackdetect=d=0.2:pix_th=0.5")
			sound := times(t, out, out.notes.Audio[0].File, soundAgain, "-af", "silencedetect=n=-30dB:d=0.2")
			last := 2*len(picture) - 2
			if len(picture) < 3 || len(sound) < len(picture) || math.Abs(picture[len(picture)-2]-float64(last)) > 0.13 {
				t.Fatalf("flashes at %v, beeps at %v", picture, sound)
			}
			for i := range picture[:len(picture)-1] { // the last is the end
				atJoint := math.Abs(picture[i]-6) < 0.1 // where the sources themselves are a frame apart
				if math.Abs(picture[i]-sound[i]) > 0.041 && !atJoint {
					t.Errorf("flash at %.3f s, beep at %.3f s", picture[i], sound[i])
				}
			}
		})
	}
}

// times are the seconds that a filter finds in an output.
func times(t *testing.T, out output, file string, find *regexp.Regexp, filter ...string) []float64 {
	t.Helper()
	log := ff(t, cat([]string{"-i", filepath.Join(out.dir, file)}, filter, []string{"-f", "null", "-"})...)
	var found []float64
	for _, m := range find.FindAllStringSubmatch(log, -1) {
		found = append(found, parseFloat(t, m[1]))
	}
	return found
}

// TestRefusesSoundThatCannotBeKeptInTime has sound that starts late and changes
// its layout: ffmpeg fills in the silence before it twice.
func TestRefusesSoundThatCannotBeKeptInTime(t *testing.T) {
	t.Parallel()
	late := func(channels string) []string {
		return cat(pattern("320x240", "25", "6"), []string{"-itsoffset", "0.5"}, tone(440, "5.5"), x264("-c:a", "ac3", "-ac", channels))
	}
	err := setup(t, ffmpeg.Config{}).refused(t, joined(t, late("2"), late("6")))
	if !strings.Contains(err.Message, "changes its layout midway") {
		t.Errorf("got %v", err)
	}
}
