package encoding

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// thumbnailNotes tell of the sheets that were made of a number of frames; nil if
// there are none.
func (p plan) thumbnailNotes(frames int64) (*media.ThumbnailNotes, error) {
	if p.thumbs == nil {
		return nil, nil
	}
	count := p.thumbs.Count(frames)
	notes := media.ThumbnailNotes{
		Width: p.thumbs.Tile.Width, Height: p.thumbs.Tile.Height,
		Columns: p.thumbs.Columns, Rows: p.thumbs.Rows, Count: count,
		Interval: float64(int64(p.thumbs.Every)*p.ladder.Rate.Den) / float64(p.ladder.Rate.Num),
	}
	for n := range p.thumbs.Sheets(count) {
		file := fmt.Sprintf(thumbsFile, n+1)
		if info, err := os.Stat(filepath.Join(p.dir, file)); err != nil || info.Size() == 0 {
			return nil, verifyError(fmt.Sprintf("the thumbnail sheet %s is missing; %d tiles were to be made.", file, count))
		}
		notes.Files = append(notes.Files, file)
	}
	return &notes, nil
}
