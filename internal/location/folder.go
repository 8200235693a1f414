package location

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Folder is the own new folder of one attempt. Its methods are not safe for
// concurrent use; files in it may be written concurrently.
type Folder struct {
	set   *Set
	loc   vod.Location
	place place
	known map[string]Entry // by name
}

// Create makes the attempt's own folder at loc, which is resolved first. One
// that is there already, of an attempt that was lost, is removed and made
// again. Errors are a [vod.StepError]; they are CONFIG when the location
// cannot be used.
func (s *Set) Create(ctx context.Context, job step.Job, loc vod.Location) (*Folder, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	loc, err := s.Resolve(job.Tenant, loc)
	if err != nil {
		return nil, configError(err.Error())
	}
	if loc.Type != vod.LocationFile {
		return nil, configError(fmt.Sprintf("Location %q is of type %s: nothing can be written there.", loc.Name, loc.Type))
	}
	p, err := s.placeFor(job, filepath.Clean(loc.Path))
	if err != nil {
		return nil, err
	}
	if err := s.makeEmpty(p); err != nil {
		return nil, WriteError(p.path(), err)
	}
	return &Folder{set: s, loc: loc, place: p, known: map[string]Entry{}}, nil
}

// placeFor says where the attempt's folder is below root. That is the path as
// configured: addresses made from it begin with the location's, and stay right
// when the data moves to behind a symbolic link.
func (s *Set) placeFor(job step.Job, root string) (place, error) {
	number := strconv.Itoa(job.Attempt)
	find, parts := placeAt, []string{job.Tenant, job.IngestID, job.TaskID, number}
	if s.isMedia(canonical(root)) {
		find, parts = placeInMedia, []string{job.MediaKey, job.TaskID, number}
	}
	p, ok := find(root, parts)
	if !ok {
		return place{}, configError(fmt.Sprintf(
			"The tenant %q, ingest %q, task %q, attempt %d or the media key cannot be the name of a folder.",
			job.Tenant, job.IngestID, job.TaskID, job.Attempt))
	}
	return p, nil
}

// makeEmpty makes the folder of an attempt anew. [os.Root] keeps symbolic links
// below the location from leading elsewhere.
func (s *Set) makeEmpty(p place) error {
	s.prune.Lock()
	defer s.prune.Unlock()
	if err := os.MkdirAll(p.root, folderMode); err != nil {
		return err
	}
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.RemoveAll(p.rel); err != nil {
		return err
	}
	return root.MkdirAll(p.rel, folderMode)
}

// Path is the absolute folder to write into.
func (f *Folder) Path() string { return f.place.path() }

// Location is the full value of the location that the folder is at.
func (f *Folder) Location() vod.Location { return f.loc }

// Known tells what a file holds whose bytes the caller hashed while it wrote
// them, so that [Folder.Commit] need not read it again.
func (f *Folder) Known(e Entry) { f.known[e.Name] = e }

// URI is the address of a file in the folder as RFC 8089 has it. name may have
// slashes.
func (f *Folder) URI(name string) string { return FileURI(filepath.Join(f.Path(), name)) }

// FileURI is the address of an absolute path as RFC 8089 has it, with
// everything percent-encoded that has to be.
func FileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Discard removes the folder and the parents that became empty by that. It is
// idempotent, and done even when ctx is.
func (f *Folder) Discard(context.Context) error { return f.set.remove(f.place.root, f.place.rel) }

// remove removes a folder below root, and its parents below root that are
// empty then.
func (s *Set) remove(rootPath, rel string) error {
	root, err := os.OpenRoot(rootPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove %s: %w", filepath.Join(rootPath, rel), err)
	}
	defer root.Close()
	if err := root.RemoveAll(rel); err != nil {
		return fmt.Errorf("remove %s: %w", filepath.Join(rootPath, rel), err)
	}
	s.prune.Lock()
	defer s.prune.Unlock()
	for dir := filepath.Dir(rel); dir != "."; dir = filepath.Dir(dir) {
		if root.Remove(dir) != nil {
			break // not empty: others use it
		}
	}
	return nil
}
