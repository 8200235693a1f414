package check

import (
	"bytes"
	"context"
	"image"
	_ "image/jpeg" // Sheets are JPEG,
	_ "image/png"  // or PNG.

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
)

const maxSheet = 64 << 20 // bytes

// judgeThumbnails reads the sheets of DASH thumbnails: @width and @height are
// those of a sheet, which the tiles fill.
func (r *run) judgeThumbnails(ctx context.Context) {
	for _, x := range r.renditions {
		if x.kind != kindImage {
			continue
		}
		where := shown(x.manifest) + ", " + x.name
		tiles := x.rep.Tiles
		if tiles == [2]int{} {
			tiles = [2]int{1, 1}
		}
		if x.rep.Width%tiles[0] != 0 || x.rep.Height%tiles[1] != 0 {
			r.add(ruleThumbnails, where, "a sheet of %dx%d does not divide into %dx%d tiles", x.rep.Width, x.rep.Height, tiles[0], tiles[1])
		}
		for i, p := range x.segments {
			if ctx.Err() != nil {
				return
			}
			r.judgeSheet(ctx, x, p, i == len(x.segments)-1, tiles)
		}
	}
}

// judgeSheet wants the picture to have the size that is declared. The last one
// may have fewer rows.
func (r *run) judgeSheet(ctx context.Context, x *rendition, p part, last bool, tiles [2]int) {
	where := shown(p.address)
	data, err := fetch.Read(ctx, r.Source, p.address, p.span, maxSheet)
	if err != nil {
		r.addClause(ruleThumbnails, "", where, "%v", err)
		return
	}
	picture, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		r.add(ruleThumbnails, where, "it is no JPEG or PNG picture: %v", err)
		return
	}
	tile := max(1, x.rep.Height/tiles[1])
	whole := picture.Width == x.rep.Width && picture.Height == x.rep.Height
	part := last && picture.Width <= x.rep.Width && picture.Height%tile == 0 && picture.Height <= x.rep.Height
	if x.rep.Width > 0 && !whole && !part {
		r.add(ruleThumbnails, where, "the sheet has %dx%d pixels, but %dx%d are declared", picture.Width, picture.Height, x.rep.Width, x.rep.Height)
	}
}
