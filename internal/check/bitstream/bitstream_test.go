package bitstream

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// entryOf has ffmpeg encode and gives the sample entry with the first sample.
func entryOf(t testing.TB, args string) (mp4.SampleEntry, []byte) {
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
	m, err := mp4.ReadMovie(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	first := m.Tracks[0].Samples[0]
	return m.Tracks[0].Entry, data[first.Offset : first.Offset+int64(first.Size)]
}

const hdr = " -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc "

// Sizes that need cropping, depths and colours of real streams.
func TestOf(t *testing.T) {
	t.Parallel()
	const source = "-f lavfi -i testsrc2=s=322x182:r=25:d=0.4 "
	for _, tc := range []struct {
		name, args string
		depth      int
		transfer   int
	}{
		{"H.264", source + "-pix_fmt yuv420p -c:v libx264 -bf 2", 8, 0},
		{"H.264 4:4:4", source + "-pix_fmt yuv444p -c:v libx264 -preset ultrafast", 8, 0},
		{"H.264 10 bit", source + "-pix_fmt yuv420p10le -c:v libx264" + hdr, 10, 16},
		{"HEVC", source + "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=none -tag:v hvc1", 8, 0},
		{"HEVC HDR", source + "-pix_fmt yuv420p10le" + hdr + "-c:v libx265 -x265-params log-level=none -tag:v hvc1", 10, 16},
		{"AV1 HDR", source + "-pix_fmt yuv420p10le" + hdr + "-c:v libsvtav1 -preset 12", 10, 16},
	} {
		e, sample := entryOf(t, tc.args)
		v, err := Of(e)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if v.Width != 322 || v.Height != 182 || v.BitDepth != tc.depth || v.Colour.Transfer != tc.transfer {
			t.Errorf("%s: %+v", tc.name, v)
		}
		if s := OfSample(e, sample); !s.Known || !s.Random {
			t.Errorf("%s: the first sample is %+v", tc.name, s)
		}
	}
}

// Fields are cropped in other units.
func TestInterlaced(t *testing.T) {
	t.Parallel()
	e, _ := entryOf(t, "-f lavfi -i testsrc2=s=322x180:r=25:d=0.4 -pix_fmt yuv420p -c:v libx264 -flags +ildct+ilme -x264-params tff=1")
	if v, err := Of(e); err != nil || v.Width != 322 || v.Height != 180 {
		t.Errorf("%+v, %v", v, err)
	}
}

func FuzzOf(f *testing.F) {
	const source = "-f lavfi -i testsrc2=s=64x64:r=25:d=0.1 "
	for _, args := range []string{"-pix_fmt yuv420p -c:v libx264", "-pix_fmt yuv420p -c:v libx265 -x265-params log-level=none -tag:v hvc1", "-pix_fmt yuv420p -c:v libsvtav1 -preset 12"} {
		e, sample := entryOf(f, source+args)
		f.Add(e.Format, e.Config, sample[:min(len(sample), 200)])
	}
	f.Fuzz(func(t *testing.T, format string, config, sample []byte) {
		e := mp4.SampleEntry{Format: format, Config: config}
		if v, err := Of(e); err == nil && v != nil && (v.Width <= 0 || v.Height <= 0) {
			t.Fatalf("%+v", v)
		}
		OfSample(e, sample)
	})
}
