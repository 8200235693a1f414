package encoding

import (
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// TestThumbnails encodes pictures whose grey tells the second, and looks at the
// middle of every tile.
func TestThumbnails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, rate, duration string
		fields               map[string]any
		want                 media.ThumbnailNotes
	}{
		{"one sheet", "25", "23.5", nil, media.ThumbnailNotes{
			Files: []string{"thumbs_001.jpg"}, Width: 240, Height: 136, Columns: 10, Rows: 3, Count: 24, Interval: 1,
		}},
		{"two sheets", "5", "110", nil, media.ThumbnailNotes{
			Files: []string{"thumbs_001.jpg", "thumbs_002.jpg"}, Width: 240, Height: 136, Columns: 10, Rows: 10, Count: 110, Interval: 1,
		}},
		{"not whole frames per second", "30000/1001", "4", nil, media.ThumbnailNotes{
			Files: []string{"thumbs_001.jpg"}, Width: 240, Height: 136, Columns: 4, Rows: 1, Count: 4, Interval: 1.001,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			source := generate(t, "100%d grey.mp4", cat([]string{
				"-f", "lavfi", "-i", "color=black:size=320x180:rate=" + test.rate + ":duration=" + test.duration +
					",scale=32:18,geq=lum='16+2*mod(floor(T+0.0001),100)':cb=128:cr=128,scale=320:180:flags=neighbor,setparams=colorspace=bt709:range=tv",
			}, x264())...)
			out := b.completed(t, test.fields, source)
			if d := cmp.Diff(&test.want, out.notes.Thumbnails); d != "" {
				t.Fatal(d)
			}
			n := out.notes.Thumbnails
			var sheets []image.Image
			for _, file := range n.Files {
				sheets = append(sheets, sheet(t, filepath.Join(out.dir, file), n))
			}
			full := n.Columns * n.Rows
			for tile := range n.Count {
				at := tile % full
				x, y := at%n.Columns*n.Width+n.Width/2, at/n.Columns*n.Height+n.Height/2
				red, _, _, _ := sheets[tile/full].At(x, y).RGBA()
				second := math.Floor(float64(tile)*n.Interval + 0.0001)
				want := 2 * math.Mod(second, 100) * 255 / 219
				if got := float64(red >> 8); math.Abs(got-want) > 1.2 {
					t.Errorf("tile %d has grey %g, want %g", tile, got, want)
				}
			}
		})
	}
}

// sheet reads a sheet, which must be as large as the notes say.
func sheet(t *testing.T, path string, n *media.ThumbnailNotes) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := jpeg.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != n.Width*n.Columns || size.Y != n.Height*n.Rows {
		t.Errorf("%s is %v", path, size)
	}
	return picture
}

func TestWithoutThumbnails(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	out := b.completed(t, map[string]any{"thumbnails": false}, generate(t, "a.mp4", cat(pattern("160x120", "25", "1"), x264())...))
	left, err := filepath.Glob(filepath.Join(out.dir, "thumbs*"))
	if err != nil || len(left) > 0 || out.notes.Thumbnails != nil {
		t.Errorf("%v, %v, %+v", left, err, out.notes.Thumbnails)
	}
}
