package location

import (
	"context"
	"fmt"
	"iter"
	"path"
	"slices"
)

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
			if !walkPlaces(ctx, r, nil, func(p place, err error) bool { return yield(walked(p, err)) }) {
				return
			}
		}
	}
}

// walked is the attempt of a place; none with an error.
func walked(p place, err error) (Attempt, error) {
	if err != nil {
		return Attempt{}, err
	}
	return attemptAt(p), nil
}

func attemptAt(p place) Attempt {
	return Attempt{Path: p.show(), TaskID: p.task, Number: p.attempt, place: p}
}

// distinctRoots are the tenant's roots, all tenants' for "", each folder once:
// a named location may be an allowed folder, too, and then is looked at as deep
// as that.
func (s *Set) distinctRoots(tenant string) (all []root) {
	for _, r := range s.roots(tenant) {
		r.tree = r.tree.settled()
		i := slices.IndexFunc(all, func(other root) bool { return other.tree.key() == r.tree.key() })
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
func walkPlaces(ctx context.Context, r root, parts []string, yield func(place, error) bool) bool {
	if len(parts) > 0 {
		if p, ok := r.find(r.tree, parts); ok {
			return yield(p, nil)
		}
	}
	if len(parts) >= r.depth {
		return true
	}
	for name, err := range r.tree.folders(ctx, path.Join(parts...)) {
		if err != nil {
			return yield(place{}, fmt.Errorf("look for attempts' folders: %w", err))
		}
		if !walkPlaces(ctx, r, append(parts[:len(parts):len(parts)], name), yield) {
			return false
		}
	}
	return true
}
