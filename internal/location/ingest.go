package location

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"
)

// RemoveIngest removes everything of an ingest from all locations. No attempt
// of it may be running. What cannot be the name of a folder has none.
func (s *Set) RemoveIngest(ctx context.Context, tenant, ingestID, mediaKey string) error {
	var errs []error
	for dir, err := range s.ingestFolders(ctx, tenant, ingestID, mediaKey) {
		if err == nil {
			err = dir.root.tree.remove(ctx, dir.rel)
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
		walkPlaces(ctx, dir.root, strings.Split(dir.rel, "/"), func(p place, err error) bool {
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
				if keyForm.MatchString(mediaKey) && !found(ctx, r, mediaKey, yield) {
					return
				}
			case !tenantForm.MatchString(tenant) || !uuidForm.MatchString(ingestID):
			default:
				if !findIngest(ctx, r, "", r.depth-namedDepth, path.Join(tenant, ingestID), yield) {
					return
				}
			}
		}
	}
}

// findIngest looks for the ingest's folder in dir, below the root, and in the
// folders up to depth further down that are not those of ingests.
func findIngest(ctx context.Context, r root, dir string, depth int, ingest string, yield func(ingestFolder, error) bool) bool {
	if !found(ctx, r, path.Join(dir, ingest), yield) {
		return false
	}
	if depth == 0 {
		return true
	}
	for name, err := range r.tree.folders(ctx, dir) {
		if err != nil {
			return yield(ingestFolder{}, fmt.Errorf("look for an ingest's folder: %w", err))
		}
		if uuidForm.MatchString(name) {
			continue
		}
		if !findIngest(ctx, r, path.Join(dir, name), depth-1, ingest, yield) {
			return false
		}
	}
	return true
}

// found yields the folder if it is there.
func found(ctx context.Context, r root, rel string, yield func(ingestFolder, error) bool) bool {
	there, err := r.tree.found(ctx, rel)
	switch {
	case err != nil:
		return yield(ingestFolder{}, fmt.Errorf("look for an ingest's folder: %w", err))
	case !there:
		return true
	}
	return yield(ingestFolder{r, rel}, nil)
}
