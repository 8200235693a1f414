package media

import "math"

// Thumbnails says how the sheets for scrubbing are laid out: tile n, from 0,
// shows frame n times Every.
type Thumbnails struct {
	Every         int // frames
	Tile          Size
	Columns, Rows int // of a full sheet
}

// A tile is at most as large as this: 240 pixels wide, and high enough for a
// portrait of 9:16.
const (
	tileWidth  = 240
	tileHeight = 426
)

// tilesPerSide is the largest number of tiles in a row and in a column.
const tilesPerSide = 10

// mostTiles is the number of tiles up to which they follow each other as
// closely as the steps allow.
const mostTiles = 200

// PlanThumbnails lays out the sheets of a video that lasts some seconds, 0 if
// that is not known. Tiles are whole seconds apart, at least one.
func PlanThumbnails(display Size, rate Rational, duration float64) Thumbnails {
	scale := min(1, tileWidth/float64(display.Width), tileHeight/float64(display.Height))
	t := Thumbnails{
		Tile:    Size{even(display.Width, scale), even(display.Height, scale)},
		Every:   max(int(math.Ceil(thumbnailStep(duration)*rate.Float()-1e-6)), 1),
		Columns: tilesPerSide, Rows: tilesPerSide,
	}
	if duration > 0 {
		frames := math.Ceil(duration*rate.Float() - 1e-6)
		tiles := max(int(math.Ceil(frames/float64(t.Every))), 1)
		t.Columns = min(tiles, tilesPerSide)
		t.Rows = min((tiles+t.Columns-1)/t.Columns, tilesPerSide)
	}
	return t
}

// thumbnailStep is the distance of tiles in seconds: the shortest of which not
// more than [mostTiles] fit; 10 for an unknown duration.
func thumbnailStep(duration float64) float64 {
	if duration <= 0 {
		return 10
	}
	steps := []float64{1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 480}
	for _, step := range steps {
		if duration/step <= mostTiles {
			return step
		}
	}
	return steps[len(steps)-1]
}

// Count is the number of tiles that a number of frames gives.
func (t Thumbnails) Count(frames int64) int {
	return int((frames + int64(t.Every) - 1) / int64(t.Every))
}

// Sheets is the number of sheets that hold a number of tiles.
func (t Thumbnails) Sheets(tiles int) int {
	full := t.Columns * t.Rows
	return (tiles + full - 1) / full
}
