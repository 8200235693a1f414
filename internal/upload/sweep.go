package upload

import (
	"errors"
	"io/fs"
	"strings"
	"time"
)

// Sweep removes the uploads that expired before now, complete or not, unless
// an ingest needs them or they are being written to, and files that a crash
// left without an upload. It tells how many of both it removed. An error with
// one of them does not keep the others.
func (s *Server) Sweep(now time.Time) (removed int, err error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, e := range entries {
		id, _, _ := strings.Cut(e.Name(), ".")
		if !idPattern.MatchString(id) || !s.lock(id) {
			continue
		}
		gone, err := s.sweepFile(e, id, now)
		s.unlock(id)
		if gone {
			removed++
		}
		failed = append(failed, err)
	}
	return removed, errors.Join(failed...)
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
	if s.InUse != nil {
		if used, err := s.InUse(u.Tenant, id); used || err != nil {
			return false, err
		}
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
