package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
	"time"
)

// shelfPrefix is below the folder that has one folder per tenant, and no
// tenant's name begins with a dot.
const shelfPrefix = ".uploads/"

// Object is a file of [Objects].
type Object struct {
	Key     string
	Size    int64 // bytes
	ModTime time.Time
}

// Objects keeps files under keys, where all machines of an installation reach
// them. A key that has none is [fs.ErrNotExist].
type Objects interface {
	// Put writes the whole file under the key, or nothing.
	Put(ctx context.Context, key string, file *os.File) error
	// Get opens the file for reading. The reader may be used until ctx is done;
	// the caller closes it.
	Get(ctx context.Context, key string) (io.ReadSeekCloser, Object, error)
	// List goes through the files whose keys begin with prefix.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Remove deletes a file; one that is not there is no error.
	Remove(ctx context.Context, key string) error
	// Tidy removes what List does not show, of files whose keys begin with prefix:
	// what a Put has left that began before the time, and was killed.
	Tidy(ctx context.Context, prefix string, before time.Time) error
}

// Shelf is where complete uploads are kept for all machines: as
// `.uploads/<tenant>/<id>`, with what is known of them in `….json`, which is
// written last and removed first: without it the upload does not exist. It is
// safe for concurrent use.
type Shelf struct{ objects Objects }

// NewShelf keeps uploads there.
func NewShelf(objects Objects) *Shelf { return &Shelf{objects} }

func shelfKey(tenant, id string) string { return shelfPrefix + path.Join(tenant, id) }

// put brings a complete upload here. It may be called again for the same one.
func (s *Shelf) put(ctx context.Context, u upload, data, info *os.File) error {
	if err := s.objects.Put(ctx, shelfKey(u.Tenant, u.id), data); err != nil {
		return err
	}
	return s.objects.Put(ctx, shelfKey(u.Tenant, u.id)+".json", info)
}

// find gives the tenant's upload, or an error that is [fs.ErrNotExist].
func (s *Shelf) find(ctx context.Context, tenant, id string) (upload, error) {
	if !idPattern.MatchString(id) {
		return upload{}, fmt.Errorf("an upload's id has 32 hexadecimal digits: %w", fs.ErrNotExist)
	}
	file, object, err := s.objects.Get(ctx, shelfKey(tenant, id)+".json")
	if err != nil {
		return upload{}, fmt.Errorf("upload %s: %w", id, err)
	}
	defer file.Close()
	u := upload{id: id, shelved: true, written: object.ModTime}
	if err := json.NewDecoder(file).Decode(&u.info); err != nil {
		return upload{}, fmt.Errorf("upload %s: %w", id, err)
	}
	u.offset = u.Length
	return u, nil
}

// Open opens an upload of the tenant for reading, until ctx is done, and tells
// the file name that the client gave (without folders, maybe empty) and the
// size in bytes. An unknown upload is [fs.ErrNotExist]. The caller closes file.
func (s *Shelf) Open(ctx context.Context, tenant, id string) (file io.ReadSeekCloser, name string, size int64, err error) {
	u, err := s.find(ctx, tenant, id)
	if err != nil {
		return nil, "", 0, err
	}
	file, object, err := s.objects.Get(ctx, shelfKey(tenant, id))
	if err != nil {
		return nil, "", 0, fmt.Errorf("upload %s: %w", id, err)
	}
	return file, u.Name, object.Size, nil
}

// remove deletes an upload; one that is not there is no error.
func (s *Shelf) remove(ctx context.Context, tenant, id string) error {
	for _, suffix := range []string{".json", ""} {
		if err := s.objects.Remove(ctx, shelfKey(tenant, id)+suffix); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the uploads that expired before now and are not in use, and
// tells how many. An error with one of them does not keep the others.
func (s *Shelf) sweep(ctx context.Context, now time.Time, inUse func(tenant, id string) (bool, error)) (removed int, err error) {
	var failed []error
	for object, err := range s.objects.List(ctx, shelfPrefix) {
		if err != nil {
			failed = append(failed, err)
			break
		}
		tenant, id := path.Split(strings.TrimPrefix(object.Key, shelfPrefix))
		tenant = strings.TrimSuffix(tenant, "/")
		// The data come alone from a server that was killed between the two, or
		// just now from one that writes the rest next; they are listed first.
		id, about := strings.CutSuffix(id, ".json")
		if !idPattern.MatchString(id) || now.Before(object.ModTime.Add(Lifetime)) {
			continue
		}
		used, err := inUse(tenant, id)
		if err == nil && !used {
			err = s.remove(ctx, tenant, id)
		}
		if err == nil && !used && !about {
			removed++
		}
		failed = append(failed, err)
	}
	failed = append(failed, s.objects.Tidy(ctx, shelfPrefix, now.Add(-Lifetime)))
	return removed, errors.Join(failed...)
}
