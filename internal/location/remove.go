package location

import (
	"context"
	"iter"
	"strings"
	"time"
)

// Attempt is the folder of an attempt, for the sweeper.
type Attempt struct {
	Path   string // or s3://bucket/key
	TaskID string
	Number int
	place  place
}

// Holds tells whether a recorded address leads into the folder. Only the
// elements that make it the folder of this attempt are compared, so that a
// data folder that was moved does not turn all that is in it into orphans.
func (a Attempt) Holds(uri string) bool {
	at, err := parseAddress(uri)
	return err == nil && strings.Contains("/"+at.path, "/"+a.place.rel+"/")
}

// ModTime is when something in the folder last changed. It looks at every
// file.
func (a Attempt) ModTime(ctx context.Context) (time.Time, error) {
	return a.place.tree.newest(ctx, a.place.rel)
}

// Remove removes the folder of one attempt and its parents that are empty then.
func (s *Set) Remove(ctx context.Context, a Attempt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.place.tree.remove(ctx, a.place.rel)
}

// Uploading gives the attempts of which uploads into a bucket, begun before the
// time, have not ended: one for each upload. Their folders do not show these. A
// bucket that cannot be asked gives an error, and the rest follows.
func (s *Set) Uploading(ctx context.Context, before time.Time) iter.Seq2[Attempt, error] {
	return func(yield func(Attempt, error) bool) {
		for _, r := range s.distinctRoots("") {
			if b, ok := r.tree.(bucket); ok && !b.uploading(ctx, r, before, yield) {
				return
			}
		}
	}
}

func (b bucket) uploading(ctx context.Context, r root, before time.Time, yield func(Attempt, error) bool) bool {
	objects, err := b.objects(ctx)
	if err != nil {
		return yield(Attempt{}, err)
	}
	for u, err := range objects.Uploads(ctx, b.prefix) {
		if err != nil {
			return yield(Attempt{}, err)
		}
		p, ours := r.find(b, strings.Split(strings.TrimPrefix(u.Key, b.prefix), "/"))
		if ours && u.Begun.Before(before) && !yield(attemptAt(p), nil) {
			return false
		}
	}
	return true
}

// AbortUploads gives up the uploads of an attempt, which must not be running.
func (s *Set) AbortUploads(ctx context.Context, a Attempt) error {
	b, ok := a.place.tree.(bucket)
	if !ok {
		return nil
	}
	objects, err := b.objects(ctx)
	if err != nil {
		return err
	}
	return objects.Abort(ctx, b.prefix+a.place.rel+"/")
}
