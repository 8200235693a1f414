package manifest

import (
	"fmt"
	"math"
	"strings"
)

// ThumbnailTrack writes the WebVTT track of the sheets: a cue for each tile, with
// the rectangle of the tile in its sheet (Media Fragments URI 1.0, 4.2.2), as
// players read it. The last tile is shown to the end of the presentation.
func ThumbnailTrack(p Presentation) string {
	t := *p.Thumbnails
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	perSheet := t.Columns * t.Rows
	for n := range t.Count {
		from, to := float64(n)*t.Interval, float64(n+1)*t.Interval
		if n == t.Count-1 {
			to = max(p.Duration(), from+0.001)
		}
		column, row := n%t.Columns, n%perSheet/t.Columns
		fmt.Fprintf(&b, "\n%s --> %s\n%s#xywh=%d,%d,%d,%d\n", cueTime(from), cueTime(to),
			SheetName(n/perSheet+1), column*t.Width, row*t.Height, t.Width, t.Height)
	}
	return b.String()
}

// cueTime is a timestamp of WebVTT.
func cueTime(seconds float64) string {
	ms := int64(math.Round(1000 * seconds))
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}

// Valid tells whether there are as many sheets as the tiles need.
func (t Thumbnails) Valid() bool {
	const most = 1 << 20
	for _, n := range []int{t.Width, t.Height, t.Columns, t.Rows, t.Count} {
		if n < 1 || n > most {
			return false
		}
	}
	perSheet := t.Columns * t.Rows
	return t.Interval > 0 && !math.IsInf(t.Interval, 0) && len(t.Sizes) == (t.Count+perSheet-1)/perSheet
}
