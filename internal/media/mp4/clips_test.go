package mp4

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// makeClip runs ffmpeg with the arguments, parted by spaces, and gives the MP4
// that it makes.
func makeClip(t testing.TB, args string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	argv := append([]string{"-v", "error", "-nostdin"}, strings.Fields(args)...)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", append(argv, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", args, err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readMovie(t testing.TB, data []byte) *Movie {
	t.Helper()
	m, err := ReadMovie(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const (
	clipVideo = "-f lavfi -i testsrc2=s=128x72:r=25:d=2 -pix_fmt yuv420p -c:v libx264 -profile:v high -level 1.1 -bf 2 -g 25 -x264-params scenecut=0:open-gop=0"
	clipAudio = "-f lavfi -i sine=sample_rate=48000:duration=2 -ac 2 -c:a aac -metadata:s:a:0 language=nor"
)
