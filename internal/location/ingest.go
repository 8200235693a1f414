package location

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// RemoveIngest removes everything of an ingest from all locations. No attempt
// of it may be running. What cannot be the name of a folder has none.
func (s *Set) RemoveIngest(ctx context.Context, tenant, ingestID, mediaKey string) error {
	var errs []error
	for dir, err := range s.ingestFolders(ctx, tenant, ingestID, mediaKey) {
		if err == nil {
			err = s.remove(dir.root.path, dir.rel)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// IngestAttempts gives the folders of all attempts of an ingest.
func (s *Set) IngestAttempts(ctx context.Context, tenant, ingestID, mediaKey string) ([]Attempt, error) {
	var list []Attempt
	var errs []error
	for dir, err := range s.ingestFolders(ctx, tenant, ingestID, mediaKey) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		walkPlaces(dir.root, split(dir.root.path, filepath.Join(dir.root.path, dir.rel)), func(p place, err error) bool {
			if err == nil {
				list = append(list, attemptAt(p))
			}
			errs = append(errs, err)
			return true
		})
	}
	return list, errors.Join(errs...)
}

// ingestFolder is the folder of an ingest: rel below root.
type ingestFolder struct {
	root root
	rel  string
}

// ingestFolders finds the folders of an ingest that are there. It knows where
// they are, but for inline locations, which may be a few folders further down.
func (s *Set) ingestFolders(ctx context.Context, tenant, ingestID, mediaKey string) iter.Seq2[ingestFolder, error] {
	return func(yield func(ingestFolder, error) bool) {
		for _, r := range s.distinctRoots(tenant) {
			if err := ctx.Err(); err != nil {
				yield(ingestFolder{}, err)
				return
			}
			switch {
			case r.depth == mediaDepth:
				if keyForm.MatchString(mediaKey) && !found(r, mediaKey, yield) {
					return
				}
			case !tenantForm.MatchString(tenant) || !uuidForm.MatchString(ingestID):
			default:
				if !findIngest(r, "", r.depth-namedDepth, filepath.Join(tenant, ingestID), yield) {
					return
				}
			}
		}
	}
}

// findIngest looks for the ingest's folder in dir, below the root, and in the
// folders up to depth further down that are not those of ingests.
func findIngest(r root, dir string, depth int, ingest string, yield func(ingestFolder, error) bool) bool {
	if !found(r, filepath.Join(dir, ingest), yield) {
		return false
	}
	if depth == 0 {
		return true
	}
	entries, err := os.ReadDir(filepath.Join(r.path, dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return yield(ingestFolder{}, fmt.Errorf("look for an ingest's folder: %w", err))
	}
	for _, e := range entries {
		if !e.IsDir() || uuidForm.MatchString(e.Name()) {
			continue
		}
		if !findIngest(r, filepath.Join(dir, e.Name()), depth-1, ingest, yield) {
			return false
		}
	}
	return true
}

// found yields the folder if it is there. A symbolic link is none.
func found(r root, rel string, yield func(ingestFolder, error) bool) bool {
	info, err := os.Lstat(filepath.Join(r.path, rel))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true
	case err != nil:
		return yield(ingestFolder{}, fmt.Errorf("look for an ingest's folder: %w", err))
	case !info.IsDir():
		return true
	}
	return yield(ingestFolder{r, rel}, nil)
}
