package location

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Folder is the own new folder of one attempt. Its methods are not safe for
// concurrent use; files in it may be written concurrently.
type Folder struct {
	loc   vod.Location
	job   step.Job
	place place
	path  string           // that is written into
	known map[string]Entry // by name

	// Of a folder in a bucket: what is written is staged in the attempt's scratch.
	remote *objectstore.Bucket
	prefix string           // of the keys, with a slash at its end
	copied map[string]Entry // by name: what the service itself has brought there
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
	t := s.treeOf(job.Tenant, loc)
	if t == nil {
		return nil, configError(fmt.Sprintf("Location %q is of type %s: nothing can be written there.", loc.Name, loc.Type))
	}
	p, err := s.placeFor(job, t, loc)
	if err != nil {
		return nil, err
	}
	f := &Folder{loc: loc, job: job, place: p, path: p.show(), known: map[string]Entry{}}
	switch t := t.(type) {
	case disk:
		err = t.makeEmpty(p.rel)
	case bucket:
		err = f.stage(ctx, t)
	}
	if err != nil {
		return nil, WriteError(f.path, err)
	}
	return f, nil
}

// placeFor says where the attempt's folder is in the tree. On a disk that is the
// path as configured: addresses made from it begin with the location's, and stay
// right when the data moves to behind a symbolic link.
func (s *Set) placeFor(job step.Job, t tree, loc vod.Location) (place, error) {
	number := strconv.Itoa(job.Attempt)
	find, parts := placeAt, []string{job.Tenant, job.IngestID, job.TaskID, number}
	if s.isMedia(loc) {
		find, parts = placeInMedia, []string{job.MediaKey, job.TaskID, number}
	}
	p, ok := find(t, parts)
	if !ok {
		return place{}, configError(fmt.Sprintf(
			"The tenant %q, ingest %q, task %q, attempt %d or the media key cannot be the name of a folder.",
			job.Tenant, job.IngestID, job.TaskID, job.Attempt))
	}
	return p, nil
}

// Path is the absolute folder to write into.
func (f *Folder) Path() string { return f.path }

// Staged tells whether what is written goes into the attempt's scratch first,
// and needs room there.
func (f *Folder) Staged() bool { return f.remote != nil }

// Location is the full value of the location that the folder is at.
func (f *Folder) Location() vod.Location { return f.loc }

// Known tells what a file holds whose bytes the caller hashed while it wrote
// them, so that [Folder.Commit] need not read it again.
func (f *Folder) Known(e Entry) { f.known[e.Name] = e }

// URI is the address of a file in the folder: file: as RFC 8089 has it, or
// s3://bucket/key. name may have slashes.
func (f *Folder) URI(name string) string { return f.place.tree.address(path.Join(f.place.rel, name)) }

// discardTime is how long [Folder.Discard] may take after the end of its context.
const discardTime = time.Minute

// Discard removes the folder and the parents that became empty by that. It is
// idempotent, and done even when ctx is.
func (f *Folder) Discard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardTime)
	defer cancel()
	var err error
	if f.Staged() {
		err = os.RemoveAll(f.path)
	}
	return errors.Join(err, f.place.tree.remove(ctx, f.place.rel))
}
