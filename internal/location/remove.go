package location

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// Attempt is the folder of an attempt, for the sweeper.
type Attempt struct {
	Path   string
	TaskID string
	Number int
	place  place
}

// Holds tells whether a recorded file: address leads into the folder. Only the
// elements that make it the folder of this attempt are compared, so that a
// data folder that was moved does not turn all that is in it into orphans.
func (a Attempt) Holds(uri string) bool {
	path, err := PathOf(uri)
	return err == nil && strings.Contains(path, "/"+filepath.ToSlash(a.place.rel)+"/")
}

// ModTime is when something in the folder last changed. It looks at every
// file.
func (a Attempt) ModTime(ctx context.Context) (time.Time, error) {
	var newest time.Time
	err := filepath.WalkDir(a.Path, func(_ string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	return newest, err
}

// Remove removes the folder of one attempt and its parents that are empty then.
func (s *Set) Remove(ctx context.Context, a Attempt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.remove(a.place.root, a.place.rel)
}
