package packaging

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
)

// pictures are the images that go into a package beside the tracks.
type pictures struct {
	poster string               // path of an image, or empty
	sheets []string             // paths of thumbnail sheets
	thumbs *manifest.Thumbnails // what is noted of them, without sizes; nil for none
}

// choosePictures finds the thumbnail sheets in the notes, and takes the first of
// the images that is none of them as the poster.
func choosePictures(ctx context.Context, find finder, images []string, all notes) (pictures, error) {
	var p pictures
	for folder, one := range all.encoding {
		if one == nil || one.Thumbnails == nil || p.thumbs != nil {
			continue
		}
		n := *one.Thumbnails
		p.thumbs = &manifest.Thumbnails{
			Width: n.Width, Height: n.Height, Columns: n.Columns, Rows: n.Rows, Count: n.Count, Interval: n.Interval,
			Sizes: make([]int64, len(n.Files)),
		}
		if !p.thumbs.Valid() {
			return pictures{}, damagedNotes(media.NotesName, fmt.Errorf("%d thumbnail sheets for %+v", len(n.Files), n))
		}
		for _, name := range n.Files {
			if name != filepath.Base(name) || !filepath.IsLocal(name) {
				return pictures{}, damagedNotes(media.NotesName, fmt.Errorf("a thumbnail sheet is called %q", name))
			}
			sheet, err := find(ctx, location.Beside(all.beside[folder], name))
			if err != nil {
				return pictures{}, err
			}
			p.sheets = append(p.sheets, sheet)
		}
	}
	for _, path := range images {
		if p.poster == "" && !slices.Contains(p.sheets, path) {
			p.poster = path
		}
	}
	return p, nil
}

// copyPoster copies the image, if there is one, and gives its name.
func (o *output) copyPoster(path string) (name string, err error) {
	if path == "" {
		return "", nil
	}
	name = "poster" + strings.ToLower(filepath.Ext(path))
	_, err = o.copyImage(path, name)
	return name, err
}

// copyThumbnails copies the sheets, and writes the track that finds a tile in
// them for a presentation that lasts as long as p.
func (o *output) copyThumbnails(pictures pictures, p manifest.Presentation) (*manifest.Thumbnails, error) {
	if pictures.thumbs == nil {
		return nil, nil
	}
	thumbs := *pictures.thumbs
	thumbs.Sizes = nil
	if err := os.MkdirAll(filepath.Join(o.folder.Path(), manifest.ThumbnailsFolder), 0o750); err != nil {
		return nil, err
	}
	for i, path := range pictures.sheets {
		size, err := o.copyImage(path, manifest.ThumbnailsFolder+"/"+manifest.SheetName(i+1))
		if err != nil {
			return nil, err
		}
		thumbs.Sizes = append(thumbs.Sizes, size)
	}
	p.Thumbnails = &thumbs
	return &thumbs, o.writeText(manifest.ThumbnailsFolder+"/"+manifest.ThumbnailsName, manifest.ThumbnailTrack(p))
}

func (o *output) copyImage(path, name string) (size int64, err error) {
	image, err := os.Open(path)
	if err != nil {
		return 0, unreadable(filepath.Base(path), err)
	}
	defer image.Close()
	return size, o.write(name, func(w io.Writer) (err error) {
		size, err = io.Copy(w, image)
		return err
	})
}
