package encoding

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// Stills are made in two runs. The encode leaves their frames, uncompressed, in
// these files, each of which begins with the first frame of all: ffmpeg tells of
// no progress before every output has begun, and a sheet begins with its last
// tile, which may be an hour away. The second run makes JPEG of them.
const (
	posterFrames = "poster.nut"
	thumbsFrames = "thumbs.nut"
)

// stillFilters pick the frames of poster and thumbnails, before they work on
// them. The frame of the poster is a tenth into the video; the very first one
// stands in for it where the video ends before.
func (p plan) stillFilters(v media.VideoSource, b branch) []string {
	frame := int64(v.End.Seconds() / 10 * p.ladder.Rate.Float())
	chains := []string{fmt.Sprintf("[p]select='eq(n,0)+eq(n,%d)',%s[poster]", frame, p.still(v, b, p.ladder.Poster))}
	if t := p.thumbs; t != nil {
		chains = append(chains, fmt.Sprintf("[t]select='not(mod(n,%d))',%s[thumbs]", t.Every, p.still(v, b, t.Tile)))
	}
	return chains
}

func (p plan) still(v media.VideoSource, b branch, size media.Size) string {
	if len(b.renditions) == 0 {
		return strings.Join(p.picture(v, size, pixelFormat(8)), ",")
	}
	return fmt.Sprintf("scale=%d:%d:flags=bicubic,format=%s", size.Width, size.Height, pixelFormat(8))
}

// stillOutputs write the frames. Their times mean nothing: none is repeated or
// left out to fit them.
func (p plan) stillOutputs() []string {
	var args []string
	raw := []string{"-c:v", "rawvideo", "-fps_mode", "passthrough", "-f", "nut"}
	if p.source.Video != nil {
		args = outputTo(filepath.Join(p.scratch, posterFrames), "[poster]", raw...)
	}
	if p.thumbs != nil {
		args = append(args, outputTo(filepath.Join(p.scratch, thumbsFrames), "[thumbs]", raw...)...)
	}
	return args
}

// stillArgs is the second run: of the frames for the poster the last, and the
// thumbnails tiled. JPEG is BT.601 in full range (JFIF).
func (p plan) stillArgs() []string {
	jpeg := fmt.Sprintf("scale=in_color_matrix=%s:out_color_matrix=bt601:in_range=tv:out_range=pc,format=yuvj420p", scaleMatrix(p.colour.Matrix))
	args := ffmpeg.Input(filepath.Join(p.scratch, posterFrames))
	filters := "[0:0]" + jpeg + "[poster]"
	if t := p.thumbs; t != nil {
		args = append(args, ffmpeg.Input(filepath.Join(p.scratch, thumbsFrames))...)
		filters += fmt.Sprintf(";[1:0]%s,tile=%dx%d[thumbs]", jpeg, t.Columns, t.Rows)
	}
	args = append(args, "-filter_complex", filters)
	p.dir = strings.ReplaceAll(p.dir, "%", "%%")
	still := []string{"-c:v", "mjpeg", "-fps_mode", "passthrough", "-f", "image2"}
	args = append(args, p.output("[poster]", posterFile, append(still, "-q:v", "3", "-update", "1")...)...)
	if p.thumbs != nil {
		args = append(args, p.output("[thumbs]", thumbsFile, append(still, "-q:v", "4")...)...)
	}
	return args
}

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
