package location

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// RemoveOutputs removes the attempts' folders that hold files of the filesets.
// Addresses that are not at the tenant's locations are passed over.
func (s *Set) RemoveOutputs(tenant string, filesets []vod.Fileset) error {
	var errs []error
	for _, fs := range filesets {
		for _, f := range fs.Files {
			path, err := PathOf(f.URI)
			if err != nil {
				continue
			}
			if p, _, ok := s.find(tenant, path); ok {
				errs = append(errs, s.remove(p.root, p.rel))
			}
		}
	}
	return errors.Join(errs...)
}

// RemoveIngest removes everything of an ingest from all locations. No attempt
// of it may be running. What cannot be the name of a folder has none.
func (s *Set) RemoveIngest(tenant, ingestID, mediaKey string) error {
	var errs []error
	if keyForm.MatchString(mediaKey) && s.config.Media != "" {
		errs = append(errs, s.remove(canonical(s.config.Media), mediaKey))
	}
	if !tenantForm.MatchString(tenant) || !uuidForm.MatchString(ingestID) {
		return errors.Join(errs...)
	}
	for _, r := range s.roots(tenant) {
		if r.depth == namedDepth {
			errs = append(errs, s.remove(canonical(r.path), filepath.Join(tenant, ingestID)))
		}
		if r.depth != inlineDepth+namedDepth {
			continue
		}
		walkPlaces(r, nil, func(p place, err error) bool {
			if err == nil && p.tenant == tenant && p.ingest == ingestID {
				err = s.remove(p.root, p.rel)
			}
			errs = append(errs, err)
			return true
		})
	}
	return errors.Join(errs...)
}

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
func (a Attempt) ModTime() (time.Time, error) {
	var newest time.Time
	err := filepath.WalkDir(a.Path, func(_ string, d fs.DirEntry, err error) error {
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

// Attempts goes through the folders of all attempts of all tenants at all
// locations that are written to. A folder that cannot be read gives an error,
// and the rest follows.
func (s *Set) Attempts() iter.Seq2[Attempt, error] {
	return func(yield func(Attempt, error) bool) {
		for p, err := range s.places() {
			if !yield(Attempt{Path: p.path(), TaskID: p.task, Number: p.attempt, place: p}, err) {
				return
			}
		}
	}
}

// Remove removes the folder of one attempt and its parents that are empty then.
func (s *Set) Remove(a Attempt) error { return s.remove(a.place.root, a.place.rel) }

// places goes through the attempts' folders at all roots, each once.
func (s *Set) places() iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		seen := map[string]bool{}
		for _, r := range s.roots("") {
			if !walkPlaces(r, nil, func(p place, err error) bool {
				if err == nil && seen[p.path()] {
					return true
				}
				seen[p.path()] = true
				return yield(p, err)
			}) {
				return
			}
		}
	}
}

// walkPlaces looks below parts for attempts' folders. It does not go into
// them, follows no symbolic link and goes no deeper than one can be.
func walkPlaces(r root, parts []string, yield func(place, error) bool) bool {
	rootPath := filepath.Clean(r.path)
	if len(parts) > 0 {
		if p, ok := r.find(rootPath, parts); ok {
			return yield(p, nil)
		}
	}
	if len(parts) >= r.depth {
		return true
	}
	folder := filepath.Join(append([]string{rootPath}, parts...)...)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return yield(place{}, fmt.Errorf("look for attempts' folders: %w", err))
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if !walkPlaces(r, append(parts[:len(parts):len(parts)], e.Name()), yield) {
			return false
		}
	}
	return true
}
