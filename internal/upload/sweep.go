package upload

import (
	"errors"
	"io/fs"
	"strings"
	"time"
)

// shelfEvery is how often Sweep looks through the shelf, which all servers do.
const shelfEvery = time.Hour

// Sweep removes the uploads that expired before now, complete or not, unless
// an ingest needs them or they are being written to, and files that a crash
// left without an upload. It tells how many of both it removed. An error with
// one of them does not keep the others. Moves to the shelf that were
// interrupted, it lets begin again.
func (s *Server) Sweep(now time.Time) (removed int, err error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return 0, err
	}
	var failed []error
	var kept []string
	for _, e := range entries {
		id, suffix, _ := strings.Cut(e.Name(), ".")
		if !idPattern.MatchString(id) || !s.lock(id) {
			continue
		}
		gone, err := s.sweepFile(e, id, now)
		s.unlock(id)
		if gone {
			removed++
		} else if suffix == "json" {
			kept = append(kept, id)
		}
		failed = append(failed, err)
	}
	if s.Shelf == nil {
		return removed, errors.Join(failed...)
	}
	s.moves.DoChan("all", func() (any, error) { s.moveAll(kept); return nil, nil })
	n, err := s.sweepShelf(now)
	return removed + n, errors.Join(append(failed, err)...)
}

// sweepShelf sweeps the shelf if it is time to.
func (s *Server) sweepShelf(now time.Time) (int, error) {
	s.mu.Lock()
	due := now.Sub(s.shelfSwept) >= shelfEvery
	if due {
		s.shelfSwept = now
	}
	s.mu.Unlock()
	if !due {
		return 0, nil
	}
	return s.Shelf.sweep(s.background, now, s.inUse)
}

// inUse tells whether an ingest needs the upload.
func (s *Server) inUse(tenant, id string) (bool, error) {
	if s.InUse == nil {
		return false, nil
	}
	return s.InUse(tenant, id)
}

// sweepFile removes one file if its upload expired, or if it has none.
func (s *Server) sweepFile(e fs.DirEntry, id string, now time.Time) (bool, error) {
	u, err := s.load(id)
	switch {
	case errors.Is(err, fs.ErrNotExist): // Without an upload: by its own age.
		stat, err := e.Info()
		if err != nil || now.Before(stat.ModTime().Add(Lifetime)) {
			return false, ignoreMissing(err)
		}
		err = s.root.Remove(e.Name())
		return err == nil, ignoreMissing(err)
	case err != nil:
		return false, err
	case now.Before(u.expires()):
		return false, nil
	}
	if used, err := s.inUse(u.Tenant, id); used || err != nil {
		return false, err
	}
	return true, s.erase(id)
}

// ignoreMissing drops the error of a file that is gone already.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
