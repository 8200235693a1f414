package location

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
)

// walkChunk is how many entries of a folder are read at a time: a tenant may
// have millions of ingests.
const walkChunk = 256

// Attempts goes through the folders of all attempts of all tenants at all
// locations that are written to. A folder that cannot be read gives an error,
// and the rest follows. It may be read slowly, over days: it holds a few open
// folders in the meantime, and nothing that grows with the number of files. It
// ends with the context.
func (s *Set) Attempts(ctx context.Context) iter.Seq2[Attempt, error] {
	return func(yield func(Attempt, error) bool) {
		for _, r := range s.distinctRoots("") {
			if ctx.Err() != nil {
				return
			}
			if !walkPlaces(r, nil, func(p place, err error) bool { return yield(attemptAt(p), err) }) {
				return
			}
		}
	}
}

func attemptAt(p place) Attempt {
	return Attempt{Path: p.path(), TaskID: p.task, Number: p.attempt, place: p}
}

// distinctRoots are the tenant's roots, all tenants' for "", each folder once:
// a named location may be an allowed folder, too, and then is looked at as deep
// as that.
func (s *Set) distinctRoots(tenant string) (all []root) {
	for _, r := range s.roots(tenant) {
		r.path = canonical(r.path)
		i := slices.IndexFunc(all, func(other root) bool { return other.path == r.path })
		switch {
		case i < 0:
			all = append(all, r)
		case all[i].depth < r.depth:
			all[i] = r
		}
	}
	return all
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
	for name, err := range folders(filepath.Join(append([]string{rootPath}, parts...)...)) {
		if err != nil {
			return yield(place{}, fmt.Errorf("look for attempts' folders: %w", err))
		}
		if !walkPlaces(r, append(parts[:len(parts):len(parts)], name), yield) {
			return false
		}
	}
	return true
}

// folders gives the names of the folders in one, in no order. It ends with an
// error. A folder that is gone has none.
func folders(path string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		dir, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield("", err)
			return
		}
		defer dir.Close()
		for {
			entries, err := dir.ReadDir(walkChunk)
			for _, e := range entries {
				if e.IsDir() && !yield(e.Name(), nil) {
					return
				}
			}
			if errors.Is(err, io.EOF) || errors.Is(err, fs.ErrNotExist) {
				return
			}
			if err != nil {
				yield("", err)
				return
			}
		}
	}
}
