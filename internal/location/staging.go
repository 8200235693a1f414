package location

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// uploadsAtOnce is how many small files are uploaded side by side. Large ones
// go one after another: each is several requests at a time.
const uploadsAtOnce = 16

// stage makes the folder in the attempt's scratch that is uploaded later, and
// removes what a lost attempt of the same number left in the bucket.
func (f *Folder) stage(ctx context.Context, b bucket) error {
	dir, err := scratchFor(f.job, "staged", f.place.show())
	if err != nil {
		return err
	}
	f.path, f.prefix, f.copied = dir, b.prefix+f.place.rel+"/", map[string]Entry{}
	if f.remote, err = b.objects(ctx); err != nil {
		return err
	}
	there, err := b.found(ctx, f.place.rel)
	if err == nil && there {
		err = b.remove(ctx, f.place.rel)
	}
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.MkdirAll(dir, folderMode)
}

// scratchFor is where the attempt keeps what belongs to a folder in a bucket.
func scratchFor(job step.Job, kind, folder string) (string, error) {
	if job.Scratch == "" {
		return "", &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonInternal,
			Message: fmt.Sprintf("There is no scratch folder for what %s holds.", folder),
		}
	}
	sum := sha256.Sum256([]byte(folder))
	return filepath.Join(job.Scratch, kind, hex.EncodeToString(sum[:8])), nil
}

// commitBucket uploads every file, and the inventory once all are there: a
// folder without it was never committed.
func (f *Folder) commitBucket(ctx context.Context) (Inventory, error) {
	files, _, err := listFolder(f.path)
	if err != nil {
		return Inventory{}, err
	}
	inv := Inventory{place: f.place}
	var mu sync.Mutex
	var large sync.Mutex // held by the upload of a large file
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(uploadsAtOnce)
	for _, name := range files {
		if _, there := f.copied[name]; there {
			continue
		}
		group.Go(func() error {
			return f.reading(groupCtx, name, func(file *os.File, e Entry) error {
				if objectstore.Large(e.Size) {
					large.Lock()
					defer large.Unlock()
				}
				if err := f.remote.Put(groupCtx, f.prefix+name, file, fileOf(e)); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				inv.Files = append(inv.Files, e)
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		if ctx.Err() != nil {
			return Inventory{}, ctx.Err()
		}
		return Inventory{}, err
	}
	for _, e := range f.copied {
		inv.Files = append(inv.Files, e)
	}
	slices.SortFunc(inv.Files, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return inv, f.uploadInventory(ctx, inv)
}

func (f *Folder) uploadInventory(ctx context.Context, inv Inventory) error {
	text, err := json.Marshal(inv)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	sum := sha256.Sum256(text)
	e := Entry{Name: InventoryName, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
	return f.remote.Write(ctx, f.prefix+InventoryName, text, fileOf(e))
}

// Fetch brings what the storage itself has copied into the folder to
// [Folder.Path], too, where nothing of it is yet: for those who want to read it
// all there.
func (f *Folder) Fetch(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(f.copied)) {
		path, err := f.makeRoom(name)
		if err != nil {
			return err
		}
		object, err := f.remote.Head(ctx, f.prefix+name)
		if err != nil {
			return err
		}
		if err := fetchTo(ctx, f.remote, object, f.copied[name], path); err != nil {
			return err
		}
	}
	return nil
}

// takeObject takes a file that is in a bucket: the service copies it where it
// can, and it comes through this machine where not.
func (f *Folder) takeObject(ctx context.Context, from bucket, key string, e Entry, name string) error {
	source, err := from.objects(ctx)
	if err != nil {
		return err
	}
	object, err := source.Head(ctx, from.prefix+key)
	if err != nil {
		return err
	}
	if object.Size != e.Size {
		return checksumError(source.URI(object.Key), fmt.Sprintf("has %d bytes, but its inventory says %d", object.Size, e.Size))
	}
	target := Entry{Name: name, Size: e.Size, SHA256: e.SHA256}
	if f.remote != nil && f.remote.SameService(source) {
		if err := f.remote.Copy(ctx, source, object, f.prefix+name, fileOf(target)); err != nil {
			return err
		}
		f.copied[name] = target
		return nil
	}
	path, err := f.makeRoom(name)
	if err != nil {
		return err
	}
	if err := fetchTo(ctx, source, object, e, path); err != nil {
		return err
	}
	f.Known(target)
	return nil
}
